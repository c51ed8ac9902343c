"""Sends responses within the limits, and drops connections of clients that read too slowly."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Final, NoReturn

from aiohttp import web

from ..limits.sending import most_places, seconds_to_send

if TYPE_CHECKING:
    from ..bridge import Bridge
    from .call import Call

_MAX_DISCARDED_BYTES: Final = 1_048_576
_DISCARD_SECONDS: Final = 5.0


async def drained(request: web.BaseRequest) -> None:
    """Wait until the transport has handed every byte to the socket, or the connection is lost."""
    transport = request.transport
    if transport is None or not transport.get_write_buffer_size():
        return
    low, high = transport.get_write_buffer_limits()
    # With the default limits, `drain` returns while the buffer still holds up to 16 KiB.
    transport.set_write_buffer_limits(high=0)
    try:
        await request.writer.drain()
    finally:
        transport.set_write_buffer_limits(high=high, low=low)


async def deliver(request: web.BaseRequest, call: Call, size: int, rest: Coroutine[None, None, None]) -> None:
    """Send the rest of a response, counting it against the concurrency limit of its key, with a time limit.

    Args:
        request: The request.
        call: The call whose key and bridge count the response.
        size: The size of the response body in bytes.
        rest: Sends the remaining data. The response is complete when it returns and the transport is empty.

    Raises:
        ConnectionResetError: The connection was dropped because the client read too slowly, or because the holder has
            too many responses in progress.

    """
    bridge, holder, transport = call.bridge, call.holder, request.transport
    if bridge.limits.concurrency.is_full(holder, most_places(holder, bridge.options.max_concurrent)):
        rest.close()
        _drop(bridge, transport)
    # A response without a body counts too: its headers may be waiting.
    counted = max(size, 1)
    bridge.limits.concurrency.enter(holder)
    bridge.limits.sending.enter(holder, counted)
    try:
        async with asyncio.timeout(seconds_to_send(size, bridge.options.time_limit)):
            await rest
            await drained(request)
    except TimeoutError:
        _drop(bridge, transport)
    finally:
        bridge.limits.sending.leave(holder, counted)
        bridge.limits.concurrency.leave(holder)


async def discard_unread(request: web.BaseRequest) -> None:
    """Read and discard the rest of a request body. Drops the connection if the rest is large or slow."""
    content, left = request.content, _MAX_DISCARDED_BYTES
    try:
        async with asyncio.timeout(_DISCARD_SECONDS):
            while left > 0 and not content.is_eof():
                left -= len(await content.readany())
    except TimeoutError, web.RequestPayloadError:
        left = 0
    if not content.is_eof():
        request.protocol.force_close()


def _drop(bridge: Bridge, transport: asyncio.Transport | None) -> NoReturn:
    bridge.limits.sending.dropped += 1
    if transport is not None:
        transport.abort()
    message = "The client read its response too slowly"
    raise ConnectionResetError(message) from None
