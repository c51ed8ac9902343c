"""Slow and silent clients are disconnected, and do not block others."""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from statistics import median

import pytest
from aiohttp import WSMsgType

from custom_components.drawbridge.limits import places
from custom_components.drawbridge.listener import serving
from custom_components.drawbridge.websocket import waiting
from tests.exporter.certificates import Authority
from tests.integration.listener.doors import Doors

type Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def slow(port: int, count: int, sent: bytes = b"", address: str = "127.0.0.1") -> AsyncIterator[list[Connection]]:
    """Open connections from an address that send this and no more."""
    opened = [await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0)) for _ in range(count)]
    for _, writer in opened:
        writer.write(sent)
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()


async def durations(doors: Doors, key: str) -> list[float]:
    """Return the times of some requests, each with a connection of its own."""
    seconds = []
    for _ in range(50):
        started = time.perf_counter()
        assert (await doors.get("/api/states/sensor.outside", key)).status == 200
        seconds.append(time.perf_counter() - started)
    return seconds


MAX_WAIT_SECONDS = serving.FIRST_REQUEST_SECONDS
"""A request that has to wait for a slow connection takes as long as that is allowed to be."""


@pytest.fixture
def _many_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Allow more open files: both ends of each connection are in this process. A busy machine opens them slowly."""
    monkeypatch.setattr(serving, "FIRST_REQUEST_SECONDS", 120.0)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.fail(f"This test needs {wanted} open files, and the limit is {hard}.")
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("_many_files")
async def test_1000_slow_connections_while_a_client_is_served(doors: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    """1,000 slow connections do not block another client, and use limited resources."""
    key = await doors.bridge.add_key(everything=True, limits={"per_minute": 0, "local_only": False})
    found = doors.running.limits.places
    found.most, found.most_of_group = 600, 300
    alone = await durations(doors, key)
    before = resident_bytes()
    unfinished = b"GET /api/states HTTP/1.1\r\nHost: x\r\nX-Slow: "
    async with AsyncExitStack() as stack:
        opened: list[Connection] = []
        for number in range(2, 6):
            opened += await stack.enter_async_context(slow(doors.port, 250, unfinished, f"127.0.0.{number}"))
            assert len(found) <= found.most
        beside = await durations(doors, key)
        assert len(opened) == 1000
        assert len(found) <= found.most
        assert doors.running.snapshot()["listener"]["dropped"] >= 1000 - found.most
        # The clients' own buffers are in it, too.
        assert resident_bytes() - before < 64 << 20
    tell(capsys, alone, beside)
    assert max(beside) < MAX_WAIT_SECONDS


@pytest.mark.usefixtures("_many_files")
async def test_1000_slow_connections_of_one_address(doors: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    """They fit under the limits of this machine, and another client of the same address is served."""
    key = await doors.bridge.add_key(everything=True, limits={"per_minute": 0, "local_only": False})
    alone = await durations(doors, key)
    async with slow(doors.port, 1000, b"GET /api/states HTTP/1.1\r\nHost: x\r\nX-Slow: "):
        assert doors.running.snapshot()["listener"]["connections"] >= 1000
        beside = await durations(doors, key)
        assert len(doors.running.limits.places) <= places.MAX_CONNECTIONS_OF_ADDRESS
    tell(capsys, alone, beside)
    assert max(beside) < MAX_WAIT_SECONDS


def tell(capsys: pytest.CaptureFixture[str], alone: list[float], beside: list[float]) -> None:
    """Print the medians: on a machine that does other work too, they are no criterion."""
    with capsys.disabled():
        sys.stdout.write(f"\np50 alone {median(alone) * 1000:.1f} ms, beside {median(beside) * 1000:.1f} ms\n")


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


async def test_headers_that_do_not_come(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is dropped, whether something was sent or nothing, and also when it trickles."""
    monkeypatch.setattr(serving, "FIRST_REQUEST_SECONDS", 0.5)
    async with slow(doors.port, 2) as silent, slow(doors.port, 1, b"GET /health HTTP/1.1\r\n") as trickling:
        reader, writer = trickling[0]
        async with asyncio.timeout(3):
            for _ in range(20):
                writer.write(b"X: y\r\n")
                await asyncio.sleep(0.05)
            for item, _ in (*silent, (reader, writer)):
                with suppress(ConnectionError):
                    assert await item.read() == b""
    assert doors.running.snapshot()["listener"]["connections"] == 0


