"""Origins of web pages, as browsers send them (RFC 6454)."""

from typing import Final
from urllib.parse import urlsplit

ANY_ORIGIN: Final = "*"


def normalize_origin(text: str) -> str:
    """Return a normalized origin, as browsers send it: scheme, host and port, or ``*``.

    Raises:
        ValueError: The text is not a valid origin, for example because it has a path.

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
