"""Adds the headers of every response."""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from . import cors
from .call import Call
from .header_block import NOTHING, SECURITY
from .response import WholeResponse
from .security_headers import NO_STORE, SECURITY_HEADERS, STRICT_TRANSPORT_SECURITY

NO_STORE_HEADERS: Final[Mapping[str, str]] = {hdrs.CACHE_CONTROL: NO_STORE}


def add_headers(call: Call, response: web.StreamResponse) -> None:
    """Add the headers of every response to one that is streamed: security, request id, rate limit and CORS."""
    response.headers.update(SECURITY_HEADERS)
    response.headers.update(call.own_headers())
    _add_headers(call, response)


def complete(call: Call, response: WholeResponse) -> None:
    """Add the same to a response that is sent as a whole, most of them as a block."""
    if response.block is NOTHING:
        response.block = SECURITY
    response.call = call
    _add_headers(call, response)


def _add_headers(call: Call, response: web.StreamResponse) -> None:
    request, headers = call.request, response.headers
    close_if_unsafe(request, response)
    if call.headers:
        headers.update(call.headers)
    if request.secure:
        name, value = STRICT_TRANSPORT_SECURITY
        headers[name] = value
    if (origin := request.headers.get(hdrs.ORIGIN)) is not None:
        headers.update(cors.answer_headers(origin, call.bridge.origins(call.presented)))


def close_if_unsafe(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Close the connection after a request that could affect how the next one is parsed.

    aiohttp reads the trailers of a chunked body as headers of the next request, and older versions stop reading
    requests after an upgrade that was declined. The rest of an unread body would have to be read first.
    """
    headers = request.headers
    has_body = request.body_exists
    if hdrs.UPGRADE in headers or (has_body and (not request.content.is_eof() or hdrs.TRANSFER_ENCODING in headers)):
        response.force_close()
