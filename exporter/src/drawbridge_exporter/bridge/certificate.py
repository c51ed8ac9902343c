"""The TLS contexts of the targets, and the expiry of the certificates that bridges present."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, override

from ..config.values import ClientCertificate
from ..config.watch import Signature

_MAX_AGE_SECONDS: Final = 3600.0
_MAX_CONTEXTS: Final = 1000


class Certificate:
    """The certificate of the last TLS handshake with a bridge."""

    def __init__(self) -> None:
        """Create a record without a certificate."""
        self.expires: float | None = None
        self._seen_at = 0.0

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record the certificate of each connection that this task opens until the block ends."""
        token = _RECORD.set(self)
        try:
            yield
        finally:
            _RECORD.reset(token)

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


_RECORD: Final[ContextVar[Certificate | None]] = ContextVar("certificate", default=None)


class _Recording(ssl.SSLObject):
    """A connection that records its certificate for the task that opened it."""

    @override
    def do_handshake(self) -> None:
        super().do_handshake()
        certificate = _RECORD.get()
        if certificate is not None:
            certificate.record(self.getpeercert())


@lru_cache(_MAX_CONTEXTS)
def shared_context(ca_file: Path | None, client: ClientCertificate | None, files: Signature) -> ssl.SSLContext:
    """Return the TLS context of all targets with these files, whose current signature is ``files``.

    A context with the certificates of the system takes almost 1 MiB and 10 ms, so that 1,000 targets share one.

    Raises:
        OSError: A file cannot be read or used.

    """
    del files  # a changed file needs a new context
    context = ssl.create_default_context(cafile=ca_file)
    context.sslobject_class = _Recording
    if client is not None:
        client.load_into(context)
    return context
