"""Complete responses equal those of aiohttp, whether they are written directly or sent by aiohttp.

These tests run with the newest and the oldest supported version of aiohttp.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from email.message import Message
from email.parser import BytesParser
from http import HTTPStatus

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from custom_components.drawbridge.encoding.codecs import Payload
from custom_components.drawbridge.http.response import WholeResponse
from tests.integration.house import Bridge

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


pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """Serve each body at ``/direct``, ``/indirect`` and ``/other``: directly, through aiohttp, and as its own class."""

    def whole(request: web.Request, *, is_direct: bool) -> web.StreamResponse:
        status, pieces = BODIES[request.match_info["name"]]
        response = WholeResponse(status, HEADERS, Payload.of(*pieces))
        response.is_direct = is_direct
        return response

    async def direct(request: web.Request) -> web.StreamResponse:
        return whole(request, is_direct=True)

    async def indirect(request: web.Request) -> web.StreamResponse:
        return whole(request, is_direct=False)

    async def cookie(request: web.Request) -> web.StreamResponse:
        response = WholeResponse(HTTPStatus.OK, HEADERS, Payload.of(b"x"))
        response.is_direct = request.match_info["name"] == "direct"
        response.set_cookie("name", "secret_marker")
        return response

    async def other(request: web.Request) -> web.StreamResponse:
        status, pieces = BODIES[request.match_info["name"]]
        return web.Response(status=status, headers=HEADERS, body=b"".join(pieces) if pieces else None)

    async def broken(_request: web.Request) -> web.StreamResponse:
        response = WholeResponse(HTTPStatus.OK, {"X-Name": "one\r\nSet-Cookie: two"}, Payload.of(b"x"))
        response.is_direct = True
        return response

    @web.middleware
    async def without_server(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        response.headers["Server"] = ""
        return response

    app = web.Application(middlewares=[without_server])
    app.router.add_get("/direct/{name}", direct)
    app.router.add_get("/indirect/{name}", indirect)
    app.router.add_get("/cookie/{name}", cookie)
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


def without_date(text: bytes) -> bytes:
    """Return bytes without the date header."""
    return b"\r\n".join(line for line in text.split(b"\r\n") if not line.startswith(b"Date: "))


@pytest.mark.parametrize("way", ["direct", "indirect"])
@pytest.mark.parametrize("request_name", REQUESTS)
async def test_equal_to_aiohttp(server: TestServer, request_name: str, way: str) -> None:
    """The status, the headers, the body and the next response on the connection are equal for each kind of request."""
    for body_name in BODIES:
        await ensure_equal(server, request_name, way, body_name)


async def ensure_equal(server: TestServer, request_name: str, way: str, body_name: str) -> None:
    """Compare a response with that of aiohttp's own class."""
    template = REQUESTS[request_name]
    line, headers, body = await ask(server, template.format(path=f"/{way}/{body_name}"))
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
    assert without_date(body) == without_date(expected_body)


@pytest.mark.parametrize("way", ["direct", "indirect"])
async def test_no_cookie(server: TestServer, way: str) -> None:
    """A response that sets a cookie is not sent, and the connection is closed."""
    line, headers, body = await ask(server, f"GET /cookie/{way} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (line, list(headers), body) == (b"", [], b"")


async def test_no_header_makes_another(server: TestServer) -> None:
    """A line break in a header closes the connection, and the response is not sent."""
    line, _, body = await ask(server, "GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"Set-Cookie" not in line + body


async def test_a_slow_reader_gets_all_of_it(server: TestServer) -> None:
    """A client that reads slowly gets the complete response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(b"GET /direct/large HTTP/1.1\r\nHost: x\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"Content-Length: 2000000" in head
    body = bytearray()
    while len(body) < 2_000_000:
        await asyncio.sleep(0)
        body += await reader.read(10_000)
    assert bytes(body) == b"".join(LARGE)
    writer.close()


@pytest.mark.usefixtures("connection_errors_are_ignored")
async def test_gone_before_the_answer(server: TestServer, caplog: pytest.LogCaptureFixture) -> None:
    """Clients that disconnect early have no effect on others, and nothing is logged."""
    for _ in range(5):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /direct/large HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        writer.transport.abort()
    await asyncio.sleep(0.1)
    assert (await ask(server, REQUESTS["ordinary"].format(path="/direct/small")))[0] == b"HTTP/1.1 200 OK"
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [record for record in warnings if record.name.startswith("aiohttp")]


RESPONSES = {
    "states": ("GET", "/states", {}),
    "compressed": ("GET", "/states", {"Accept-Encoding": "gzip"}),
    "head": ("HEAD", "/states", {}),
    "hidden": ("GET", "/states/input_boolean.bedroom_lamp", {}),
    "write": ("POST", "/services/input_boolean/toggle", {}),
    "preflight": ("OPTIONS", "/states", {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}),
    "without a key": ("GET", "/states", {"Authorization": ""}),
    "document": ("GET", "/openapi.json", {}),
}


@pytest.mark.parametrize("name", RESPONSES)
async def test_the_option(bridge: Bridge, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With the option off, aiohttp sends every response, with equal headers. None of them has a cookie."""
    written: list[int] = []
    head = WholeResponse._head  # noqa: SLF001 - called for responses that are written directly

    def counted(response: WholeResponse) -> bytes:
        written.append(response.status)
        return head(response)

    monkeypatch.setattr(WholeResponse, "_head", counted)
    secret = await bridge.add_key(areas=["living_room"], capabilities=["read", "control"])
    method, path, headers = RESPONSES[name]
    found = []
    for is_direct in (True, False):
        await bridge.set_options(direct_responses=is_direct, cors_origins=["https://app.example"])
        written.clear()
        sent = {"Authorization": f"Bearer {secret}", **headers}
        response = await bridge.client.request(method, f"/api/drawbridge{path}", headers=sent)
        await response.read()
        assert bool(written) == (is_direct and method != "HEAD")
        assert "Set-Cookie" not in response.headers
        assert "X-Request-ID" in response.headers
        found.append((response.status, sorted((key, value) for key, value in response.headers.items())))
    status, names = found[0]
    assert status == found[1][0]
    assert without_changing(names) == without_changing(found[1][1])


def without_changing(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers without those that differ between equal requests."""
    return [(name, value) for name, value in headers if name not in CHANGING]


CHANGING = {"Date", "X-Request-ID", "ETag", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
