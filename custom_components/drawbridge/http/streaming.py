"""Responses that are too large to build in memory."""

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

_CHUNK_BYTES: Final = 65_536
"""The number of bytes to buffer before the response starts, and between writes."""
_MAX_UNCOMPRESSED_BYTES: Final = 1024


async def json_pieces(call: Call, pieces: AsyncIterator[bytes]) -> web.StreamResponse:
    """Respond with the pieces of a JSON text. A large response is streamed.

    A request whose key was revoked or changed in the meantime is refused. If that or an error happens after the
    response has started, the connection is dropped, so that the client does not take the response for complete.
    """
    gathered = bytearray()
    response: web.StreamResponse | None = None
    try:
        async for piece in pieces:
            gathered += piece
            if len(gathered) >= _CHUNK_BYTES:
                call.ensure_unchanged()
                if call.request.method == hdrs.METH_HEAD:
                    # The client would read the body as the next response.
                    return _whole(call, b"")
                response = response or await _begin(call)
                await response.write(bytes(gathered))
                gathered.clear()
        call.ensure_unchanged()
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
    """Drop a connection whose response has started, and count it if the time limit was exceeded."""
    if (transport := call.request.transport) is not None:
        if isinstance(err, asyncio.CancelledError):
            call.bridge.limits.sending.dropped += 1
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
    if len(body) <= _MAX_UNCOMPRESSED_BYTES or coding.name == IDENTITY:
        return WholeResponse(HTTPStatus.OK, headers, Payload.of(body))
    return WholeResponse(HTTPStatus.OK, {**headers, hdrs.CONTENT_ENCODING: coding.name}, coding.encode(body))
