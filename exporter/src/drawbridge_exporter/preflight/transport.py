"""Transport checks: security headers, TLS version, certificate and ciphers."""

import ipaddress
from collections.abc import Mapping
from typing import Final

from .context import Context, Plan
from .handshake import Server
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Network"
MIN_DAYS_LEFT: Final = 14
_TURN_ON_TLS: Final = "Turn on TLS in Home Assistant (Settings > System > Network), or use a reverse proxy with TLS."

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
            f"{name} on {reply.status}" for name in lacking(reply.headers, tls=context.plan.url.scheme == "https")
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


def lacking(headers: Mapping[str, str], *, tls: bool) -> list[str]:
    """Return the security headers that are missing in a response."""
    missing = [name for name, part in _WANTED_HEADERS.items() if part not in headers.get(name, "\0")]
    framing = headers.get("Content-Security-Policy", "") + headers.get("X-Frame-Options", "").upper()
    if not any(word in framing for word in ("frame-ancestors", "DENY", "SAMEORIGIN")):
        missing.append("frame-ancestors or X-Frame-Options")
    if tls and "Strict-Transport-Security" not in headers:
        missing.append("Strict-Transport-Security")
    if any(letter.isdigit() for letter in headers.get("Server", "")):
        missing.append("a Server header without versions")
    return missing


def _no_tls(plan: Plan) -> Verdict | None:
    """Return the verdict for a URL without TLS, or None for an `https://` URL."""
    if plan.url.scheme == "https":
        return None
    if is_loopback(plan.url.host or ""):
        return needs_person(
            "The URL is a loopback address without TLS.", "Run again with the https:// URL that clients use."
        )
    return failed("Keys and states are sent over the network without encryption.", _TURN_ON_TLS)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def tls_version(context: Context) -> Verdict:
    """Check that the server supports TLS 1.3 and refuses versions older than 1.2."""
    if (verdict := _no_tls(context.plan)) is not None:
        return verdict
    server = _server(context)
    best = await server.best()
    if best.version != "TLSv1.3":
        return failed(
            f"TLS 1.3 is not supported; the handshake resulted in {best.version or best.error}.",
            "Turn on TLS 1.3 where TLS is terminated.",
        )
    if old := await server.old_versions():
        return failed(f"The server accepts {' and '.join(old)}.", "Turn off all versions older than TLS 1.2.")
    return passed(f"TLS 1.3 with {best.cipher}; TLS 1.0 and 1.1 are refused.")


def _server(context: Context) -> Server:
    return Server(context.plan.url, context.plan.timeout)


async def certificate(context: Context) -> Verdict:
    """Check that the certificate is trusted, matches the host name and does not expire soon."""
    if (verdict := _no_tls(context.plan)) is not None:
        return verdict
    found = await _server(context).handshake(context.verified_tls())
    if found.error:
        return failed(
            f"The certificate is not trusted: {found.error}.",
            "Install a certificate for the host name with its full chain, or use --ca-file for a private CA.",
        )
    if found.days_left < MIN_DAYS_LEFT:
        return failed(
            f"The certificate expires in {found.days_left:.0f} days.",
            "Renew it, and check why the automatic renewal failed.",
        )
    return passed(f"Chain and host name are valid; the certificate expires in {found.days_left:.0f} days.")


async def ciphers(context: Context) -> Verdict:
    """Check that the server refuses weak ciphers."""
    if (verdict := _no_tls(context.plan)) is not None:
        return verdict
    found, offered = await _server(context).weak_cipher()
    if found.cipher:
        return failed(
            f"The server accepts {found.cipher} with {found.version}.",
            "Allow only ciphers with GCM or ChaCha20-Poly1305.",
        )
    return passed(f"{offered} weak ciphers were offered, and the server refused them.")


CHECKS: Final = (
    Check(_SECTION, "headers", "Security headers are set", security_headers),
    Check(_SECTION, "tls-version", "TLS 1.3, and nothing older than 1.2", tls_version),
    Check(_SECTION, "tls-certificate", "The certificate is trusted and does not expire soon", certificate),
    Check(_SECTION, "tls-ciphers", "Weak ciphers are refused", ciphers),
)
