"""Sends answers within the limits: until the last byte has left, or the connection is dropped."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from aiohttp import web

from ..limits.sending import seconds_to_send

if TYPE_CHECKING:
    from .call import Call


async def drained(request: web.BaseRequest) -> None:
    """Wait until the transport has handed every byte to the socket, or the connection is lost."""
    transport = request.transport
    if transport is None or not transport.get_write_buffer_size():
        return
    low, high = transport.get_write_buffer_limits()
    # With the usual limits, `drain` returns while up to 16 KiB are still waiting.
    transport.set_write_buffer_limits(high=0)
    try:
        await request.writer.drain()
    finally:
        transport.set_write_buffer_limits(high=high, low=low)


async def deliver(request: web.BaseRequest, call: Call, size: int, rest: Coroutine[None, None, None]) -> None:
    """Run the rest of the sending of an answer, in a place of its key's, and not for ever.

    Args:
        request: The request that is answered.
        call: Whose place is taken, and whose bridge counts.
        size: The size of the answer's body in bytes.
        rest: Sends what was not sent yet. The answer is complete when it returns and the transport is empty.

    Raises:
        ConnectionResetError: The client read too slowly, and the connection was dropped.

    """
    bridge, holder, transport = call.bridge, call.holder, request.transport
    # An empty answer, whose head alone is waiting, counts too.
    counted = max(size, 1)
    bridge.concurrency.enter(holder)
    bridge.sending.enter(holder, counted)
    try:
        async with asyncio.timeout(seconds_to_send(size, bridge.options.time_limit)):
            await rest
            await drained(request)
    except TimeoutError:
        bridge.sending.dropped += 1
        if transport is not None:
            transport.abort()
        message = "The client read its answer too slowly"
        raise ConnectionResetError(message) from None
    finally:
        bridge.sending.leave(holder, counted)
        bridge.concurrency.leave(holder)
