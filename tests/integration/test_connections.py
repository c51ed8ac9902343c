"""What is sent and received on raw connections: trailers, pipelining, refused bodies, and clients that do not read."""

import asyncio
import socket

import pytest
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.keys import generate
from custom_components.drawbridge.limits import sending as limits
from tests.integration.house import BASE, Bridge

NEXT = f"GET {BASE}/api/ HTTP/1.1\r\nHost: x\r\nX-Request-ID: next\r\n\r\n"


async def talk(bridge: Bridge, *sent: str, pause: float = 0.0) -> str:
    """Send texts over one connection, each after a pause, and return all that comes back within a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", bridge.client.port)
    answer = b""
    for text in sent:
        writer.write(text.encode())
        await asyncio.sleep(pause)
    try:
        async with asyncio.timeout(1):
            while received := await reader.read(65_536):
                answer += received
    except TimeoutError, ConnectionError:
        pass
    writer.close()
    return answer.decode()


@pytest.mark.parametrize("pause", [0.0, 0.1], ids=["pipelined", "later"])
@pytest.mark.parametrize("name", ["X-API-Key", "Authorization", "X-Request-ID"])
@pytest.mark.parametrize("path", ["/api/services/light/turn_on", "/health", "/nowhere"])
async def test_trailers_do_not_reach_the_next_request(bridge: Bridge, path: str, name: str, pause: float) -> None:
    """The connection ends with a request whose body is chunked."""
    key = await bridge.add_key()
    value = f"Bearer {key}" if name == "Authorization" else key
    chunked = f"POST {BASE}{path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{name}: {value}\r\n\r\n"
    answer = await talk(bridge, chunked, NEXT, pause=pause)
    assert answer.count("HTTP/1.1 ") == 1
    assert "\r\nConnection: close\r\n" in answer


async def test_a_declined_upgrade_ends_the_connection(bridge: Bridge) -> None:
    """What follows it is neither answered nor collected."""
    upgrade = f"GET {BASE}/health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    answer = await talk(bridge, upgrade, NEXT, pause=0.1)
    assert answer.count("HTTP/1.1 ") == 1


async def test_the_body_of_a_refused_request_is_not_a_request(bridge: Bridge) -> None:
    """It is read to its end, and the request after it is answered."""
    smuggled = NEXT.replace("next", "smuggled")
    refused = f"POST {BASE}/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: {len(smuggled)}\r\n\r\n{smuggled}"
    answer = await talk(bridge, refused, NEXT)
    assert answer.count("HTTP/1.1 ") == 2
    assert "X-Request-ID: next" in answer
    assert "smuggled" not in answer


def connect(bridge: Bridge) -> socket.socket:
    """Open a connection that takes little of an answer."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    found.connect(("127.0.0.1", bridge.client.port or 0))
    return found


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
async def test_a_client_that_does_not_read_holds_a_place_until_it_is_dropped(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """Its answer counts until the connection is dropped, and then nothing of it is left."""
    monkeypatch.setattr(limits, "SLOWEST_BYTES_PER_SECOND", 1e9)
    runtime = bridge.entry.runtime_data
    for number in range(1000):
        hass.states.async_set(f"sensor.large_{number}", "x", {"text": "x" * 15_000})
    key = await bridge.add_key()
    object.__setattr__(runtime.options, "time_limit", 3.0)
    object.__setattr__(runtime.options, "max_concurrent", 1)
    slow = connect(bridge)
    slow.sendall(f"GET {BASE}/api/states {version}\r\nHost: x\r\nX-API-Key: {key}\r\n\r\n".encode())
    async with asyncio.timeout(30):
        while not runtime.sending.answers:  # noqa: ASYNC110  nothing signals it
            await asyncio.sleep(0.01)
        assert (await bridge.get("/api/", key)).status == 503
        assert runtime.sending.size > 15_000_000
        while runtime.sending.answers:  # noqa: ASYNC110  nothing signals it
            await asyncio.sleep(0.05)
    assert runtime.sending.dropped == 1
    assert (len(runtime.sending), len(runtime.concurrency)) == (0, 0)
    slow.close()
    assert (await bridge.get("/api/", key)).status == 200


async def test_too_much_unread_is_refused(bridge: Bridge) -> None:
    """A further large answer is 503, a small one is not."""
    key = await bridge.add_key()
    bridge.hass.states.async_set("sensor.large", "x", {"text": "x" * 100_000})
    runtime = bridge.entry.runtime_data
    runtime.sending.enter(bridge.key_id("Test"), limits.MAX_HOLDER_BYTES)
    refused = await bridge.get("/api/states", key, headers={"Accept-Encoding": "identity"})
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert (await bridge.get("/api/", key)).status == 200
    assert (await bridge.get("/api/", generate())).status == 401
