"""``/api/services``: calls of services, on entities in scope alone."""

import asyncio
from typing import Any, Final

import voluptuous as vol
from aiohttp import web
from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL, EVENT_STATE_CHANGED
from homeassistant.core import Context, Event, EventStateChangedData, callback
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound, ServiceValidationError
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ..keys import Capability
from ..policy.services import may_call
from .call import Call, json_response
from .endpoint import Router
from .problem import bad_request, failed, forbidden

router = Router()

_NOT_ALLOWED: Final = (
    "This key may not make this call. It may call services of entities, and every entity "
    "that the call reaches must be in the key's scope."
)


@router.endpoint("POST", "/api/services/{domain}/{service}", capability=Capability.CONTROL)
async def call_service(call: Call) -> web.StreamResponse:
    """Call a service, and return the states that it changed."""
    domain, service = call.parameter("domain"), call.parameter("service")
    data = await call.json()
    if not isinstance(data, dict | None):
        raise bad_request("Service data should be a JSON object.")
    data = _all_in_scope(call, domain, data or {})
    await _authorize(call, domain, service, data)
    return json_response(await _call(call, domain, service, data))


def _all_in_scope(call: Call, domain: str, data: dict[str, Any]) -> dict[str, Any]:
    """Narrow ``entity_id: all`` to the entities of the domain that are in scope."""
    if data.get(ATTR_ENTITY_ID) != ENTITY_MATCH_ALL:
        return data
    candidates = call.bridge.hass.states.async_entity_ids(domain)
    return {**data, ATTR_ENTITY_ID: [item for item in candidates if call.scope.allows(item)]}


async def _authorize(call: Call, domain: str, service: str, data: dict[str, Any]) -> None:
    hass = call.bridge.hass
    description = (await async_get_all_descriptions(hass)).get(domain, {}).get(service)
    is_entity_service = description is not None and "target" in description
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(data))
    reached = selected.referenced | selected.indirectly_referenced
    if not is_entity_service or not may_call(domain, reached, call.scope.allows):
        raise forbidden("scope", _NOT_ALLOWED)


async def _call(call: Call, domain: str, service: str, data: dict[str, Any]) -> list[Any]:
    """Call the service, shielded from a client that goes away, and collect what it changed."""
    hass, context, allows = call.bridge.hass, Context(), call.scope.allows
    changed: list[Any] = []

    @callback
    def collect(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.context == context and state is not None and allows(state.entity_id):
            changed.append(state.json_fragment)

    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, collect)
    try:
        work = hass.services.async_call(domain, service, data, blocking=True, context=context)
        await asyncio.shield(hass.async_create_task(work, f"drawbridge {domain}.{service}"))
    except (vol.Invalid, ServiceNotFound, ServiceValidationError) as err:
        raise bad_request(str(err)) from err
    except HomeAssistantError as err:
        raise failed(str(err)) from err
    finally:
        stop()
    return changed
