"""``/api/events``: lists event types, and fires events."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from ...operations import events as operations
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import MESSAGE, OBJECT, TEXT, WHOLE, About, Answer, Body, array, ok

router = Router()

_LISTENED: Final = {
    "type": "object",
    "required": ["event", "listener_count"],
    "properties": {"event": TEXT, "listener_count": WHOLE},
}


@router.endpoint(
    "GET",
    "/api/events",
    operation=operations.LIST,
    about=ok(
        Answer("The event types.", array(_LISTENED), [{"event": "state_changed", "listener_count": 5}]),
    ),
)
def event_types(call: Call) -> web.StreamResponse:
    """Return the event types that have listeners. A key with a limited scope gets the default ones."""
    listened = operations.listened(call.caller)
    return json_response([{"event": kind, "listener_count": count} for kind, count in listened.items()])


@router.endpoint(
    "POST",
    "/api/events/{event_type}",
    operation=operations.FIRE,
    about=About(
        {HTTPStatus.OK: Answer("The event was fired.", MESSAGE, {"message": "Event doorbell fired."})},
        body=Body("The data of the event.", OBJECT, {"button": "front"}),
        problems=frozenset({HTTPStatus.BAD_REQUEST}),
    ),
)
async def fire(call: Call) -> web.StreamResponse:
    """Fire an event whose type is on the key's list."""
    caller, event_type = call.caller, call.parameter("event_type")
    # Check this before reading the body, which may be large or slow.
    operations.ensure_may_fire(caller, event_type)
    await operations.fire(caller, event_type, await call.json())
    return json_response({"message": f"Event {event_type} fired."})
