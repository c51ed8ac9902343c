"""Checks of the listener, Drawbridge's separate port. They are those of Home Assistant's port, and send no key."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from ..bridge.client import is_health
from ..bridge.doors import Listener
from ..bridge.errors import from_exception
from .context import Context, Reply
from .handshake import Server
from .model import Check, Verdict, failed, needs_person, passed, skipped
from .transport import MIN_DAYS_LEFT, lacking

_SECTION: Final = "Network"
_SECONDS_PER_DAY: Final = 86_400
_REDIRECTS: Final = range(300, 400)
_MAX_CONNECT_SECONDS: Final = 5.0
_MAX_ANSWER_BYTES: Final = 4096
_RENEW: Final = "Renew it. See the runbook DrawbridgeListenerCertificateExpiring."
_WHERE: Final = "Settings > Devices & services > Drawbridge > Listener"
_ADDRESS: Final = "Run again with --listener-url and the address that clients use."
_PROXY: Final = "Check for a proxy between this machine and the listener, and the settings of the listener."

type _Look = Callable[["_Door"], Awaitable[Verdict]]


async def state(context: Context) -> Verdict:
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
        return failed("The certificate of the listener has expired.", _RENEW)
    evidence = f"The listener is running, and its certificate expires in {days:.0f} days."
    return needs_person(evidence, _RENEW) if days < MIN_DAYS_LEFT else passed(evidence)


@dataclass(frozen=True, slots=True)
class _Door:
    """The listener as it can be reached from here."""

    context: Context
    url: URL
    is_given: bool
    """Whether the address is that of --listener-url. Otherwise it is the port at the host of --url."""
    told: Listener

    @property
    def server(self) -> Server:
        """The server, for handshakes."""
        return Server(self.url, self.context.plan.timeout)

    async def ask(self, path: str) -> Reply:
        """Return the response to a request without a key. The certificate is checked by an item of its own."""
        return await self.context.ask_url(self.url.with_path(path), verified=False)


class ListenerChecks:
    """The checks of one run. Where the listener is, and whether it can be reached, is found out once."""

    def __init__(self) -> None:
        """Create the checks."""
        self._found: _Door | Verdict | None = None

    def checks(self) -> Iterator[Check]:
        """Yield the checks."""
        yield Check(_SECTION, "listener", "The listener is running, and its certificate does not expire soon", state)
        for item, title, look, needs_tls in (
            ("listener-reach", "The listener answers as the bridge, without a redirect", _reach, False),
            ("listener-headers", "The listener sets the security headers, and HSTS over TLS", _headers, False),
            ("listener-plain-http", "The listener does not answer plain HTTP at its TLS port", _plain_http, True),
            ("listener-tls-version", "The listener offers TLS 1.3, and older versions only as set", _tls_version, True),
            ("listener-tls-ciphers", "The listener refuses weak ciphers", _ciphers, True),
            (
                "listener-certificate",
                "The listener presents its full chain, for its name, with time left",
                _chain,
                True,
            ),
            ("listener-client-cert", "The listener asks for client certificates as set", _client_certificate, True),
        ):
            yield Check(_SECTION, item, title, self._on_the_door(look, needs_tls=needs_tls))

    def _on_the_door(self, look: _Look, *, needs_tls: bool) -> Callable[[Context], Awaitable[Verdict]]:
        async def check(context: Context) -> Verdict:
            if self._found is None:
                self._found = await _find(context)
            if isinstance(self._found, Verdict):
                return self._found
            if needs_tls and self._found.url.scheme != "https":
                return passed("The listener has no TLS. See the item listener.")
            return await look(self._found)

        return check


async def _find(context: Context) -> _Door | Verdict:
    """Return the listener, or the verdict of all items if it cannot be checked."""
    told = None if context.first is None else context.first.listener
    if told is None or not told.enabled:
        return passed("The listener is not enabled.")
    if not told.running:
        return skipped("The listener is not running.")
    given = context.plan.listener
    if given is None and told.port is None:
        return needs_person("This version of Drawbridge does not report the port of the listener.", _ADDRESS)
    scheme = "http" if told.certificate_ends is None else "https"
    url = given or URL.build(scheme=scheme, host=context.plan.url.host or "", port=told.port)
    door = _Door(context, url.with_path("/"), given is not None, told)
    problem = await _connect(door)
    if problem is None:
        return door
    if door.is_given:
        return failed(f"The listener cannot be reached at {url}: {problem}.", "Check the address and the firewall.")
    return needs_person(
        f"The listener cannot be reached from here, at {url}: {problem}. A firewall may be meant to close it.", _ADDRESS
    )


async def _connect(door: _Door) -> str | None:
    """Return why no connection can be opened, or None."""
    try:
        async with asyncio.timeout(min(_MAX_CONNECT_SECONDS, door.context.plan.timeout)):
            _, writer = await asyncio.open_connection(door.url.host, door.url.port)
    except OSError as error:
        return error.strerror or type(error).__name__
    writer.close()
    return None


async def _reach(door: _Door) -> Verdict:
    try:
        reply = await door.ask("/health")
    except (aiohttp.ClientError, TimeoutError) as error:
        return failed(f"The listener does not answer: {from_exception(error)}", _PROXY)
    if reply.status in _REDIRECTS:
        where = reply.headers.get("Location", "nowhere")
        return failed(f"The listener redirects to {where:.200}.", f"Clients do not follow with a key. {_PROXY}")
    if reply.status != HTTPStatus.OK or not is_health(reply.body):
        return failed(f"/health answered {reply.status} with something else than a bridge does.", _PROXY)
    return passed(f"{door.url} answers as the bridge in {reply.seconds * 1000:.0f} ms.")


async def _headers(door: _Door) -> Verdict:
    tls, missing = door.url.scheme == "https", list[str]()
    for path in ("/health", "/api/states", "/preflight-nothing-here"):
        reply = await door.ask(path)
        missing += [f"{name} on {reply.status}" for name in lacking(reply.headers, tls=tls)]
    if missing:
        return failed(f"Missing: {', '.join(missing)}.", _PROXY)
    with_hsts = ", Strict-Transport-Security too" if tls else ""
    return passed(f"The security headers are correct on 200, 401 and 404 responses{with_hsts}.")


async def _plain_http(door: _Door) -> Verdict:
    """Send a request without TLS and without a key. A client with an `http://` URL would send its key."""
    answer = b""
    try:
        async with asyncio.timeout(door.context.plan.timeout):
            reader, writer = await asyncio.open_connection(door.url.host, door.url.port)
            writer.write(f"GET /health HTTP/1.1\r\nHost: {door.url.host}\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read(_MAX_ANSWER_BYTES)
            writer.close()
    except OSError:
        pass
    if not answer.startswith(b"HTTP/"):
        return passed("A request without TLS gets no answer.")
    status = answer.split(b" ", 2)[1:2]
    if status and status[0][:1] in {b"2", b"3"}:
        return failed(
            f"A request without TLS is answered with {status[0].decode('ascii', 'replace')}, so that nobody notices a"
            " client which sends its key without encryption.",
            "Close plain HTTP at this port where TLS is terminated.",
        )
    return passed("A request without TLS is refused.")


async def _tls_version(door: _Door) -> Verdict:
    best = await door.server.best()
    if best.version != "TLSv1.3":
        return failed(
            f"TLS 1.3 is not supported; the handshake resulted in {best.version or best.error}.", f"{_PROXY} {_WHERE}."
        )
    old = await door.server.old_versions()
    middle = await door.server.accepts(ssl.TLSVersion.TLSv1_2)
    if middle and door.told.tls_1_2 is False:
        old.append(f"{middle}, which is turned off in its settings")
    if old:
        return failed(f"The listener accepts {' and '.join(old)}.", _PROXY)
    also = " TLS 1.2 is accepted, as set." if middle else " TLS 1.2 is refused."
    return passed(f"TLS 1.3 with {best.cipher}; TLS 1.0 and 1.1 are refused.{also}")


async def _ciphers(door: _Door) -> Verdict:
    found, offered = await door.server.weak_cipher()
    if found.cipher:
        return failed(f"The listener accepts {found.cipher} with {found.version}.", _PROXY)
    return passed(f"{offered} weak ciphers were offered, and the listener refused them.")


async def _chain(door: _Door) -> Verdict:
    found = await door.server.handshake(door.context.verified_tls())
    if found.is_wrong_name and not door.is_given:
        return needs_person(f"The certificate is for another name than {door.url.host}: {found.error}.", _ADDRESS)
    if found.error:
        return failed(
            f"The certificate is not trusted: {found.error}.",
            "Put the intermediate certificates into the listener's certificate file, after its own, or use --ca-file"
            " for a private CA.",
        )
    if found.days_left < MIN_DAYS_LEFT:
        return needs_person(f"The certificate in use expires in {found.days_left:.0f} days.", _RENEW)
    return passed(f"Chain and host name are valid; the certificate in use expires in {found.days_left:.0f} days.")


async def _client_certificate(door: _Door) -> Verdict:
    asked, wanted = await door.server.asks_for_certificate(), door.told.client_certificates
    if asked is None or wanted is None:
        return needs_person(
            "Preflight cannot see whether the listener asks for client certificates.",
            "Check it with openssl s_client: the output has 'Requested Signature Algorithms'.",
        )
    if wanted and not asked:
        return failed("An authority of client certificates is set, but the listener does not ask for one.", _PROXY)
    if asked and not wanted:
        return failed("The listener asks for a client certificate, but no authority of them is set.", _PROXY)
    if door.told.bound_keys and not wanted:
        return failed(
            f"{door.told.bound_keys} keys are bound to a client certificate, but the listener does not ask for one, so"
            " that they open nothing.",
            f"Set the client certificate authority file in {_WHERE}.",
        )
    return passed(f"The listener {'asks' if asked else 'does not ask'} clients for a certificate, as set.")
