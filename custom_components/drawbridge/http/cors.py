"""Headers for cross-origin resource sharing (CORS)."""

from collections.abc import Collection
from typing import Final

from ..limits.origins import ANY_ORIGIN

_ALLOWED_HEADERS: Final = "Authorization, Content-Type, If-None-Match, X-API-Key, X-Request-ID, traceparent, tracestate"
_EXPOSED_HEADERS: Final = (
    "Drawbridge-Cursor, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-ID, "
    "traceresponse"
)
_PREFLIGHT_SECONDS: Final = "600"


def answer_headers(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """Return the headers that let a page from ``origin`` read the response; none if the origin is not allowed."""
    if not _is_allowed(origin, allowed):
        return {}
    return {
        "Access-Control-Allow-Origin": origin or "",
        "Access-Control-Expose-Headers": _EXPOSED_HEADERS,
    }


def preflight_headers(
    origin: str | None, allowed: Collection[str], methods: str, *, private_network: bool
) -> dict[str, str]:
    """Return the headers of a preflight response; none if the origin is not allowed."""
    if not _is_allowed(origin, allowed):
        return {}
    headers = {
        "Access-Control-Allow-Origin": origin or "",
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
        "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
    }
    if private_network:
        headers["Access-Control-Allow-Private-Network"] = "true"
    return headers


def _is_allowed(origin: str | None, allowed: Collection[str]) -> bool:
    if not origin or not allowed or origin == "null":
        return False
    return origin in allowed or ANY_ORIGIN in allowed
