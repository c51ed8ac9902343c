"""Responses from the cache: content coding and conditional requests."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import hdrs, web

from ..cache.documents import Document, DocumentCache
from ..encoding import negotiation as encodings
from ..encoding.codecs import CODINGS, COMPRESSED, Coding, Payload
from .call import Call
from .response import WholeResponse
from .security_headers import REVALIDATE
from .spec import JSON

_NO_MORE: Final[Mapping[str, str]] = MappingProxyType({})


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


def not_modified(etag: str, more: Mapping[str, str] = _NO_MORE) -> WholeResponse:
    """Return a response with status 304."""
    headers = {hdrs.CACHE_CONTROL: REVALIDATE, hdrs.ETAG: etag, **more}
    return WholeResponse(HTTPStatus.NOT_MODIFIED, headers)


def prepared(body: Payload, coding: Coding, etag: str, more: Mapping[str, str] = _NO_MORE) -> WholeResponse:
    """Return a response with an encoded body."""
    headers = {hdrs.CONTENT_TYPE: JSON, hdrs.CACHE_CONTROL: REVALIDATE, hdrs.ETAG: etag, **more}
    if coding.name != encodings.IDENTITY:
        headers[hdrs.CONTENT_ENCODING] = coding.name
    return WholeResponse(HTTPStatus.OK, headers, body)


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
