"""``/api/stream``: events as they happen."""

from typing import Final

from aiohttp import web

from ...operations import events as operations
from ..call import Call
from ..endpoint import Router
from ..event_stream import EventStream
from ..spec import TEXT, Answer, Parameter, ok

router = Router()

_EXAMPLE: Final = 'data: {"event_type": "state_changed", …}'


@router.endpoint(
    "GET",
    "/api/stream",
    operation=operations.STREAM,
    about=ok(
        Answer(
            "Server-sent events. With `Last-Event-ID`, begins with changes since then, or `reset` and all states.",
            TEXT,
            _EXAMPLE,
            content_type="text/event-stream",
        ),
        parameters=(Parameter("restrict", "Only events of these types, separated by commas."),),
    ),
)
async def stream(call: Call) -> web.StreamResponse:
    """Send events in scope as they happen."""
    asked = call.request.query.get("restrict", "")
    return await EventStream(call, [item for item in asked.split(",") if item]).serve()
