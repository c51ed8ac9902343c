"""Responses from the cache: content coding and conditional requests."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ..cache.documents import Document, DocumentCache
from ..encoding import negotiation as encodings
from ..encoding.codecs import CODINGS, COMPRESSED, Coding, Payload
from .call import Call
from .header_block import NO_HEADERS, secured
from .response import WholeResponse
from .security_headers import REVALIDATE
from .spec import JSON

_KEPT: Final[Mapping[str, str]] = {hdrs.CACHE_CONTROL: REVALIDATE}
_IN_JSON: Final[Mapping[str, str]] = {hdrs.CONTENT_TYPE: JSON, **_KEPT}
_NOT_MODIFIED: Final = secured(_KEPT)
_ENCODED: Final = {
    name: secured(_IN_JSON if name == encodings.IDENTITY else {**_IN_JSON, hdrs.CONTENT_ENCODING: name})
    for name in CODINGS
}


def coding_for(request: web.Request) -> Coding:
    """Return the content coding that the client prefers."""
    return CODINGS[encodings.choose(request.headers.get(hdrs.ACCEPT_ENCODING), COMPRESSED)]


def is_current(request: web.Request, etag: str) -> bool:
    """Tell whether the client's copy is current.

    Uses the weak comparison that RFC 9110 requires for ``If-None-Match``.
    """
    sent = request.headers.get(hdrs.IF_NONE_MATCH)
    if sent is None:
        return False
    if sent == etag:
        return True
    candidates = request.headers.getall(hdrs.IF_NONE_MATCH)
    wanted = {item.strip().removeprefix("W/") for header in candidates for item in header.split(",")}
    return "*" in wanted or etag.removeprefix("W/") in wanted


def not_modified(etag: str, more: Mapping[str, str] = NO_HEADERS) -> WholeResponse:
    """Return a response with status 304."""
    return WholeResponse(HTTPStatus.NOT_MODIFIED, {hdrs.ETAG: etag, **more}, block=_NOT_MODIFIED)


def prepared(body: Payload, coding: Coding, etag: str, more: Mapping[str, str] = NO_HEADERS) -> WholeResponse:
    """Return a response with an encoded body."""
    return WholeResponse(HTTPStatus.OK, {hdrs.ETAG: etag, **more}, body, _ENCODED[coding.name])


def document_response(call: Call, document: Document) -> WholeResponse:
    """Return a document, or status 304 if the client's copy is current."""
    if is_current(call.request, document.etag):
        return not_modified(document.etag)
    coding = coding_for(call.request)
    return prepared(document.body(coding), coding, document.etag)


def cached(call: Call, cache: DocumentCache, document: Document) -> WholeResponse:
    """Return a document from a cache, and count a revalidation if the client's copy is current."""
    response = document_response(call, document)
    if response.status == HTTPStatus.NOT_MODIFIED and cache.is_enabled:
        cache.recorder.revalidated()
    return response
