"""Checks of the way to the bridge: headers, TLS, certificate, ciphers."""

import asyncio
import ipaddress
import ssl
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .context import Context, Plan
from .model import Check, Finding, failed, needs_person, passed

_SECTION: Final = "Network"
_DAYS_LEFT: Final = 14
_DAY: Final = 86_400
_OLD_VERSIONS: Final = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
# Everything for TLS 1.2 that does not encrypt and authenticate in one.
_WEAK_CIPHERS: Final = "ALL:COMPLEMENTOFALL:!AESGCM:!CHACHA20:!AESCCM:!ARIAGCM:@SECLEVEL=0"
_TO_PROXY: Final = "Turn TLS on in Home Assistant (Settings > System > Network) or put a proxy with TLS in front."

_WANTED_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "",
    "Content-Security-Policy": "default-src 'none'",
    "Permissions-Policy": "",
    "Cross-Origin-Resource-Policy": "",
}


async def security_headers(context: Context) -> Finding:
    """Do answers carry the headers that confine them, refusals too?"""
    missing: list[str] = []
    for path, key in (("/key", True), ("/api/states", False), ("/preflight-nothing-here", True)):
        reply = await context.ask(path, key=key)
        missing += [
            f"{name} on {reply.status}" for name in _lacking(reply.headers, tls=context.plan.url.scheme == "https")
        ]
    if missing:
        return failed(f"Missing: {', '.join(missing)}.", "Look for a proxy that strips headers, or update Drawbridge.")
    cached = (await context.ask("/key")).headers.get("Cache-Control", "")
    if "no-store" not in cached:
        return failed(f"/key has Cache-Control: {cached or 'none'}.", "Look for a proxy that changes headers.")
    return passed(f"{', '.join(_WANTED_HEADERS)}, framing and caching are right on answers, 401 and 404.")


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
    """What a TLS handshake agreed on, or why there was none."""

    version: str = ""
    cipher: str = ""
    seconds_left: float = 0.0
    error: str = ""


async def _shake_hands(plan: Plan, context: ssl.SSLContext) -> _Handshake:
    host, port = plan.url.host or "", plan.url.port or 443
    try:
        async with asyncio.timeout(plan.timeout):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return _Handshake(error=error.verify_message)
    except ssl.SSLError as error:
        return _Handshake(error=error.reason or "no handshake")
    except OSError as error:
        return _Handshake(error=error.strerror or type(error).__name__)
    agreed: ssl.SSLObject = writer.get_extra_info("ssl_object")
    cipher, certificate = agreed.cipher(), agreed.getpeercert()
    left = ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time() if certificate else 0.0
    writer.close()
    return _Handshake(agreed.version() or "", cipher[0] if cipher else "", left)


def _trusting_anyone() -> ssl.SSLContext:
    """Return a context for handshakes that only ask what the server would agree to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _no_tls(plan: Plan) -> Finding | None:
    """Return the finding for a URL without TLS, None for one with it."""
    if plan.url.scheme == "https":
        return None
    if _is_loopback(plan.url.host or ""):
        return needs_person(
            "The address is this machine's own, without TLS.", "Run again with the https:// address that clients use."
        )
    return failed("Keys and states cross the network readable by all.", _TO_PROXY)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def tls_version(context: Context) -> Finding:
    """Is TLS 1.3 spoken, and nothing older than 1.2?"""
    if (finding := _no_tls(context.plan)) is not None:
        return finding
    best = await _shake_hands(context.plan, _trusting_anyone())
    if best.version != "TLSv1.3":
        return failed(f"The best that is offered is {best.version or best.error}.", "Allow TLS 1.3 where TLS ends.")
    old = [name for version in _OLD_VERSIONS if (name := await _speaks(context.plan, version))]
    if old:
        return failed(f"{' and '.join(old)} are accepted too.", "Turn off everything older than TLS 1.2.")
    return passed(f"TLS 1.3 with {best.cipher}; TLS 1.0 and 1.1 are refused.")


async def _speaks(plan: Plan, version: ssl.TLSVersion) -> str:
    """Return the version's name if the server agrees to it."""
    context = _trusting_anyone()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return (await _shake_hands(plan, context)).version


async def certificate(context: Context) -> Finding:
    """Is the certificate trusted, of the right name, and good for a while?"""
    if (finding := _no_tls(context.plan)) is not None:
        return finding
    found = await _shake_hands(context.plan, ssl.create_default_context(cafile=context.plan.ca_file))
    if found.error:
        return failed(
            f"It is not trusted: {found.error}.",
            "Install a certificate of the right name with its whole chain; --ca-file names an authority of your own.",
        )
    days = found.seconds_left / _DAY
    if days < _DAYS_LEFT:
        return failed(f"It ends in {days:.0f} days.", "Renew it, and look why it was not renewed by itself.")
    return passed(f"Chain and name are right; {days:.0f} days are left.")


async def ciphers(context: Context) -> Finding:
    """Are weak ciphers refused?"""
    if (finding := _no_tls(context.plan)) is not None:
        return finding
    weak = _trusting_anyone()
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers(_WEAK_CIPHERS)
    found = await _shake_hands(context.plan, weak)
    if found.cipher:
        return failed(
            f"{found.cipher} with {found.version} is accepted.", "Allow ciphers with GCM or ChaCha20-Poly1305 alone."
        )
    return passed(f"{len(weak.get_ciphers())} weak ciphers were offered, and refused.")


CHECKS: Final = (
    Check(_SECTION, "headers", "Security headers are set", security_headers),
    Check(_SECTION, "tls-version", "TLS 1.3, and nothing older than 1.2", tls_version),
    Check(_SECTION, "tls-certificate", "The certificate is trusted and good for a while", certificate),
    Check(_SECTION, "tls-ciphers", "Weak ciphers are refused", ciphers),
)
