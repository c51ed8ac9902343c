"""Preflight of the listener: a sound one passes, and each fault that is put in is found, and no other."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from drawbridge_exporter.preflight import runner
from drawbridge_exporter.preflight.context import Plan
from drawbridge_exporter.preflight.model import Check, Result, Status, Verdict

from .certificates import Authority, Certificate
from .test_preflight import failed, items
from .whole_bridge import LISTENER_ITEMS as ITEMS, WholeBridge, running_listener, running_whole_bridge

AUTHORITY = Authority()
INTERMEDIATE = Authority("Intermediate", issuer=AUTHORITY)
ALL_CHECKS = runner.checks
TLS_ITEMS = ITEMS - {"listener-reach", "listener-headers"}

type Change = Callable[[ssl.SSLContext], None]


def chained(whole: bool) -> Certificate:  # noqa: FBT001 - a chain that is whole or not
    """Return a certificate of an intermediate authority, with this authority's own or without it."""
    issued = INTERMEDIATE.issue("127.0.0.1")
    return Certificate(issued.certificate + (INTERMEDIATE.certificate if whole else b""), issued.private_key)


def server(certificate: Certificate | None = None, change: Change | None = None) -> ssl.SSLContext:
    """Return the context of a listener: TLS 1.3 alone, unless it is changed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (certificate or chained(whole=True)).load_into(context)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if change is not None:
        change(context)
    return context


def only_1_2(context: ssl.SSLContext) -> None:
    """Offer at most TLS 1.2."""
    also_1_2(context)
    context.maximum_version = ssl.TLSVersion.TLSv1_2


def also_1_2(context: ssl.SSLContext) -> None:
    """Offer TLS 1.2 with the ciphers of Mozilla's intermediate profile."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")


def weak(context: ssl.SSLContext) -> None:
    """Accept a cipher with CBC and SHA-1."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0")


def asks(context: ssl.SSLContext) -> None:
    """Ask for a client certificate."""
    context.load_verify_locations(cadata=AUTHORITY.certificate.decode())
    context.verify_mode = ssl.CERT_OPTIONAL


def insists(context: ssl.SSLContext) -> None:
    """Require a client certificate."""
    asks(context)
    context.verify_mode = ssl.CERT_REQUIRED


@pytest.fixture(autouse=True)
def _checks_of_the_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the checks of the network alone, but for the tests that look for false alarms."""
    if "sound" in request.node.name or "as_the_url" in request.node.name:
        return

    def checks(plan: Plan, _results: Sequence[Result]) -> Iterator[Check]:
        return (check for check in ALL_CHECKS(plan) if check.section == "Network" or check.item == "reach")

    monkeypatch.setattr(runner, "checks", checks)


@pytest.fixture
def ca_file(key_file: Path) -> Path:
    """Return a file with the root authority."""
    path = key_file.with_name("ca.pem")
    path.write_bytes(AUTHORITY.certificate)
    return path


@asynccontextmanager
async def running(
    *faults: str, tls: ssl.SSLContext | None, plain: bytes = b"", **told: Any
) -> AsyncIterator[tuple[WholeBridge, str]]:
    """Run a bridge with a listener until the block ends."""
    async with running_whole_bridge(*faults) as bridge, running_listener(bridge, tls, plain, **told) as url:
        yield bridge, url


def about(found: dict[str, Verdict], status: Status) -> set[str]:
    """Return the items of the listener with a status."""
    return {item for item in ITEMS if found[item].status is status}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (None, {}),
        (also_1_2, {"tls_1_2": True}),
        (None, {"tls_1_2": True}),
        (asks, {"client_certificates": True, "bound_keys": 1}),
    ],
)
async def test_a_sound_listener_passes(key_file: Path, ca_file: Path, change: Change | None, told: Any) -> None:
    """A listener without faults passes, and each item has its own evidence."""
    async with running(tls=server(change=change), **told) as (bridge, _):
        found = await items(bridge.url, key_file, ca_file=ca_file)
    assert {item for item, verdict in found.items() if verdict.status is Status.FAILED} == set()
    assert about(found, Status.PASSED) == ITEMS, found
    assert len({found[item].evidence for item in ITEMS}) == len(ITEMS)
    assert ("TLS 1.2 is accepted" in found["listener-tls-version"].evidence) is (change is also_1_2)


MOVED, OPEN = b"HTTP/1.1 301 Moved\r\nLocation: https://x/\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n{}"
FAULTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "redirect": ({"fault": "listener-redirect"}, {"listener-reach"}),
    "another-server": ({"fault": "listener-other"}, {"listener-reach"}),
    "headers": ({"fault": "listener-headers"}, {"listener-headers"}),
    "hsts": ({"fault": "listener-hsts"}, {"listener-headers"}),
    "plain-http-redirected": ({"plain": MOVED}, {"listener-plain-http"}),
    "plain-http-answered": ({"plain": OPEN}, {"listener-plain-http"}),
    "old-tls-alone": ({"change": only_1_2, "tls_1_2": True}, {"listener-tls-version"}),
    "tls-1.2-turned-off": ({"change": also_1_2}, {"listener-tls-version"}),
    "weak-cipher": ({"change": weak, "tls_1_2": True}, {"listener-tls-ciphers"}),
    "chain": ({"whole": False}, {"listener-certificate"}),
    "not-asking": ({"client_certificates": True}, {"listener-client-cert"}),
    "asking": ({"change": asks}, {"listener-client-cert"}),
    "bound-in-vain": ({"bound_keys": 2}, {"listener-client-cert"}),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_each_fault_is_found(key_file: Path, ca_file: Path, name: str) -> None:
    """Each fault is found by its item, and by no other."""
    told, expected = FAULTS[name]
    told = dict(told)
    faults = [told.pop("fault")] if "fault" in told else []
    tls = server(chained(whole=told.pop("whole", True)), told.pop("change", None))
    async with running(*faults, tls=tls, **told) as (bridge, _):
        assert await failed(bridge.url, key_file, ca_file=ca_file) == expected


