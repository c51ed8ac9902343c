"""``/api/`` and ``/api/config``: is somebody there, and who."""

from typing import Final

from aiohttp import web
from homeassistant.helpers.json import json_bytes

from ..keys import Capability
from .call import Call, json_response
from .endpoint import Access, Router
from .prepared import document_response, is_current

router = Router()

LEFT_OUT: Final = frozenset(
    {
        "allowlist_external_dirs",
        "allowlist_external_urls",
        "config_dir",
        "elevation",
        "external_url",
        "internal_url",
        "latitude",
        "longitude",
        "radius",
        "whitelist_external_dirs",
    }
)
"""Where the house stands, how it is reached, and the paths of the machine."""


@router.endpoint("GET", "/api/", capability=Access.ANY_KEY)
def status(_call: Call) -> web.StreamResponse:
    """Say that the API is running."""
    return json_response({"message": "API running."})


@router.endpoint("GET", "/api/config", capability=Capability.READ)
def config(call: Call) -> web.StreamResponse:
    """Return Home Assistant's configuration, without what locates the house."""
    cache, hass = call.bridge.caches.config, call.bridge.hass
    # Platforms are added to the components without an event.
    basis = hass.state, frozenset(hass.config.components)
    document = cache.find("", basis)
    if document is None:
        data = {name: value for name, value in hass.config.as_dict().items() if name not in LEFT_OUT}
        document = cache.keep("", json_bytes(data), cache.epoch, basis)
    elif is_current(call.request, document.etag):
        cache.recorder.revalidated()
    return document_response(call, document)
