"""Which web pages may read answers."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

ANY_ORIGIN: Final = "*"
_ALLOWED_HEADERS: Final = "Authorization, Content-Type, If-None-Match, X-API-Key, X-Request-ID"
_EXPOSED_HEADERS: Final = (
    "Drawbridge-Cursor, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-ID"
)
_PREFLIGHT_SECONDS: Final = "600"


def normalize_origin(text: str) -> str:
    """Return an origin as browsers send it: scheme, host and port, or ``*``.

    Raises ``ValueError`` for what is no origin of a web page, such as one with a path.
    """
    text = text.strip()
    if text == ANY_ORIGIN:
        return text
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(text)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in {None, default} else ""
    return f"{parts.scheme}://{host}{port}"


def answer_headers(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """Return the headers that let a page of ``origin`` read an answer; none if it may not."""
    if not _is_allowed(origin, allowed):
        return {}
    return {
        "Access-Control-Allow-Origin": origin or "",
        "Access-Control-Expose-Headers": _EXPOSED_HEADERS,
    }


def preflight_headers(
    origin: str | None, allowed: Collection[str], methods: str, *, private_network: bool
) -> dict[str, str]:
    """Return the headers that answer a preflight request; none if the page may not ask."""
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
