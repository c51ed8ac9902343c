"""Raw bytes at the listener: requests that two servers could read differently, and clients that take too much."""

import asyncio
import logging

import pytest

from custom_components.drawbridge.listener import protocol
from tests.integration.house import BASE
from tests.integration.listener.doors import Doors

SMUGGLED = b"GET /api/states/sensor.smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


async def exchange(port: int, sent: bytes, seconds: float = 5.0) -> bytes:
    """Send bytes, and return what comes back until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = bytearray()
    try:
        writer.write(sent)
        async with asyncio.timeout(seconds):
            while part := await reader.read(65_536):
                received += part
    except ConnectionError:
        pass
    finally:
        writer.close()
    return bytes(received)


def post(*headers: bytes, body: bytes = b"0\r\n\r\n") -> bytes:
    """Return a request with a body, followed by a smuggled one."""
    return b"\r\n".join((b"POST /api/template HTTP/1.1", b"Host: x", *headers, b"", b"")) + body + SMUGGLED


CHUNKED = b"Transfer-Encoding: chunked"
AMBIGUOUS = {
    "content-length and chunked": post(b"Content-Length: 4", CHUNKED),
    "chunked and content-length": post(CHUNKED, b"Content-Length: 60"),
    "two lengths": post(b"Content-Length: 0", b"Content-Length: 5", body=b"abcde"),
    "a list of lengths": post(b"Content-Length: 0, 5"),
    "a length with a sign": post(b"Content-Length: +5", body=b"abcde"),
    "an unknown coding": post(b"Transfer-Encoding: xchunked"),
    "a coding after chunked": post(b"Transfer-Encoding: chunked, identity"),
    "two fields of codings": post(CHUNKED, b"Transfer-Encoding: identity"),
    "a space before the colon": post(b"Transfer-Encoding : chunked"),
    "a vertical tab": post(b"Transfer-Encoding:\x0bchunked"),
    "chunked in HTTP/1.0": post(CHUNKED).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "bare line feeds": post(b"Content-Length: 0", body=b"").replace(b"\r\n", b"\n"),
    "one bare line feed": post(b"X: a\nTransfer-Encoding: chunked"),
    "one bare carriage return": post(b"X: a\rTransfer-Encoding: chunked"),
    "a null": post(b"X: a\0b", b"Content-Length: 0", body=b""),
    "a folded line": post(b"X: a\r\n Transfer-Encoding: chunked", b"Content-Length: 0", body=b""),
    "a folded coding": post(b"Transfer-Encoding:\r\n chunked"),
    "a chunk with a bare line feed": post(CHUNKED, body=b"0\n\n"),
    "a chunk extension with a bare line feed": post(CHUNKED, body=b"2;a\nxx\r\n0\r\n\r\n"),
    "a size with a prefix": post(CHUNKED, body=b"0x2\r\nab\r\n0\r\n\r\n"),
    "a chunk that is too long": post(CHUNKED, body=b"2\r\nabXX0\r\n\r\n"),
    "a size that overflows": post(CHUNKED, body=b"fffffffffffffffff\r\nab\r\n0\r\n\r\n"),
    "no host": b"GET /health HTTP/1.1\r\n\r\n" + SMUGGLED,
    "two hosts": b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + SMUGGLED,
    "HTTP/2 in plain": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "HTTP/3.0": b"GET /health HTTP/3.0\r\nHost: x\r\n\r\n" + SMUGGLED,
    "a method in lower case": b"get /health HTTP/1.1\r\nHost: x\r\n\r\n" + SMUGGLED,
    "a space in the path": b"GET /health x HTTP/1.1\r\nHost: x\r\n\r\n" + SMUGGLED,
    "a path that is not ASCII": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n" + SMUGGLED,
    "too many fields": b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5000 + b"\r\n" + SMUGGLED,
}


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_what_could_be_read_in_two_ways(doors: Doors, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """Refused with 400 and no more, without the name of the server, a copy of the request, or a line in the log."""
    caplog.set_level(logging.INFO, "aiohttp")
    answer = await exchange(doors.port, AMBIGUOUS[name])
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer.count(b"HTTP/1.") == 1
    assert head.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
    assert body == b"400: Bad Request"
    assert b"\r\nServer: \r\n" in head
    assert b"aiohttp" not in answer
    assert b"\r\nX-Content-Type-Options: nosniff" in head
    assert not [item for item in caplog.records if item.name.startswith("aiohttp")]


BODY = b"Content-Length: %d" % len(SMUGGLED)
BODIES = {
    "get": b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + BODY + b"\r\n\r\n" + SMUGGLED,
    "head": b"HEAD /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + BODY + b"\r\n\r\n" + SMUGGLED,
    "no key": post(BODY, b"Connection: close", body=b""),
    "trailers": b"GET /health HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"\r\n\r\n0\r\nX-API-Key: a\r\n\r\n" + SMUGGLED,
    "upgrade to HTTP/2": b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + SMUGGLED,
    "upgrade without a key": b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    + SMUGGLED,
    "connect": b"CONNECT 127.0.0.1:8123 HTTP/1.1\r\nHost: 127.0.0.1:8123\r\n\r\n" + SMUGGLED,
    "options of the server": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" + SMUGGLED,
    "HTTP/0.9": b"GET /health\r\n\r\n",
}


@pytest.mark.parametrize("name", BODIES)
async def test_what_follows_is_no_request(doors: Doors, name: str) -> None:
    """What follows the request gets no response, and the connection is closed."""
    answer = await exchange(doors.port, BODIES[name])
    assert answer.count(b"HTTP/") == 1
    if name == "HTTP/0.9":
        assert b"505: HTTP Version Not Supported" in answer
    if name in {"connect", "options of the server"}:
        assert b" 404 Not Found\r\n" in answer


@pytest.mark.parametrize("target", ["http://evil.example", "https://evil.example", "http://127.0.0.1:8123"])
async def test_absolute_targets(doors: Doors, target: str) -> None:
    """The path counts, and nothing else: this is no proxy, and the scheme is that of the connection."""
    for path, status in (("/health", b"200 OK"), ("/api/states", b"401 Unauthorized"), (BASE, b"404 Not Found")):
        head = f"GET {target}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = await exchange(doors.port, head.encode())
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"Strict-Transport-Security" not in answer
        assert b"evil" not in answer


async def test_headers_about_forwarding_change_nothing(doors: Doors) -> None:
    """Forwarding headers of a client that is not a trusted proxy have no effect."""
    names = ("X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example", "Forwarded: for=203.0.113.9;proto=https",
             "X-Real-IP: 203.0.113.9", "X-Original-URL: /api/states", "X-HTTP-Method-Override: POST")  # fmt: skip
    sent = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + "\r\n".join(names) + "\r\n\r\n"
    answer = await exchange(doors.port, sent.encode())
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"Strict-Transport-Security" not in answer
    assert b"evil" not in answer


async def test_all_headers_together_are_limited(doors: Doors) -> None:
    """Each field may have 8 KiB, and there may be 128: that would be 1 MiB, a thousand times."""
    field = b"Cookie: a=" + b"x" * 8000 + b"\r\n"
    begun = b"GET /health HTTP/1.1\r\nHost: x\r\n"
    assert (await exchange(doors.port, begun + field * 6 + b"Connection: close\r\n\r\n")).startswith(b"HTTP/1.1 200")
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.port)
    writer.write(begun)
    sent = 0
    async with asyncio.timeout(10):
        while not reader.at_eof() and sent < 64:
            writer.write(field)
            await asyncio.sleep(0.01)
            sent += 1
            if reader._buffer:  # type: ignore[attr-defined]  # noqa: SLF001 - nothing tells of it otherwise
                break
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert sent * len(field) < 2 * protocol._MAX_HEAD_BYTES  # noqa: SLF001 - the limit itself
    # A body is no header, however large.
    large = b"POST /api/template HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n"
    assert (await exchange(doors.port, large + b"x" * 200_000)).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("is_listener", [True, False])
@pytest.mark.parametrize("path", ["/health", "/api/states", "/nothing", "/api/websocket"])
async def test_pipelined_requests_do_not_stop_the_event_loop(doors: Doors, path: str, is_listener: bool) -> None:  # noqa: FBT001 - which door
    """At either door; without a key. All are answered, in turn with everything else."""
    port, base = (doors.port, "") if is_listener else (int(doors.bridge.client.server.port or 0), BASE)
    one = f"GET {base}{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    answer = await exchange(port, one * 600 + last, seconds=60)
    counting.cancel()
    assert answer.count(b"HTTP/1.1 ") == 601
    # Without a turn between two requests, the loop turns some hundred times for all of them.
    assert turns > 600
