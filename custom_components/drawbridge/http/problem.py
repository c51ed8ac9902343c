"""Refusals, as problem details for HTTP APIs (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs
from homeassistant.helpers.json import json_bytes

from ..encoding.codecs import Payload
from ..masking import mask
from ..refusal import Refusal, RefusedError
from ..scope.redaction import without_bearer_text
from .response import WholeResponse
from .security_headers import NO_STORE

CONTENT_TYPE: Final = "application/problem+json"
REALM: Final = 'Bearer realm="Drawbridge"'


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was refused, and what the client can do about it.

    ``reason`` is a short fixed word, used as a metric label. ``detail`` is for people and
    stands also in ``message``, where clients of Home Assistant's API look. ``hidden`` is the
    true reason where the client must not learn it.
    """

    status: HTTPStatus
    reason: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hidden: str | None = None

    def __post_init__(self) -> None:
        """Mask secrets that the client sent, as details quote parts of requests."""
        object.__setattr__(self, "detail", mask(self.detail))

    def response(self) -> WholeResponse:
        """Return the answer that tells the client."""
        # It may quote an error of an integration, which may quote a link.
        detail = without_bearer_text(self.detail)
        body = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": detail,
            "message": detail,
            "reason": self.reason,
        }
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE, hdrs.CACHE_CONTROL: NO_STORE, **self.headers}
        return WholeResponse(self.status, headers, Payload.of(json_bytes(body)))


def problem_of(error: RefusedError) -> Problem:
    """Return the problem details of a refusal."""
    refusal = error.refusal
    headers: dict[str, str] = {} if error.retry_after is None else {hdrs.RETRY_AFTER: str(error.retry_after)}
    if (challenge := _challenge(error)) is not None:
        headers[hdrs.WWW_AUTHENTICATE] = challenge
    hidden = None if error.reason is refusal else error.reason.label
    return Problem(refusal.value.status, refusal.label, error.message, headers, hidden)


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


class ProblemError(Exception):
    """Raised by a handler to refuse. It never leaves the gate."""

    def __init__(self, problem: Problem) -> None:
        """Refuse for a problem."""
        super().__init__(problem.detail)
        self.problem = problem


def not_found(detail: str, *, hidden: str | None = None) -> ProblemError:
    """Return the refusal for what does not exist, or is out of scope: the two look the same."""
    return ProblemError(Problem(HTTPStatus.NOT_FOUND, "not_found", detail, hidden=hidden))


def bad_request(detail: str, *, hidden: str | None = None) -> ProblemError:
    """Return the refusal for a request that cannot be understood."""
    return ProblemError(Problem(HTTPStatus.BAD_REQUEST, "bad_request", detail, hidden=hidden))


def too_large(limit: int) -> ProblemError:
    """Return the refusal for a body of more than ``limit`` bytes."""
    detail = f"The body is too large: {limit} bytes are the limit."
    return ProblemError(Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail))


def forbidden(reason: str, detail: str, *, hidden: str | None = None) -> ProblemError:
    """Return the refusal for what the key may not do."""
    return ProblemError(Problem(HTTPStatus.FORBIDDEN, reason, detail, hidden=hidden))


def failed(detail: str) -> ProblemError:
    """Return the refusal for a call that Home Assistant made and that did not succeed."""
    return ProblemError(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "failed", detail))
