"""Adds the headers of every response."""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from . import cors
from .call import Call
from .security_headers import NO_STORE, REQUEST_ID, SECURITY_HEADERS, STRICT_TRANSPORT_SECURITY

NO_STORE_HEADERS: Final[Mapping[str, str]] = {hdrs.CACHE_CONTROL: NO_STORE}


def add_headers(call: Call, response: web.StreamResponse) -> None:
    """Add the headers of every response: security, request id, rate limit and CORS."""
    request, headers = call.request, response.headers
    close_if_unsafe(request, response)
    headers.update(SECURITY_HEADERS)
    if call.headers:
        headers.update(call.headers)
    headers[REQUEST_ID] = call.request_id
    if request.secure:
        name, value = STRICT_TRANSPORT_SECURITY
        headers[name] = value
    if call.allowance is not None:
        headers.update(call.allowance.headers())
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
