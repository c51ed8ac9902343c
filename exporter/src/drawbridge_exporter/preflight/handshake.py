"""TLS handshakes that find out what a server accepts."""

import asyncio
import ssl
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from yarl import URL

_OLD_VERSIONS: Final = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
# Every TLS 1.2 cipher that is not an AEAD cipher.
_WEAK_CIPHERS: Final = "ALL:COMPLEMENTOFALL:!AESGCM:!CHACHA20:!AESCCM:!ARIAGCM:@SECLEVEL=0"
_CERTIFICATE_REQUEST: Final = 13
"""The type of the handshake message with which a server asks for a certificate (RFC 8446, section 4)."""
_SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Handshake:
    """The result of a TLS handshake: the negotiated parameters or the error."""

    version: str = ""
    cipher: str = ""
    seconds_left: float = 0.0
    error: str = ""
    is_wrong_name: bool = False
    """Whether the certificate is for another host name."""

    @property
    def days_left(self) -> float:
        """The days until the certificate expires."""
        return self.seconds_left / _SECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Server:
    """A server to shake hands with."""

    url: URL
    seconds: float = field(default=10.0)
    """The time limit of a handshake."""

    async def handshake(self, context: ssl.SSLContext) -> Handshake:
        """Connect, and return what was negotiated."""
        host, port = self.url.host or "", self.url.port or 443
        try:
            async with asyncio.timeout(self.seconds):
                _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            # 62 to 64 are the errors of OpenSSL for a host name, an email address and an IP address.
            return Handshake(error=error.verify_message, is_wrong_name=error.verify_code in {62, 63, 64})
        except ssl.SSLError as error:
            return Handshake(error=error.reason or "handshake failed")
        except OSError as error:
            return Handshake(error=error.strerror or type(error).__name__)
        agreed: ssl.SSLObject = writer.get_extra_info("ssl_object")
        cipher, certificate = agreed.cipher(), agreed.getpeercert()
        left = ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time() if certificate else 0.0
        writer.close()
        return Handshake(agreed.version() or "", cipher[0] if cipher else "", left)

    async def best(self) -> Handshake:
        """Return the handshake with everything that this machine supports."""
        return await self.handshake(_unverified_context())

    async def accepts(self, version: ssl.TLSVersion) -> str:
        """Return the name of a TLS version if the server accepts it, otherwise an empty string."""
        context = _unverified_context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
        return (await self.handshake(context)).version

    async def old_versions(self) -> list[str]:
        """Return the names of the versions before TLS 1.2 that the server accepts."""
        return [name for version in _OLD_VERSIONS if (name := await self.accepts(version))]

    async def weak_cipher(self) -> tuple[Handshake, int]:
        """Offer only weak ciphers. Returns the handshake, without a cipher if it was refused, and their number."""
        weak = _unverified_context()
        weak.maximum_version = ssl.TLSVersion.TLSv1_2
        weak.set_ciphers(_WEAK_CIPHERS)
        return await self.handshake(weak), len(weak.get_ciphers())

    async def asks_for_certificate(self) -> bool | None:
        """Return whether the server asks clients for a certificate; None if there is no way to find out."""
        context, asked = _unverified_context(), False

        def see(_connection: Any, _direction: str, _version: Any, _content: Any, kind: Any, _data: bytes) -> None:  # noqa: ANN401 - of the ssl module
            nonlocal asked
            asked = asked or kind == _CERTIFICATE_REQUEST

        # Python has no public way to see this message.
        if not hasattr(context, "_msg_callback"):
            return None
        follow(context, see)
        found = await self.handshake(context)
        return None if found.error and not asked else asked


def follow(context: ssl.SSLContext, see: Callable[..., None]) -> None:
    """Have a function see each message of the handshakes of a context."""
    context._msg_callback = see  # type: ignore[attr-defined]  # noqa: SLF001 - the ssl module has no other way


def _unverified_context() -> ssl.SSLContext:
    """Return a context without verification, to find out what the server accepts. It sends no data."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
