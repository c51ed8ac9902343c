"""Large results, which are framed and compressed outside the event loop."""

from functools import partial
from typing import Final

from homeassistant.helpers.json import json_bytes, json_fragment

from .command import ANSWERED, Answered, Request
from .frames import message_frame

_LARGE_BYTES: Final = 262_144


async def send_result(request: Request, result: bytes) -> Answered:
    """Send a result that is already encoded."""
    if len(result) <= _LARGE_BYTES:
        request.send_result(json_fragment(result))
        return ANSWERED
    outbox = request.connection.outbox
    message = {"id": request.id, "type": "result", "success": True, "result": json_fragment(result)}
    frame = await request.caller.compute(partial(message_frame, json_bytes(message), outbox.form.window_bits))
    request.caller.ensure_unchanged()
    request.connection.bridge.feed.flush()
    outbox.send_frame(frame)
    return ANSWERED
