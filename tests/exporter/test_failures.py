"""A bridge that cannot be read: `up` is 0, the reason is reported, and the response is fast."""

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drawbridge_exporter.bridge import certificate
from drawbridge_exporter.bridge.client import MAX_BODY_BYTES
from drawbridge_exporter.bridge.errors import Reason

from .bridge import METRICS_PATH, BridgeServer, running_bridge
from .certificates import Authority
from .documents import KEY, snapshot
from .serving import Answer, serving, settings_for

EXPIRY = "drawbridge_tls_certificate_expiry_timestamp_seconds"


def assert_down(answer: Answer, reason: Reason) -> None:
    """The response is a page with `up` 0 and only this reason."""
    assert answer.status == 200
    assert answer.value("drawbridge_up") == 0
    given = {r for r in Reason if answer.value("drawbridge_scrape_error", {"reason": r}) == 1}
    assert given == {reason}
    assert answer.value("drawbridge_http_requests_total") is None
    assert answer.value("drawbridge_build_info") is None


def status(code: int, **headers: str) -> Callable[[BridgeServer], None]:
    """Return a fault: an HTTP status."""

    def spoil(bridge: BridgeServer) -> None:
        bridge.status = code
        bridge.headers = headers

    return spoil


def body(content: bytes) -> Callable[[BridgeServer], None]:
    """Return a fault: another body."""

    def spoil(bridge: BridgeServer) -> None:
        bridge.body = content

    return spoil


def document(**members: Any) -> Callable[[BridgeServer], None]:
    """Return a fault: other members in the document."""

    def spoil(bridge: BridgeServer) -> None:
        bridge.document = snapshot() | members

    return spoil


@pytest.mark.parametrize(
    ("spoil", "reason", "advice"),
    [
        (status(401), Reason.UNAUTHORIZED, "Settings &gt; Devices &amp; services"),
        (status(403), Reason.FORBIDDEN, "capability &#x27;metrics&#x27;"),
        (status(404), Reason.NOT_FOUND, "no Drawbridge at this address"),
        (status(429), Reason.RATE_LIMITED, "Scrape less often"),
        (status(503), Reason.UNAVAILABLE, "not running"),
        (status(599), Reason.STATUS, "HTTP 599"),
        (status(500), Reason.STATUS, "HTTP 500"),
        (status(301, Location="https://elsewhere.example/"), Reason.REDIRECT, "elsewhere.example"),
        (body(b"<html>"), Reason.INVALID_JSON, "not JSON"),
        (body(b" " * (MAX_BODY_BYTES + 1)), Reason.TOO_LARGE, "larger than 8 MiB"),
        (document(schema=2), Reason.SCHEMA, "schema 2"),
        (document(requests=None), Reason.SCHEMA, "the document.requests"),
    ],
)
async def test_each_wrong_answer_has_its_reason(
    bridge: BridgeServer, spoil: Callable[[BridgeServer], None], reason: Reason, advice: str
) -> None:
    """On the metrics page the label, on the landing page what to do."""
    spoil(bridge)
    async with serving(settings_for(bridge.url)) as exporter:
        assert_down(await exporter.get("/metrics"), reason)
        assert advice in (await exporter.get("/")).text


async def test_a_redirect_is_not_followed(bridge: BridgeServer) -> None:
    """The key goes to the address that it was given for and to no other."""
    async with running_bridge() as other:
        status(302, Location=other.url + METRICS_PATH)(bridge)
        async with serving(settings_for(bridge.url)) as exporter:
            assert_down(await exporter.get("/metrics"), Reason.REDIRECT)
        assert other.requests == 0


