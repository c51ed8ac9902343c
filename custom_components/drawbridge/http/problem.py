"""Refusals as problem details for HTTP APIs (RFC 9457)."""

from http import HTTPStatus
from typing import Final

from aiohttp import hdrs
from homeassistant.helpers.json import json_bytes

from ..encoding.codecs import Payload
from ..refusal import Refusal, RefusedError
from ..scope.redaction import without_bearer_text
from .response import WholeResponse
from .security_headers import NO_STORE

CONTENT_TYPE: Final = "application/problem+json"
REALM: Final = 'Bearer realm="Drawbridge"'


def problem_of(error: RefusedError) -> WholeResponse:
    """Return the problem document of a refusal.

    The text is also in ``message``, where clients of Home Assistant's API expect it.
    """
    status = error.refusal.value.status
    # The text may quote an integration's error, which may contain a signed link.
    detail = without_bearer_text(error.message)
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "message": detail,
        "reason": error.refusal.label,
    }
    if error.refusal is Refusal.GRANT:
        body["error"] = "invalid_grant"  # RFC 6749, section 5.2
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: CONTENT_TYPE, hdrs.CACHE_CONTROL: NO_STORE, **headers_of(error)}
    return WholeResponse(status, headers, Payload.of(json_bytes(body)))


def headers_of(error: RefusedError) -> dict[str, str]:
    """Return the headers of a refusal."""
    headers: dict[str, str] = {} if error.retry_after is None else {hdrs.RETRY_AFTER: str(error.retry_after)}
    if (challenge := _challenge(error)) is not None:
        headers[hdrs.WWW_AUTHENTICATE] = challenge
    if error.refusal is Refusal.METHOD_NOT_ALLOWED:
        headers[hdrs.ALLOW] = str(error.placeholders["methods"])
    return headers


def _challenge(error: RefusedError) -> str | None:
    """Return the challenge of a refusal (RFC 6750, section 3.1); ``None`` if a key would not help."""
    if error.refusal is Refusal.KEY_MISSING:
        return REALM
    if error.refusal is Refusal.KEY_AMBIGUOUS:
        return f'{REALM}, error="invalid_request"'
    if error.refusal is Refusal.CAPABILITY:
        return f'{REALM}, error="insufficient_scope", scope="{error.placeholders["capability"]}"'
    if error.refusal.value.status is HTTPStatus.UNAUTHORIZED:
        return f'{REALM}, error="invalid_token"'
    return None