async def test_a_listener_that_insists_on_a_certificate(key_file: Path, ca_file: Path) -> None:
    """It asks, as set. But a client without a certificate, such as preflight, cannot use it."""
    async with running(tls=server(change=insists), client_certificates=True) as (bridge, _):
        found = await failed(bridge.url, key_file, ca_file=ca_file)
    assert found == {"listener-reach", "listener-headers"}


async def test_an_unknown_authority_is_not_trusted(key_file: Path) -> None:
    """An unknown authority is not trusted, and the evidence has OpenSSL's reason."""
    async with running(tls=server()) as (bridge, _):
        found = await items(bridge.url, key_file)
    assert about(found, Status.FAILED) == {"listener-certificate"}
    assert "--ca-file" in found["listener-certificate"].fix


async def test_days_left(key_file: Path, ca_file: Path) -> None:
    """The remaining days are those of the presented certificate, not of the one that the bridge reports."""
    async with running(tls=server(AUTHORITY.issue("127.0.0.1", timedelta(days=5, hours=1)))) as (bridge, _):
        found = await items(bridge.url, key_file, ca_file=ca_file)
    assert about(found, Status.PERSON) == {"listener-certificate"}
    assert "expires in 5 days" in found["listener-certificate"].evidence


async def test_a_name_that_preflight_guessed(key_file: Path, ca_file: Path) -> None:
    """The certificate may be for the name that clients use. With --listener-url, it must be."""
    async with running(tls=server(AUTHORITY.issue("10.0.0.1"))) as (bridge, url):
        guessed = await items(bridge.url, key_file, ca_file=ca_file)
        given = await items(bridge.url, key_file, ca_file=ca_file, listener=URL(url))
    assert about(guessed, Status.PERSON) == {"listener-certificate"}
    assert "--listener-url" in guessed["listener-certificate"].fix
    assert about(given, Status.FAILED) == {"listener-certificate"}


async def test_a_port_that_a_firewall_closes(key_file: Path) -> None:
    """A port that a firewall closes needs a person. With --listener-url, it must be open."""
    async with running_whole_bridge() as bridge:
        bridge.listener = {"port": 1, "tls_1_2": False, "client_certificates": False, "bound_keys": 0}
        guessed = await items(bridge.url, key_file)
        given = await items(bridge.url, key_file, listener=URL("https://127.0.0.1:1"))
    assert about(guessed, Status.PERSON) == ITEMS
    assert about(given, Status.FAILED) == ITEMS


async def test_without_tls(key_file: Path) -> None:
    """A person checks that, once; there is nothing to check of TLS, and no HSTS is wanted."""
    async with running("listener-plain", tls=None) as (bridge, _):
        found = await items(bridge.url, key_file)
    assert found["listener"].status is Status.PERSON
    assert about(found, Status.PASSED) == ITEMS
    assert {found[item].evidence for item in TLS_ITEMS} == {"The listener has no TLS. See the item listener."}


@pytest.mark.parametrize(
    ("fault", "status"),
    [("listener-off", Status.PASSED), ("listener-unknown", Status.PASSED), ("listener-down", Status.SKIPPED)],
)
async def test_no_listener(key_file: Path, fault: str, status: Status) -> None:
    """Without a listener, nothing is connected to. An older bridge does not report its port."""
    async with running_whole_bridge(fault) as bridge:
        assert about(await items(bridge.url, key_file), status) == ITEMS
    async with running_whole_bridge() as bridge:
        assert about(await items(bridge.url, key_file), Status.PERSON) == ITEMS


async def test_the_listener_as_the_url(key_file: Path, ca_file: Path) -> None:
    """Preflight finds the bridge at the root, and checks everything there."""
    async with running(tls=server()) as (_, url):
        assert await failed(url, key_file, ca_file=ca_file) == set()


async def test_no_key_is_sent_to_a_listener(key_file: Path, ca_file: Path) -> None:
    """Its port is what the bridge says, but what answers there is not verified before it is asked."""
    async with running_whole_bridge() as bridge:
        seen: list[bytes] = []

        async def see(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(await reader.read(65_536))
            writer.close()

        trap = await asyncio.start_server(see, "127.0.0.1", 0, ssl=server())
        port = trap.sockets[0].getsockname()[1]
        bridge.listener = {"port": port, "tls_1_2": False, "client_certificates": False, "bound_keys": 0}
        await items(bridge.url, key_file, ca_file=ca_file)
        trap.close()
    assert any(b"GET /health" in item for item in seen)
    assert not any(b"dbk_" in item for item in seen)
