"""Events: the types that have listeners, and firing events."""

from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Context, EventOrigin, State
from homeassistant.exceptions import InvalidEntityFormatError, InvalidStateError

from ..keys import Capability
from ..refusal import Refusal, RefusedError, bad_request
from ..scope.own_events import is_own_event, may_fire
from .caller import Caller
from .declaration import Operation
from .service_calls import CallPlanner

LIST: Final = Operation("events.list", Capability.READ)
STREAM: Final = Operation("events.stream", Capability.READ, everything=True, is_live=True)
FIRE: Final = Operation("events.fire", Capability.FIRE_EVENT)
FOLLOW: Final = Operation("events.follow", Capability.READ, everything=True)

COMMON_EVENTS: Final = frozenset(
    {
        "component_loaded",
        "core_config_updated",
        "homeassistant_close",
        "homeassistant_final_write",
        "homeassistant_start",
        "homeassistant_started",
        "homeassistant_stop",
        "service_registered",
        "service_removed",
        "state_changed",
    }
)
"""Event types of every installation. Other types reveal installed integrations."""


def listened(caller: Caller) -> dict[str, int]:
    """Return the number of listeners for each event type that the key may know of.

    A key with a limited scope always gets the same types with one listener each, because the real types and numbers
    depend on integrations outside the scope.
    """
    if not caller.key.scope.is_everything:
        return {kind: 1 for kind in sorted(COMMON_EVENTS | caller.key.events) if not is_own_event(kind)}
    listeners = caller.hass.bus.async_listeners()
    return {str(kind): count for kind, count in listeners.items() if not is_own_event(str(kind))}


def ensure_may_fire(caller: Caller, event_type: str) -> None:
    """Raise ``RefusedError`` if the event type is not on the key's list."""
    caller.activity.target = f"event {event_type}"
    # Drawbridge's own events make up the audit trail. A key that fires one could forge audit records.
    if not may_fire(event_type, caller.key.events):
        raise RefusedError(Refusal.EVENT, {"event_type": event_type})


async def fire(caller: Caller, event_type: str, data: object, *, is_local: bool = False) -> Context:
    """Fire an event as the user that represents the key, and return its context.

    Args:
        caller: The key.
        event_type: The type of the event.
        data: The data, as sent by the client.
        is_local: Whether the origin is ``LOCAL``, as in Home Assistant's WebSocket API, or ``REMOTE``.

    Raises:
        RefusedError: The key may not fire this type of event, or not with this data.

    """
    ensure_may_fire(caller, event_type)
    context = await caller.context()
    # Nothing may wait between the check and the event: what is in scope may change meanwhile.
    content = _data(caller, data)
    if event_type == EVENT_STATE_CHANGED:
        content = _with_states(content or {})
    caller.hass.bus.async_fire(event_type, content, EventOrigin.local if is_local else EventOrigin.remote, context)
    return context


def _data(caller: Caller, data: object) -> dict[str, Any] | None:
    """Return the data of an event. It may only refer to entities in scope, because automations trust it."""
    if not isinstance(data, dict | None):
        raise bad_request("Event data should be a JSON object")
    try:
        is_allowed = CallPlanner.of(caller).allows_data(data or {})
    except ValueError as err:
        raise bad_request(str(err)) from err
    if not is_allowed:
        raise RefusedError(Refusal.EVENT_SCOPE)
    return data


def _with_states(data: dict[str, Any]) -> dict[str, Any]:
    """Replace states in JSON form by ``State`` objects, as Home Assistant's own API does.

    Listeners to state changes rely on this form, so other data is refused.
    """
    if not isinstance(data.get("entity_id"), str):
        raise bad_request("A change of state needs an 'entity_id'.")
    return {**data, "old_state": _state(data, "old_state"), "new_state": _state(data, "new_state")}


def _state(data: dict[str, Any], name: str) -> State | None:
    if name not in data:
        raise bad_request(f"A change of state needs '{name}': a state, or null.")
    if (content := data[name]) is None:
        return None
    try:
        state = State.from_dict(content)
    except (AttributeError, TypeError, ValueError, InvalidEntityFormatError, InvalidStateError) as err:
        raise bad_request(f"'{name}' is not a valid state: {err}.") from err
    if state is None:
        raise bad_request(f"'{name}' should be a state with its 'entity_id' and 'state', or null.")
    return state
