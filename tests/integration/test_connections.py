"""Raw connections: trailers, pipelining, refused bodies, and clients that do not read."""

import asyncio

import pytest

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


UNREAD_BYTES = 100_000_000


async def send_unread(writer: asyncio.StreamWriter) -> None:
    """Send a large body to its end."""
    for _ in range(UNREAD_BYTES // 100_000):
        writer.write(b"x" * 100_000)
        await writer.drain()


@pytest.mark.parametrize("path", ["/nowhere", "/api/events/test"], ids=["refused", "too large"])
async def test_a_large_body_that_nobody_reads_ends_the_connection(bridge: Bridge, path: str) -> None:
    """The client gets the refusal, and cannot send the rest."""
    key = await bridge.add_key(capabilities=["read", "fire_event"], events=["test"])
    reader, writer = await asyncio.open_connection("127.0.0.1", bridge.client.port)
    head = f"POST {BASE}{path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Length: {UNREAD_BYTES}\r\n\r\n"
    writer.write(head.encode())
    assert b"\r\nConnection: close\r\n" in await reader.readuntil(b"\r\n\r\n")
    with pytest.raises(ConnectionError):
        await send_unread(writer)
    writer.close()


async def test_a_body_that_does_not_come_ends_the_connection(bridge: Bridge) -> None:
    """What follows a refusal is not awaited on that connection."""
    refused = f"POST {BASE}/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: {len(NEXT)}\r\n\r\n"
    answer = await talk(bridge, refused, NEXT, NEXT, pause=0.1)
    assert answer.count("HTTP/1.1 ") == 1
    assert "\r\nConnection: close\r\n" in answer
