"""Transport checks: security headers, TLS version, certificate, ciphers and the listener."""

import asyncio
import ipaddress
import ssl
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .context import Context, Plan
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Network"
_MIN_DAYS_LEFT: Final = 14
_SECONDS_PER_DAY: Final = 86_400
_OLD_VERSIONS: Final = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
# Every TLS 1.2 cipher that is not an AEAD cipher.
_WEAK_CIPHERS: Final = "ALL:COMPLEMENTOFALL:!AESGCM:!CHACHA20:!AESCCM:!ARIAGCM:@SECLEVEL=0"
_TURN_ON_TLS: Final = "Turn on TLS in Home Assistant (Settings > System > Network), or use a reverse proxy with TLS."
_RENEW_LISTENER: Final = "Renew it. See the runbook DrawbridgeListenerCertificateExpiring."

_WANTED_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "",
    "Content-Security-Policy": "default-src 'none'",
    "Permissions-Policy": "",
    "Cross-Origin-Resource-Policy": "",
}


async def security_headers(context: Context) -> Verdict:
    """Check the security headers of successful responses and of refusals."""
    missing: list[str] = []
    for path, key in (("/key", True), ("/api/states", False), ("/preflight-nothing-here", True)):
        reply = await context.ask(path, key=key)
        missing += [
            f"{name} on {reply.status}" for name in _lacking(reply.headers, tls=context.plan.url.scheme == "https")
        ]
    if missing:
        return failed(
            f"Missing: {', '.join(missing)}.", "Check for a proxy that removes headers, or update Drawbridge."
        )
    cached = (await context.ask("/key")).headers.get("Cache-Control", "")
    if "no-store" not in cached:
        return failed(f"/key has Cache-Control: {cached or 'none'}.", "Check for a proxy that changes headers.")
    return passed(
        f"{', '.join(_WANTED_HEADERS)}, frame protection and Cache-Control are correct on 200, 401 and 404 responses."
    )


def _lacking(headers: Mapping[str, str], *, tls: bool) -> list[str]:
    lacking = [name for name, part in _WANTED_HEADERS.items() if part not in headers.get(name, "\0")]
    framing = headers.get("Content-Security-Policy", "") + headers.get("X-Frame-Options", "").upper()
    if not any(word in framing for word in ("frame-ancestors", "DENY", "SAMEORIGIN")):
        lacking.append("frame-ancestors or X-Frame-Options")
    if tls and "Strict-Transport-Security" not in headers:
        lacking.append("Strict-Transport-Security")
    if any(letter.isdigit() for letter in headers.get("Server", "")):
        lacking.append("a Server header without versions")
    return lacking


@dataclass(frozen=True, slots=True)
class _Handshake:
    """The result of a TLS handshake: the negotiated parameters or the error."""

    version: str = ""
    cipher: str = ""
    seconds_left: float = 0.0
    error: str = ""


async def _handshake(plan: Plan, context: ssl.SSLContext) -> _Handshake:
    host, port = plan.url.host or "", plan.url.port or 443
    try:
        async with asyncio.timeout(plan.timeout):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return _Handshake(error=error.verify_message)
    except ssl.SSLError as error:
        return _Handshake(error=error.reason or "handshake failed")
    except OSError as error:
        return _Handshake(error=error.strerror or type(error).__name__)
    agreed: ssl.SSLObject = writer.get_extra_info("ssl_object")
    cipher, certificate = agreed.cipher(), agreed.getpeercert()
    left = ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time() if certificate else 0.0
    writer.close()
    return _Handshake(agreed.version() or "", cipher[0] if cipher else "", left)


