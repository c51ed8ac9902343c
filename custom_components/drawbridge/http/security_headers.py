"""Security headers of every response."""

import re
from random import getrandbits
from typing import Final

from multidict import CIMultiDict, istr

from ..masking import holds_secret

SECURITY_HEADERS: Final = CIMultiDict(
    {
        istr("Content-Security-Policy"): "default-src 'none'; frame-ancestors 'none'",
        istr("Permissions-Policy"): "camera=(), geolocation=(), microphone=()",
        istr("Cross-Origin-Resource-Policy"): "same-origin",
        istr("Vary"): "Authorization, X-API-Key, Origin, Accept-Encoding",
    }
)
"""Headers that restrict what a browser may do with a response."""

STRICT_TRANSPORT_SECURITY: Final = (istr("Strict-Transport-Security"), "max-age=31536000")
REQUEST_ID: Final = istr("X-Request-ID")
NO_STORE: Final = "no-store"
REVALIDATE: Final = "private, no-cache"

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def request_id(sent: str | None) -> str:
    """Return the client's request id if it is valid and contains no secret, otherwise a new one."""
    if sent is not None and _REQUEST_ID.fullmatch(sent) and not holds_secret(sent):
        return sent
    return f"{getrandbits(64):016x}"
