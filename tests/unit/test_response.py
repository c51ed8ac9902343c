"""An answer that is sent in one go is, byte for byte, what aiohttp would have sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from email.message import Message
from email.parser import BytesParser
from http import HTTPStatus

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from custom_components.drawbridge.encoding.codecs import Payload
from custom_components.drawbridge.http.response import WholeResponse

LARGE = tuple(bytes([index]) * 50_000 for index in range(40))
BODIES = {
    "nothing": (HTTPStatus.NO_CONTENT, ()),
    "unchanged": (HTTPStatus.NOT_MODIFIED, ()),
    "empty": (HTTPStatus.OK, ()),
    "small": (HTTPStatus.OK, (b"one ", b"", b"two")),
    "missing": (HTTPStatus.NOT_FOUND, (b"{}",)),
    "large": (HTTPStatus.OK, LARGE),
}
HEADERS = {"Content-Type": "application/json", "ETag": 'W/"1"', "X-Name": "Küche"}
REQUESTS = {
    "ordinary": "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n",
    "closing": "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "head": "HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n",
    "old": "GET {path} HTTP/1.0\r\nHost: x\r\n\r\n",
    "old, kept": "GET {path} HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
}


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """Serve each body below ``/ours`` by the class that is tested, and below ``/other`` by aiohttp's own."""

    async def ours(request: web.Request) -> web.StreamResponse:
        status, pieces = BODIES[request.match_info["name"]]
        return WholeResponse(status, HEADERS, Payload.of(*pieces))

    async def other(request: web.Request) -> web.StreamResponse:
        status, pieces = BODIES[request.match_info["name"]]
        return web.Response(status=status, headers=HEADERS, body=b"".join(pieces) if pieces else None)

    async def broken(_request: web.Request) -> web.StreamResponse:
        return WholeResponse(HTTPStatus.OK, {"X-Name": "one\r\nSet-Cookie: two"}, Payload.of(b"x"))

    @web.middleware
    async def without_server(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        response.headers["Server"] = ""
        return response

    app = web.Application(middlewares=[without_server])
    app.router.add_get("/ours/{name}", ours)
    app.router.add_get("/other/{name}", other)
    app.router.add_get("/broken", broken)
    found = TestServer(app)
    await found.start_server()
    yield found
    await found.close()


async def ask(server: TestServer, request: str) -> tuple[bytes, Message, bytes]:
    """Send a request as it is, close, and return the status line, the headers and the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request.encode())
    # A second request, answered on the same connection if it is still open, shows that nothing is left of the first.
    writer.write(b"GET /other/missing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    line, _, fields = head.partition(b"\r\n")
    return line, BytesParser().parsebytes(fields), body


def without_moment(text: bytes) -> bytes:
    """Return bytes without the lines that tell the time."""
    return b"\r\n".join(line for line in text.split(b"\r\n") if not line.startswith(b"Date: "))


@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize("body_name", BODIES)
async def test_as_aiohttp_sends_it(server: TestServer, request_name: str, body_name: str) -> None:
    """Status, headers, body and what follows on the connection, for each kind of request."""
    template = REQUESTS[request_name]
    line, headers, body = await ask(server, template.format(path=f"/ours/{body_name}"))
    expected_line, expected_headers, expected_body = await ask(server, template.format(path=f"/other/{body_name}"))
    assert line == expected_line
    assert "Date" in headers
    del headers["Date"], expected_headers["Date"]
    if (request_name, body_name) == ("head", "empty"):
        assert headers.get("Content-Length") == "0", "which aiohttp leaves out"
        del headers["Content-Length"]
    assert {(name, str(value)) for name, value in headers.items()} == {
        (name, str(value)) for name, value in expected_headers.items()
    }
    assert without_moment(body) == without_moment(expected_body)


async def test_no_header_makes_another(server: TestServer) -> None:
    """A line break in a header ends the connection, and nothing of it is sent."""
    line, _, body = await ask(server, "GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"Set-Cookie" not in line + body


async def test_a_slow_reader_gets_all_of_it(server: TestServer) -> None:
    """What the socket does not take at once is sent as it can be."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(b"GET /ours/large HTTP/1.1\r\nHost: x\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"Content-Length: 2000000" in head
    body = bytearray()
    while len(body) < 2_000_000:
        await asyncio.sleep(0)
        body += await reader.read(10_000)
    assert bytes(body) == b"".join(LARGE)
    writer.close()


async def test_gone_before_the_answer(server: TestServer, caplog: pytest.LogCaptureFixture) -> None:
    """Who does not wait for the answer breaks nothing."""
    for _ in range(5):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /ours/large HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        writer.transport.abort()
    await asyncio.sleep(0.1)
    assert (await ask(server, REQUESTS["ordinary"].format(path="/ours/small")))[0] == b"HTTP/1.1 200 OK"
    assert not caplog.records
