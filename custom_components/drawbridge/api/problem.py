"""Refusals, as problem details for HTTP APIs (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs
from homeassistant.helpers.json import json_bytes

from ..cache.codings import Payload
from ..policy.headers import NO_STORE
from .response import WholeResponse

CONTENT_TYPE: Final = "application/problem+json"


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

    def response(self) -> WholeResponse:
        """Return the answer that tells the client."""
        body = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            "message": self.detail,
            "reason": self.reason,
        }
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE, hdrs.CACHE_CONTROL: NO_STORE, **self.headers}
        return WholeResponse(self.status, headers, Payload.of(json_bytes(body)))


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
