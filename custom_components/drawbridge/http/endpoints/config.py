"""``/api/``, ``/api/config``, ``/api/core/state``, ``/api/components``: status and configuration."""

from aiohttp import web
from homeassistant.helpers.json import json_bytes

from ...operations import config as operations
from ..call import Call, json_response
from ..endpoint import Router
from ..prepared import cached
from ..spec import MESSAGE, OBJECT, TEXT, Answer, array, kept, ok

router = Router()


@router.endpoint(
    "GET",
    "/api/",
    operation=operations.STATUS,
    about=ok(Answer("The API is running.", MESSAGE, {"message": "API running."})),
)
def status(_call: Call) -> web.StreamResponse:
    """Return that the API is running."""
    return json_response({"message": "API running."})


@router.endpoint(
    "GET",
    "/api/config",
    operation=operations.READ,
    about=kept(
        Answer(
            "The configuration. The home location, URLs and paths require the capability `location`.",
            OBJECT,
            {"version": "2026.11.0", "time_zone": "Europe/Amsterdam", "state": "RUNNING", "components": ["light"]},
        )
    ),
)
def config(call: Call) -> web.StreamResponse:
    """Return Home Assistant's configuration."""
    caller, cache = call.caller, call.bridge.caches.config
    name = caller.key.scope, caller.redaction
    # Components and the scope can change without an event that invalidates this cache.
    basis = operations.run_state(caller), operations.components(caller)
    document = cache.find(name, basis)
    if document is None:
        document = cache.keep(name, json_bytes(operations.config(caller)), cache.epoch, basis)
    return cached(call, cache, document)


@router.endpoint(
    "GET",
    "/api/core/state",
    operation=operations.CORE_STATE,
    about=ok(
        Answer(
            "The state of Home Assistant itself.",
            OBJECT,
            {"state": "RUNNING", "recorder_state": {"migration_in_progress": False, "migration_is_live": False}},
        )
    ),
)
def core_state(call: Call) -> web.StreamResponse:
    """Return whether Home Assistant is running, and whether its database is being migrated."""
    return json_response(operations.core_state(call.caller))


@router.endpoint(
    "GET",
    "/api/components",
    operation=operations.COMPONENTS,
    about=ok(Answer("The names of the components.", array(TEXT), ["api", "light", "light.hue"])),
)
def loaded_components(call: Call) -> web.StreamResponse:
    """Return the loaded components. A key with a limited scope gets those of its entities and the default ones."""
    return json_response(operations.components(call.caller))
