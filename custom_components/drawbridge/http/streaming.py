"""Answers that are too large to be built in memory."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ..encoding.codecs import Payload
from ..encoding.negotiation import IDENTITY
from .call import Call
from .delivery import discard_unread, drained
from .headers import add_headers
from .prepared import coding_for
from .response import WholeResponse
from .security_headers import NO_STORE
from .spec import JSON

_AT_ONCE: Final = 65_536
"""Bytes that are gathered before an answer begins, and between two writes."""
_WORTH_COMPRESSING: Final = 1024


async def json_pieces(call: Call, pieces: AsyncIterator[bytes]) -> web.StreamResponse:
    """Answer with the pieces of a JSON text; a small one whole, a large one as it comes.

    An answer that fails after it has begun is cut off, so that nobody takes it for whole, and so is one to a key
    that is revoked meanwhile.
    """
    gathered = bytearray()
    response: web.StreamResponse | None = None
    try:
        async for piece in pieces:
            gathered += piece
            if len(gathered) >= _AT_ONCE:
                call.ensure_unchanged()
                if call.request.method == hdrs.METH_HEAD:
                    # What is written would be taken for the next answer.
                    return _whole(call, b"")
                response = response or await _begin(call)
                await response.write(bytes(gathered))
                gathered.clear()
        if response is None:
            return _whole(call, bytes(gathered))
        await response.write_eof(bytes(gathered))
        await drained(call.request)
        await discard_unread(call.request)
    except BaseException as err:
        if response is not None:
            _cut_off(call, err)
        raise
    return response


def _cut_off(call: Call, err: BaseException) -> None:
    """Drop a connection on which an answer has begun, and count it where its time was over."""
    if (transport := call.request.transport) is not None:
        if isinstance(err, asyncio.CancelledError):
            call.bridge.sending.dropped += 1
        transport.abort()


async def _begin(call: Call) -> web.StreamResponse:
    response = web.StreamResponse(headers={hdrs.CACHE_CONTROL: NO_STORE})
    add_headers(call, response)
    response.content_type = JSON
    response.enable_compression()
    await response.prepare(call.request)
    return response


def _whole(call: Call, body: bytes) -> WholeResponse:
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: JSON, hdrs.CACHE_CONTROL: NO_STORE}
    coding = coding_for(call.request)
    if len(body) <= _WORTH_COMPRESSING or coding.name == IDENTITY:
        return WholeResponse(HTTPStatus.OK, headers, Payload.of(body))
    return WholeResponse(HTTPStatus.OK, {**headers, hdrs.CONTENT_ENCODING: coding.name}, coding.encode(body))
