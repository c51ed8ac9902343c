"""The expiry of the certificate that a bridge presents."""

import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, override

from ..config.values import ClientCertificate

_MAX_AGE_SECONDS: Final = 3600.0


class Certificate:
    """The certificate of the last TLS handshake with a bridge."""

    def __init__(self) -> None:
        """Create a record without a certificate."""
        self.expires: float | None = None
        self._seen_at = 0.0

    def context(self, ca_file: Path | None, client: ClientCertificate | None = None) -> ssl.SSLContext:
        """Return a TLS context that records the certificate of each handshake, and presents one of the client.

        Raises:
            OSError: A file cannot be read or used.

        """
        certificate = self

        class Recording(ssl.SSLObject):
            @override
            def do_handshake(self) -> None:
                super().do_handshake()
                certificate.record(self.getpeercert())

        context = ssl.create_default_context(cafile=ca_file)
        context.sslobject_class = Recording
        if client is not None:
            client.load_into(context)
        return context

    def record(self, found: Mapping[str, Any] | None) -> None:
        """Keep the expiry of a verified certificate."""
        if found:
            self.expires = float(ssl.cert_time_to_seconds(str(found["notAfter"])))
            self._seen_at = time.monotonic()

    def headers(self) -> dict[str, str]:
        """Return headers that end a connection whose certificate was seen over an hour ago.

        The next request then sees a renewed certificate. A connection that is kept open never would.
        """
        is_old = self.expires is not None and time.monotonic() - self._seen_at > _MAX_AGE_SECONDS
        return {"Connection": "close"} if is_old else {}
