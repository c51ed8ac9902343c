"""The headers that every answer carries."""

from types import MappingProxyType
from typing import Final

from multidict import istr

SECURITY_HEADERS: Final = MappingProxyType(
    {
        istr("Content-Security-Policy"): "default-src 'none'; frame-ancestors 'none'",
        istr("Permissions-Policy"): "camera=(), geolocation=(), microphone=()",
        istr("Cross-Origin-Resource-Policy"): "same-origin",
        istr("Vary"): "Authorization, X-API-Key, Accept-Encoding",
    }
)
"""What a browser must not do with an answer of the bridge."""

NO_STORE: Final = "no-store"
REVALIDATE: Final = "private, no-cache"