async def test_a_connection_that_is_served_is_not_dropped(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection in use is not closed: the time limit applies to the first request only."""
    monkeypatch.setattr(serving, "FIRST_REQUEST_SECONDS", 0.3)
    async with doors.session.ws_connect(f"{doors.url}/api/websocket") as live:
        await live.receive_json()
        await asyncio.sleep(0.5)
        await live.send_json({"type": "auth", "access_token": await doors.bridge.add_key(everything=True)})
        assert (await live.receive_json())["type"] == "auth_ok"


async def test_a_handshake_that_does_not_come(doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TLS handshake that does not complete is closed after the time limit."""
    monkeypatch.setattr(serving, "FIRST_REQUEST_SECONDS", 0.5)
    authority = Authority()
    await doors.open_tls(authority.issue("127.0.0.1"), tmp_path)
    doors.tls = authority.trusting()
    async with slow(doors.port, 3) as silent, slow(doors.port, 1, b"\x16\x03\x01\x02\x00\x01"):
        assert (await doors.get("/health")).status == 200
        async with asyncio.timeout(3):
            for reader, _ in silent:
                with suppress(ConnectionError):
                    assert await reader.read() == b""
            await asyncio.sleep(0.1)
        assert doors.running.snapshot()["listener"]["connections"] == 0


async def test_the_limit_of_an_address(doors: Doors) -> None:
    """At the limit of an address, the connection that waits longest is closed, never one in use."""
    found = doors.running.limits.places
    found.most_of_group = 10
    async with (
        doors.session.ws_connect(f"{doors.url}/api/websocket") as live,
        slow(doors.port, 30) as silent,
    ):
        await live.receive_json()
        assert (await doors.get("/health")).status == 200
        assert len(found) <= 10
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await silent[0][0].readexactly(1)
        await live.send_json({"type": "auth", "access_token": await doors.bridge.add_key(everything=True)})
        assert (await live.receive_json())["type"] == "auth_ok"
        assert doors.running.snapshot()["listener"]["dropped"] >= 20
    assert places.MAX_CONNECTIONS_OF_ADDRESS < places.MAX_CONNECTIONS


async def test_websockets_without_a_key(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent ones cannot take all places: the one that has waited longest is closed for a new one."""
    monkeypatch.setattr(waiting, "MAX_WAITING", 5)
    key = await doors.bridge.add_key(everything=True)
    async with AsyncExitStack() as stack:
        silent = []
        for _ in range(5):
            live = await stack.enter_async_context(doors.session.ws_connect(f"{doors.url}/api/websocket"))
            assert (await live.receive_json())["type"] == "auth_required"
            silent.append(live)
        for _ in range(3):
            live = await stack.enter_async_context(doors.session.ws_connect(f"{doors.url}/api/websocket"))
            await live.receive_json()
            await live.send_json({"type": "auth", "access_token": key})
            assert (await live.receive_json())["type"] == "auth_ok"
        async with asyncio.timeout(3):
            assert (await silent[0].receive()).type is WSMsgType.CLOSE
        await silent[4].send_json({"type": "auth", "access_token": key})
        assert (await silent[4].receive_json())["type"] == "auth_ok"


async def test_headers_that_are_too_large(doors: Doors) -> None:
    """Headers that are too large are refused, and the connection is closed."""
    for request in (
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /health?" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        async with slow(doors.port, 1, request) as opened, asyncio.timeout(5):
            answer = await opened[0][0].read()
            assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
