"""Clients that do not read their responses, on real connections."""

import asyncio
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import TCPConnector
from aiohttp.test_utils import TestClient, TestServer
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.limits.sending import MAX_ANONYMOUS, MAX_HOLDER_BYTES
from tests.exporter.certificates import Authority
from tests.integration.house import BASE, Bridge, add_bridge

LOST_CONNECTIONS_ARE_HANDLED = pytest.mark.skipif(
    aiohttp.__version__ < "3.14", reason="aiohttp 3.13 reports the connections that the test drops as unhandled errors"
)

VERSIONS = {"HTTP/1.1": "", "HTTP/1.0": "Connection: keep-alive\r\n"}
LIMITS = {"local_only": False, "per_minute": 0}
LARGE = "/api/states/sensor.large_0"
LARGE_BYTES = 100_000
ENOUGH = 120
"""So many large answers do not fit into the buffers of sockets."""


@asynccontextmanager
async def stopped(
    bridge: Bridge, path: str, key: str | None = None, *, version: str = "HTTP/1.1", times: int = 1
) -> AsyncIterator[asyncio.StreamReader]:
    """Ask so many times over one connection, and read nothing but what the caller reads."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    found.connect(("127.0.0.1", bridge.client.port or 0))
    tls = ssl._create_unverified_context() if bridge.client.server.scheme == "https" else None  # noqa: S323, SLF001
    reader, writer = await asyncio.open_connection(
        sock=found, ssl=tls, server_hostname="127.0.0.1" if tls else None, limit=1024
    )
    name = f"X-API-Key: {key}\r\n" if key else ""
    writer.write(f"GET {BASE}{path} {version}\r\nHost: x\r\n{name}{VERSIONS[version]}\r\n".encode() * times)
    try:
        yield reader
    finally:
        writer.transport.abort()


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Repeat a request until a condition is true."""
    async with asyncio.timeout(60):
        while not await is_so():  # noqa: ASYNC110  nothing signals it
            await asyncio.sleep(0.02)


async def status(bridge: Bridge, key: str, path: str = "/api/") -> int:
    """Return the status of an answer without its body."""
    return (await bridge.request("HEAD", path, key, headers={"Accept-Encoding": "identity"})).status


async def sending(bridge: Bridge, metrics: str) -> dict[str, int]:
    """Return what the bridge tells of answers that were not read."""
    told: dict[str, int] = (await (await bridge.get("/metrics", metrics)).json())["sending"]
    return told


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the connection ends, in whichever way it does."""
    received = bytearray()
    with suppress(ConnectionError):
        while some := await reader.read(65_536):
            received += some
    return bytes(received)


def fill(hass: HomeAssistant, number: int, size: int = LARGE_BYTES) -> None:
    """Add states that are so large."""
    for index in range(number):
        hass.states.async_set(f"sensor.large_{index}", "x", {"text": "x" * size})


@asynccontextmanager
async def over_tls(hass: HomeAssistant) -> AsyncIterator[Bridge]:
    """Serve the bridge over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = Authority()
    authority.issue("127.0.0.1").load_into(context)
    trust = authority.trusting()
    entry = await add_bridge(hass)
    server = TestServer(hass.http.app, scheme="https")
    await server.start_server(ssl=context)
    async with TestClient(server, connector=TCPConnector(ssl=trust)) as client:
        yield Bridge(hass, entry, client)


