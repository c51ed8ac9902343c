"""Large results, which are framed and compressed outside the event loop."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from homeassistant.helpers.json import json_fragment

from .command import ANSWERED, Answered, Request
from .frames import message_frame

_LARGE_BYTES: Final = 262_144
_MAX_ATTEMPTS: Final = 3


async def send_result(request: Request, result: bytes) -> Answered:
    """Send a result that is already encoded."""
    if len(result) <= _LARGE_BYTES:
        request.send_result(json_fragment(result))
    else:
        _send(request, await _frame(request, (result,)))
    return ANSWERED


async def send_current(
    request: Request, find: Callable[[], Awaitable[Sequence[bytes]]], version: Callable[[], int]
) -> Answered:
    """Send a result that is up to date when it is sent, although a large one takes time to frame.

    Args:
        request: The request.
        find: Returns the encoded result in parts. It may only yield to the event loop before it reads the data.
        version: Returns a number that changes when the result is outdated.

    """
    for _ in range(_MAX_ATTEMPTS):
        parts, before = await find(), version()
        if sum(map(len, parts)) <= _LARGE_BYTES:
            break
        frame = await _frame(request, parts)
        if version() == before:
            _send(request, frame)
            return ANSWERED
    else:
        parts = await find()
    request.send_result(json_fragment(b"".join(parts)))
    return ANSWERED


async def _frame(request: Request, result: Sequence[bytes]) -> bytes:
    """Return the frame of a result.

    Raises:
        RefusedError: The key was changed in the meantime.

    """
    parts = b'{"id":%d,"type":"result","success":true,"result":' % request.id, *result, b"}"
    window_bits = request.connection.outbox.form.window_bits
    frame = await request.caller.compute(lambda: message_frame(b"".join(parts), window_bits))
    request.caller.ensure_unchanged()
    return frame


def _send(request: Request, frame: bytes) -> None:
    request.connection.bridge.feed.flush()
    request.connection.outbox.send_frame(frame)
