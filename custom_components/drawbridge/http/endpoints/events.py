"""``/api/events``: which kinds there are, and firing those that a key may fire."""

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Context, EventOrigin, State
from homeassistant.exceptions import InvalidEntityFormatError, InvalidStateError

from ...keys import Capability
from ...operations.service_calls import CallPlanner
from ...scope.own_events import is_own_event
from ..call import Call, json_response
from ..endpoint import Router
from ..problem import bad_request, forbidden
from ..spec import MESSAGE, OBJECT, TEXT, WHOLE, About, Answer, Body, array, ok
from ..visible import events

router = Router()

_LISTENED: Final = {
    "type": "object",
    "required": ["event", "listener_count"],
    "properties": {"event": TEXT, "listener_count": WHOLE},
}


@router.endpoint(
    "GET",
    "/api/events",
    capability=Capability.READ,
    about=ok(
        Answer("The kinds of events.", array(_LISTENED), [{"event": "state_changed", "listener_count": 5}]),
    ),
)
def listened(call: Call) -> web.StreamResponse:
    """Return the kinds of events that somebody listens to; to a narrow key, those of every Home Assistant."""
    listeners = {str(kind): count for kind, count in call.bridge.hass.bus.async_listeners().items()}
    shown = events(call.key, listeners)
    return json_response(
        [{"event": kind, "listener_count": count} for kind, count in listeners.items() if kind in shown]
    )


@router.endpoint(
    "POST",
    "/api/events/{event_type}",
    capability=Capability.FIRE_EVENT,
    about=About(
        {HTTPStatus.OK: Answer("The event was fired.", MESSAGE, {"message": "Event doorbell fired."})},
        body=Body("The data of the event.", OBJECT, {"button": "front"}),
        problems=frozenset({HTTPStatus.BAD_REQUEST}),
    ),
)
async def fire(call: Call) -> web.StreamResponse:
    """Fire an event of a kind that is on the key's list."""
    kind = call.parameter("event_type")
    call.caller.activity.target = f"event {kind}"
    # The audit trail consists of Drawbridge's own events: a key that fires one would forge it.
    if kind not in call.key.events or is_own_event(kind):
        raise forbidden("event", f"This key may not fire events of the kind '{kind}': it is not on its list.")
    data = _data(call, await call.json())
    if kind == EVENT_STATE_CHANGED:
        data = _with_states(data or {})
    context = Context(user_id=await call.bridge.usage.user_id(call.key))
    call.ensure_unchanged()
    call.bridge.hass.bus.async_fire(kind, data, EventOrigin.remote, context)
    return json_response({"message": f"Event {kind} fired."})


def _data(call: Call, body: object) -> dict[str, Any] | None:
    """Return the data of an event. It may speak of entities in scope alone: automations believe it."""
    if not isinstance(body, dict | None):
        raise bad_request("Event data should be a JSON object")
    try:
        is_allowed = CallPlanner(call.bridge.hass, call.key, call.scope).allows_data(body or {})
    except ValueError as err:
        raise bad_request(str(err)) from err
    if not is_allowed:
        detail = "The event's data names something that is not in the scope of this key."
        raise forbidden("event_scope", detail, hidden="event_scope")
    return body


def _with_states(data: dict[str, Any]) -> dict[str, Any]:
    """Put states in place of their JSON, as Home Assistant's own API does.

    All that listen to changes of states rely on what is in them, so nothing else passes.
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
        raise bad_request(f"'{name}' is no state: {err}.") from err
    if state is None:
        raise bad_request(f"'{name}' should be a state with its 'entity_id' and 'state', or null.")
    return state
