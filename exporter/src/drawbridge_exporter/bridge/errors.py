"""Errors of reading a bridge: a reason for the metrics and a message for people."""

import ssl
from enum import StrEnum
from typing import Final

import aiohttp


class Reason(StrEnum):
    """The values of the label ``reason``."""

    KEY_FILE = "key_file"
    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    REDIRECT = "redirect"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    STATUS = "status"
    TOO_LARGE = "too_large"
    INVALID_JSON = "invalid_json"
    SCHEMA = "schema"


class FetchError(Exception):
    """The snapshot could not be read. The message says what to do about it."""

    def __init__(self, reason: Reason, message: str) -> None:
        """Create an error with a reason and a message."""
        super().__init__(message)
        self.reason = reason


_WITHOUT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_REDIRECTS: Final = range(300, 400)

_STATUS: Final = {
    401: (
        Reason.UNAUTHORIZED,
        (
            "The bridge does not accept the API key: it is wrong, expired, disabled or removed. Create or rotate a key"
            " in Settings > Devices & services > Drawbridge."
        ),
    ),
    403: (
        Reason.FORBIDDEN,
        (
            "The API key cannot read the metrics from this address. Add the capability 'metrics', and check the key's"
            " allowed networks."
        ),
    ),
    404: (
        Reason.NOT_FOUND,
        (
            "There is no Drawbridge at this address. Install and set up the integration in Home Assistant, and check"
            " the URL."
        ),
    ),
    429: (
        Reason.RATE_LIMITED,
        "The API key exceeded its rate limit or this address is locked out. Scrape less often or raise the limit.",
    ),
    503: (
        Reason.UNAVAILABLE,
        "Drawbridge is not running: Home Assistant is starting or the integration is not set up.",
    ),
}


def from_status(status: int, location: str | None) -> FetchError:
    """Return the error for an HTTP status other than 200."""
    if status in _STATUS:
        return FetchError(*_STATUS[status])
    if status in _REDIRECTS:
        return FetchError(
            Reason.REDIRECT,
            f"The address redirects to {location or 'nowhere'!s:.200}. The API key is not sent to it. Set the"
            " final address as the URL.",
        )
    return FetchError(Reason.STATUS, f"The bridge returned HTTP {status}. Check Home Assistant's log.")


def from_exception(error: aiohttp.ClientError | TimeoutError) -> FetchError:
    """Return the error for an exception of aiohttp."""
    if isinstance(error, TimeoutError):
        return FetchError(
            Reason.TIMEOUT, "The bridge did not respond in time. Check Home Assistant's load and network."
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError(Reason.DNS, f"The host name {error.host!r} cannot be resolved. Check the URL and DNS.")
    if isinstance(error, aiohttp.ClientSSLError):
        return FetchError(
            Reason.TLS, f"TLS failed: {_tls_detail(error)}. Check the certificate, or the scheme of the URL."
        )
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, ConnectionRefusedError):
        return FetchError(
            Reason.REFUSED,
            "The connection was refused. Check that Home Assistant is running and that the port is correct.",
        )
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchError(Reason.CONNECTION, f"The connection failed: {error.os_error.strerror or 'unknown error'}.")
    damaged = isinstance(error, aiohttp.ClientPayloadError)
    check = "a proxy does not change responses" if damaged else "this is an HTTP port, not an HTTPS port"
    return FetchError(Reason.CONNECTION, f"The connection was lost ({type(error).__name__}). Check that {check}.")


def _tls_detail(error: aiohttp.ClientSSLError) -> str:
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message.removesuffix(".")
    if isinstance(cause, ssl.SSLError):
        no_tls = cause.reason in _WITHOUT_TLS
        return f"the server answered without TLS ({cause.reason})" if no_tls else cause.reason or "handshake failed"
    return "handshake failed"
