"""``/api/services``: which there are to call, and calls of them, on entities in scope alone."""

from http import HTTPStatus
from typing import Any, Final

import voluptuous as vol
from aiohttp import web
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    Context,
    Event,
    EventStateChangedData,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceNotFound,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.util.json import JsonValueType

from ...keys import Capability
from ...operations.service_calls import CallPlanner, PlannedCall
from ...operations.service_responses import error_text, filter_response, redact
from ...states.state_json import redacted_json
from ..call import Call, json_response
from ..endpoint import Router
from ..prepared import cached
from ..problem import bad_request, failed, forbidden
from ..spec import FLAG, OBJECT, STATES, About, Answer, Body, Parameter, array, kept
from ..visible import domains

router = Router()

_NOT_ALLOWED: Final = (
    "This key may not make this call: the service is not on its list, or the call names or "
    "reaches an entity that is not in its scope."
)
_MAX_AUDITED: Final = 10


@router.endpoint(
    "GET",
    "/api/services",
    capability=Capability.READ,
    about=kept(
        Answer(
            "The services that the key may call, with Home Assistant's own descriptions.",
            array(OBJECT),
            [{"domain": "light", "services": {"turn_on": {"name": "Turn on", "fields": {}}}}],
        )
    ),
)
async def described(call: Call) -> web.StreamResponse:
    """Return the services that the key may call."""
    cache, hass = call.bridge.caches.services, call.bridge.hass
    epoch = cache.epoch
    descriptions = await async_get_all_descriptions(hass)
    # Descriptions may be completed, and entities may come into scope, without an event of this cache.
    basis = call.key, domains(call), descriptions
    document = cache.find(call.key.id, basis)
    if document is None:
        document = cache.keep(call.key.id, json_bytes(_offered(call, *basis[1:])), epoch, basis)
    return cached(call, cache, document)


def _offered(call: Call, in_scope: frozenset[str], descriptions: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    planner = CallPlanner(call.bridge.hass, call.key, call.scope)
    found = []
    for domain, services in descriptions.items():
        offered = {name: text for name, text in services.items() if planner.offers(domain, name, in_scope)}
        if offered:
            found.append({"domain": domain, "services": offered})
    return found


@router.endpoint(
    "POST",
    "/api/services/{domain}/{service}",
    capability=Capability.CONTROL,
    about=About(
        {
            HTTPStatus.OK: Answer(
                "The states that the call changed; with `return_response`, an object that has the response too.",
                {
                    "anyOf": [
                        STATES,
                        {
                            "type": "object",
                            "required": ["changed_states", "service_response"],
                            "properties": {"changed_states": STATES},
                        },
                    ]
                },
                [],
            )
        },
        parameters=(Parameter("return_response", "Ask for the response of a service that has one.", FLAG),),
        body=Body("The data of the call.", OBJECT, {"entity_id": "light.living_room", "brightness": 120}),
        problems=frozenset({HTTPStatus.BAD_REQUEST}),
    ),
)
async def call_service(call: Call) -> web.StreamResponse:
    """Call a service, and return the states that it changed."""
    domain, service = call.parameter("domain").lower(), call.parameter("service").lower()
    call.target = f"{domain}.{service}"
    data = await call.json()
    planned = _plan(call, domain, service, data)
    call.reached = planned.reached
    if planned.reached:
        named = sorted(planned.reached)[:_MAX_AUDITED]
        call.target = f"{domain}.{service} on {', '.join(named)}"
    if not planned.decision.allowed:
        raise forbidden("service", _NOT_ALLOWED, hidden="service_scope")
    wants_response = _wants_response(call, domain, service)
    changed, response = await _call(call, domain, service, planned, wants=wants_response)
    if wants_response:
        media = CallPlanner(call.bridge.hass, call.key, call.scope).media
        shown = filter_response(f"{domain}.{service}", response, media)
        return json_response({"changed_states": changed, "service_response": redacted_json(shown, call.redaction)})
    return json_response(changed)


def _plan(call: Call, domain: str, service: str, data: JsonValueType) -> PlannedCall:
    if not isinstance(data, dict | None):
        raise bad_request("Service data should be a JSON object.")
    try:
        return CallPlanner(call.bridge.hass, call.key, call.scope).plan(domain, service, data or {})
    except ValueError as err:
        raise bad_request(str(err)) from err


def _wants_response(call: Call, domain: str, service: str) -> bool:
    services = call.bridge.hass.services
    if not services.has_service(domain, service):
        raise bad_request(f"Service {domain}.{service} not found.")
    wanted = "return_response" in call.request.query
    supported = services.supports_response(domain, service)
    if wanted and supported is SupportsResponse.NONE:
        raise bad_request("Service does not support responses. Remove return_response from request.")
    if not wanted and supported is SupportsResponse.ONLY:
        raise bad_request(
            "Service call requires responses but caller did not ask for responses. "
            "Add ?return_response to query parameters."
        )
    return wanted


async def _call(
    call: Call, domain: str, service: str, planned: PlannedCall, *, wants: bool
) -> tuple[list[Any], ServiceResponse]:
    """Call the service as the key's own user, and collect what it changed.

    A client that goes away, or a time limit, does not stop it half-way.
    """
    hass, allows, encode = call.bridge.hass, call.scope.allows, call.bridge.states.json.encode
    context = Context(user_id=await call.bridge.usage.user_id(call.key))
    call.ensure_unchanged()
    changed: list[Any] = []

    @callback
    def collect(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.context == context and state is not None and allows(state.entity_id):
            changed.append(json_fragment(encode(state, call.redaction)))

    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, collect)
    try:
        work = hass.services.async_call(
            domain, service, planned.data, blocking=True, context=context, return_response=wants
        )
        response = await call.caller.finish(work, f"drawbridge {domain}.{service}")
    except vol.Invalid as err:
        raise bad_request(redact(str(err))) from err
    except (ServiceNotFound, ServiceValidationError) as err:
        raise bad_request(_error_text(call, f"{domain}.{service}", err, planned)) from err
    except Unauthorized as err:
        raise forbidden("administrator", "Only an administrator may call this service.") from err
    except HomeAssistantError as err:
        raise failed(_error_text(call, f"{domain}.{service}", err, planned)) from err
    finally:
        stop()
    return changed, response


def _error_text(call: Call, service: str, err: Exception, planned: PlannedCall) -> str:
    return error_text(service, str(err), call.scope.allows, is_opened=planned.is_opened)