async def assert_dropped(bridge: Bridge, version: str = "HTTP/1.1") -> None:
    """Stop reading, see that it costs the key its only place, and that it ends."""
    fill(bridge.hass, 1)
    key, metrics = (
        await bridge.add_key(limits=LIMITS),
        await bridge.add_key("M", capabilities=["metrics"], limits=LIMITS),
    )
    await bridge.set_options(max_concurrent=1, time_limit=1)

    async def is_busy() -> bool:
        return await status(bridge, key) == 503

    async def is_free() -> bool:
        return not await is_busy()

    async with stopped(bridge, LARGE, key, version=version, times=ENOUGH) as reader:
        await until(is_busy)
        under_way = await sending(bridge, metrics)
        assert under_way["answers"] == 1
        assert LARGE_BYTES < under_way["bytes"] < LARGE_BYTES + 1000
        await until(is_free)
        assert await sending(bridge, metrics) == {"answers": 0, "bytes": 0, "dropped": 1}
        answers = await rest(reader)
        assert len(answers) < ENOUGH * LARGE_BYTES
        assert not answers.endswith(b"}"), "what was not read is kept"


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_client_that_stops_reading_is_dropped(bridge: Bridge, version: str) -> None:
    """An unread response counts towards the concurrency limit of its key until the client is dropped."""
    await assert_dropped(bridge, version)


@pytest.mark.usefixtures("socket_enabled")
async def test_a_client_that_stops_reading_over_tls_is_dropped(house: HomeAssistant) -> None:
    """An unread response counts towards the concurrency limit of its key until the client is dropped."""
    async with over_tls(house) as bridge:
        await assert_dropped(bridge)


@pytest.mark.usefixtures("socket_enabled")
async def test_a_large_answer_over_tls(house: HomeAssistant) -> None:
    """It is whole, and the connection stays open; not read, it is not copied."""
    async with over_tls(house) as bridge:
        key, metrics = await bridge.add_key(limits=LIMITS), await bridge.add_key("M", capabilities=["metrics"])
        fill(house, 200)
        for encoding in ("identity", "gzip"):
            answer = await bridge.get("/api/states", key, headers={"Accept-Encoding": encoding})
            large = {
                state["entity_id"]: state["attributes"]["text"]
                for state in await answer.json()
                if "large" in state["entity_id"]
            }
            assert large == {f"sensor.large_{index}": "x" * LARGE_BYTES for index in range(200)}
        tracemalloc.start()
        try:
            async with stopped(bridge, "/api/states", key):

                async def is_under_way() -> bool:
                    return (await sending(bridge, metrics))["answers"] == 1

                await until(is_under_way)
                assert tracemalloc.get_traced_memory()[1] < 200 * LARGE_BYTES / 2
        finally:
            tracemalloc.stop()


@LOST_CONNECTIONS_ARE_HANDLED
async def test_bytes_under_way_are_bounded(bridge: Bridge) -> None:
    """One answer is sent however large it is; a further large one is 503, a small one and other keys' are not."""
    fill(bridge.hass, MAX_HOLDER_BYTES // LARGE_BYTES + 1)
    key, other = [await bridge.add_key(name, limits=LIMITS) for name in ("Slow", "Other")]

    async def is_refused() -> bool:
        return await status(bridge, key, "/api/states") == 503

    async def is_answered() -> bool:
        return not await is_refused()

    async with stopped(bridge, "/api/states", key):
        await until(is_refused)
        refused = await bridge.get("/api/states", key, headers={"Accept-Encoding": "identity"})
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert await status(bridge, key) == 200
        assert await status(bridge, other, "/api/states") == 200
    await until(is_answered)


@LOST_CONNECTIONS_ARE_HANDLED
async def test_strangers_hold_a_bounded_number_of_places(bridge: Bridge) -> None:
    """One more that stops reading is dropped at once; who reads is answered."""
    metrics = await bridge.add_key("M", capabilities=["metrics"], limits=LIMITS)
    await bridge.set_options(time_limit=600)
    held = [stopped(bridge, "/openapi.json", times=150) for _ in range(MAX_ANONYMOUS + 1)]
    try:
        for item in held:
            await item.__aenter__()

        async def is_one_dropped() -> bool:
            return (await sending(bridge, metrics))["dropped"] == 1

        await until(is_one_dropped)
        assert (await sending(bridge, metrics))["answers"] == MAX_ANONYMOUS
        for path in ("/health", "/openapi.json"):
            answer = await bridge.get(path)
            assert (answer.status, bool(await answer.json())) == (200, True)
    finally:
        for item in held:
            await item.__aexit__(None, None, None)
