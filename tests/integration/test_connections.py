"""Raw connections: trailers, pipelining, refused bodies, and clients that do not read."""

import asyncio

import pytest

from custom_components.drawbridge.http import delivery
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


UNDECODABLE = {
    "compressed": ("Content-Encoding: gzip\r\nContent-Length: 5", ("xxxxx",)),
    "chunked": ("Transfer-Encoding: chunked", ("5\r\nx", "xxxxzz\r\n")),
}


@pytest.mark.parametrize(
    ("path", "coding", "status"),
    [
        ("/nowhere", "compressed", 404),
        ("/nowhere", "chunked", 404),
        ("/health", "compressed", 405),
        ("/health", "chunked", 405),
        ("/api/events/test", "compressed", 400),
        ("/api/events/other", "compressed", 403),
        ("/api/events/other", "chunked", 403),
    ],
)
async def test_a_body_that_cannot_be_decoded(
    bridge: Bridge, caplog: pytest.LogCaptureFixture, path: str, coding: str, status: int
) -> None:
    """It is a mistake of the client, which is told so if the body is asked for, and it ends the connection."""
    key = await bridge.add_key(capabilities=["read", "fire_event"], events=["test"])
    declared, body = UNDECODABLE[coding]
    head = f"POST {BASE}{path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n{declared}\r\n\r\n"
    caplog.clear()
    answer = await talk(bridge, head, *body, pause=0.05)
    assert answer.count("HTTP/1.1 ") == 1
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "\r\nConnection: close\r\n" in answer
    assert not [item for item in caplog.records if item.name.startswith("custom_components") and item.exc_info]


async def test_the_rest_of_a_refused_body_is_not_awaited_for_ever(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection ends, although the client keeps it open."""
    monkeypatch.setattr(delivery, "_DISCARD_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", bridge.client.port)
    writer.write(f"POST {BASE}/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n".encode())
    async with asyncio.timeout(5):
        assert b"\r\nConnection: close\r\n" in await reader.read()
    writer.close()


async def test_a_client_that_sends_slowly(bridge: Bridge) -> None:
    """Its request holds the only place of its key until the time limit, and then its connection ends."""
    limits = {"local_only": False, "per_minute": 0}
    key = await bridge.add_key(capabilities=["read", "fire_event"], events=["test"], limits=limits)
    await bridge.set_options(max_concurrent=1, time_limit=1)
    reader, writer = await asyncio.open_connection("127.0.0.1", bridge.client.port)
    head = f"POST {BASE}/api/events/test HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Length: 100\r\n\r\n["
    writer.write(head.encode())
    places = bridge.entry.runtime_data.limits.concurrency
    while not len(places):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.01)
    assert (await bridge.get("/api/", key)).status == 503
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 504 ")
    assert b"\r\nConnection: close\r\n" in answer
    assert (await bridge.get("/api/", key)).status == 200
    writer.close()