def _unverified_context() -> ssl.SSLContext:
    """Return a context without verification, to find out what the server accepts. It sends no data."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _no_tls(plan: Plan) -> Verdict | None:
    """Return the verdict for a URL without TLS, or None for an `https://` URL."""
    if plan.url.scheme == "https":
        return None
    if _is_loopback(plan.url.host or ""):
        return needs_person(
            "The URL is a loopback address without TLS.", "Run again with the https:// URL that clients use."
        )
    return failed("Keys and states are sent over the network without encryption.", _TURN_ON_TLS)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def tls_version(context: Context) -> Verdict:
    """Check that the server supports TLS 1.3 and refuses versions older than 1.2."""
    if (verdict := _no_tls(context.plan)) is not None:
        return verdict
    best = await _handshake(context.plan, _unverified_context())
    if best.version != "TLSv1.3":
        return failed(
            f"TLS 1.3 is not supported; the handshake resulted in {best.version or best.error}.",
            "Turn on TLS 1.3 where TLS is terminated.",
        )
    old = [name for version in _OLD_VERSIONS if (name := await _accepted_version(context.plan, version))]
    if old:
        return failed(f"The server accepts {' and '.join(old)}.", "Turn off all versions older than TLS 1.2.")
    return passed(f"TLS 1.3 with {best.cipher}; TLS 1.0 and 1.1 are refused.")


async def _accepted_version(plan: Plan, version: ssl.TLSVersion) -> str:
    """Return the version's name if the server accepts it, otherwise an empty string."""
    context = _unverified_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return (await _handshake(plan, context)).version


async def certificate(context: Context) -> Verdict:
    """Check that the certificate is trusted, matches the host name and does not expire soon."""
    if (verdict := _no_tls(context.plan)) is not None:
        return verdict
    found = await _handshake(context.plan, ssl.create_default_context(cafile=context.plan.ca_file))
    if found.error:
        return failed(
            f"The certificate is not trusted: {found.error}.",
            "Install a certificate for the host name with its full chain, or use --ca-file for a private CA.",
        )
    days = found.seconds_left / _SECONDS_PER_DAY
    if days < _MIN_DAYS_LEFT:
        return failed(
            f"The certificate expires in {days:.0f} days.", "Renew it, and check why the automatic renewal failed."
        )
    return passed(f"Chain and host name are valid; the certificate expires in {days:.0f} days.")


async def ciphers(context: Context) -> Verdict:
    """Check that the server refuses weak ciphers."""
    if (verdict := _no_tls(context.plan)) is not None:
        return verdict
    weak = _unverified_context()
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers(_WEAK_CIPHERS)
    found = await _handshake(context.plan, weak)
    if found.cipher:
        return failed(
            f"The server accepts {found.cipher} with {found.version}.",
            "Allow only ciphers with GCM or ChaCha20-Poly1305.",
        )
    return passed(f"{len(weak.get_ciphers())} weak ciphers were offered, and the server refused them.")


async def listener(context: Context) -> Verdict:
    """Check that the listener is running if it is enabled, and that its certificate does not expire soon."""
    found = (await context.snapshot()).listener
    if found is None:
        return passed("The bridge reports no listener.")
    if not found.enabled:
        return passed("The listener is not enabled.")
    if not found.running:
        return failed("The listener is enabled, but not running.", "See the runbook DrawbridgeListenerDown.")
    if found.certificate_ends is None:
        return needs_person(
            "The listener is running without TLS, so keys and states are sent without encryption.",
            "Set a certificate for the listener, or check that only a reverse proxy on the same machine uses it.",
        )
    days = (found.certificate_ends - time.time()) / _SECONDS_PER_DAY
    if days <= 0:
        return failed("The certificate of the listener has expired.", _RENEW_LISTENER)
    evidence = f"The listener is running, and its certificate expires in {days:.0f} days."
    return needs_person(evidence, _RENEW_LISTENER) if days < _MIN_DAYS_LEFT else passed(evidence)


CHECKS: Final = (
    Check(_SECTION, "headers", "Security headers are set", security_headers),
    Check(_SECTION, "tls-version", "TLS 1.3, and nothing older than 1.2", tls_version),
    Check(_SECTION, "tls-certificate", "The certificate is trusted and does not expire soon", certificate),
    Check(_SECTION, "tls-ciphers", "Weak ciphers are refused", ciphers),
    Check(_SECTION, "listener", "The listener is running, and its certificate does not expire soon", listener),
)