async def test_nothing_listens() -> None:
    """Home Assistant is not running."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    async with serving(settings_for(f"http://127.0.0.1:{port}")) as exporter:
        assert_down(await exporter.get("/metrics"), Reason.REFUSED)


async def test_the_host_is_unknown() -> None:
    """A name of the domain that never exists."""
    async with serving(settings_for("http://bridge.invalid:8123")) as exporter:
        assert_down(await exporter.get("/metrics"), Reason.DNS)


async def test_the_bridge_hangs(bridge: BridgeServer) -> None:
    """The answer comes before Prometheus gives up; a later scrape is not held up."""
    bridge.gate.clear()
    async with serving(settings_for(bridge.url)) as exporter:
        hung = await exporter.get("/metrics", X_Prometheus_Scrape_Timeout_Seconds="0.4")
        assert_down(hung, Reason.TIMEOUT)
        bridge.gate.set()
        assert (await exporter.get("/metrics")).value("drawbridge_up") == 1


async def test_the_connection_breaks(bridge: BridgeServer) -> None:
    """TLS spoken to a port that speaks HTTP, and HTTP to one that speaks TLS."""
    async with serving(settings_for(bridge.url.replace("http:", "https:"))) as exporter:
        assert_down(await exporter.get("/metrics"), Reason.TLS)
        assert "TLS failed: the server answered without TLS (" in (await exporter.get("/")).text
    async with (
        running_bridge(_server_tls()) as tls,
        serving(settings_for(tls.url.replace("https:", "http:"))) as exporter,
    ):
        assert_down(await exporter.get("/metrics"), Reason.CONNECTION)
        assert "not an HTTPS port" in (await exporter.get("/")).text


async def test_the_certificate_is_not_trusted() -> None:
    """The landing page says what is wrong with it."""
    async with running_bridge(_server_tls()) as tls, serving(settings_for(tls.url)) as exporter:
        assert_down(await exporter.get("/metrics"), Reason.TLS)
        assert "unable to get local issuer certificate" in (await exporter.get("/")).text


async def test_the_expiry_of_the_certificate_is_told(tmp_path: Path) -> None:
    """It is that of the certificate that the bridge presented; over plain HTTP there is none."""
    authority, context = Authority(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue("127.0.0.1", timedelta(days=10)).load_into(context)
    ca_file = tmp_path / "ca.pem"
    await asyncio.to_thread(ca_file.write_bytes, authority.certificate)
    async with running_bridge(context) as tls, running_bridge() as plain:
        settings = settings_for(tls.url)
        assert settings.target is not None
        trusting = replace(settings, target=replace(settings.target, ca_file=ca_file))
        async with serving(trusting) as exporter, serving(settings_for(plain.url)) as other:
            expiry = (await exporter.get("/metrics")).value(EXPIRY)
            assert (await other.get("/metrics")).value(EXPIRY) is None
    assert expiry is not None
    assert 9.9 < (expiry - time.time()) / 86_400 < 10.1


async def test_a_renewed_certificate_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is kept open is closed once an hour, because only a handshake shows the certificate."""
    monkeypatch.setattr(certificate, "_MAX_AGE_SECONDS", -1.0)
    authority, context = Authority(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue("127.0.0.1", timedelta(days=10)).load_into(context)
    ca_file = tmp_path / "ca.pem"
    await asyncio.to_thread(ca_file.write_bytes, authority.certificate)
    async with running_bridge(context) as tls:
        settings = settings_for(tls.url)
        assert settings.target is not None
        async with serving(replace(settings, target=replace(settings.target, ca_file=ca_file))) as exporter:
            await exporter.get("/metrics")
            authority.issue("127.0.0.1", timedelta(days=80)).load_into(context)
            await exporter.get("/metrics")
            expiry = (await exporter.get("/metrics")).value(EXPIRY)
    assert expiry is not None
    assert (expiry - time.time()) / 86_400 > 79


def _server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    Authority().issue("127.0.0.1").load_into(context)
    return context


async def test_the_key_is_in_no_page_and_no_log(bridge: BridgeServer, caplog: pytest.LogCaptureFixture) -> None:
    """Neither while it goes well nor when it fails, and at every level."""
    caplog.set_level(logging.DEBUG)
    async with serving(settings_for(bridge.url)) as exporter:
        pages = [await exporter.get("/metrics"), await exporter.get("/")]
        bridge.status = 401
        pages += [await exporter.get("/metrics"), await exporter.get("/")]
    assert not [page for page in pages if KEY in page.text]
    assert KEY not in caplog.text


async def test_a_target_that_stays_down_is_logged_once(bridge: BridgeServer, caplog: pytest.LogCaptureFixture) -> None:
    """A line when it goes down and one when it comes up, none between."""
    caplog.set_level(logging.INFO, "drawbridge_exporter")
    async with serving(settings_for(bridge.url)) as exporter:
        for code in (200, 503, 503, 503, 200, 200):
            bridge.status = code
            await exporter.get("/metrics")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
