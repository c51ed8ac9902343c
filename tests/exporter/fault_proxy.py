"""A reverse proxy on 127.0.0.1 that goes wrong in one of the ways in which reverse proxies go wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from yarl import URL

HOP_BY_HOP = {"Connection", "Transfer-Encoding", "Content-Encoding", "Content-Length", "Keep-Alive", "Host"}
HTML = {"Content-Type": "text/html"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a proxy does instead of passing things on.

    Attributes:
        before: Answers instead of the bridge, or returns None to ask it. It may change the headers of the request.
        after: Returns the answer that the client gets instead of the bridge's.
        websocket: Whether WebSockets are passed on, refused or cut.
        buffers: Whether streams are held back until they end.

    """

    before: Callable[[web.Request, dict[str, str]], Awaitable[web.Response | None]] | None = None
    after: Callable[[web.Request, web.Response], web.Response] | None = None
    websocket: str = "passed on"
    buffers: bool = False


@dataclass
class Proxy:
    """A proxy in front of ``upstream`` with a fault, which tests may change."""

    upstream: str
    session: aiohttp.ClientSession
    fault: Fault = field(default_factory=Fault)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        headers = {name: value for name, value in request.headers.items() if name.title() not in HOP_BY_HOP}
        if self.fault.before is not None:
            response = await self.fault.before(request, headers)
            if response is not None:
                return response
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._websocket(request)
        if request.path.endswith("/api/stream") and request.method == "GET":
            return await self._stream(request, headers)
        target = self.upstream + request.raw_path
        async with self.session.request(
            request.method, URL(target, encoded=True), headers=headers, data=await request.read(),
            allow_redirects=False,
        ) as answer:  # fmt: skip
            kept = {name: value for name, value in answer.headers.items() if name.title() not in HOP_BY_HOP}
            response = web.Response(status=answer.status, headers=kept, body=await answer.read())
        response.headers.setdefault("Server", "")
        return response if self.fault.after is None else self.fault.after(request, response)

    async def _stream(self, request: web.Request, headers: dict[str, str]) -> web.StreamResponse:
        async with self.session.get(self.upstream + request.raw_path, headers=headers) as answer:
            response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
            await response.prepare(request)
            with contextlib.suppress(ConnectionResetError):  # the client has seen enough
                async for part in answer.content.iter_any():
                    if not self.fault.buffers:
                        await response.write(part)
        return response

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self.fault.websocket == "refused":
            return web.Response(status=400, text="Bad Request")
        client = web.WebSocketResponse(max_msg_size=0)
        await client.prepare(request)
        async with self.session.ws_connect(self.upstream + request.raw_path, max_msg_size=0) as bridge:
            both = asyncio.gather(pump(client, bridge), pump(bridge, client))
            try:
                async with asyncio.timeout(0.5 if self.fault.websocket == "cut" else None):
                    await both
            except TimeoutError:
                await client.close()
        return client


type Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def pump(source: Socket, sink: Socket) -> None:
    """Forward messages until one side ends."""
    async for message in source:
        if message.type is aiohttp.WSMsgType.TEXT:
            await sink.send_str(message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            await sink.send_bytes(message.data)
    await sink.close()


@asynccontextmanager
async def running_proxy(upstream: str, address: str = "127.0.0.1") -> AsyncIterator[Proxy]:
    """Run a proxy without a fault until the block ends. The bridge sees it at a loopback address."""
    connector = aiohttp.TCPConnector(limit=0, local_addr=(address, 0))
    async with aiohttp.ClientSession(connector=connector) as session:
        proxy = Proxy(upstream, session)
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{path:.*}", proxy.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield proxy
        finally:
            await runner.cleanup()


def always(status: int, text: str = "", **headers: str) -> Fault:
    """Return the same response to every request."""

    async def before(_request: web.Request, _headers: dict[str, str]) -> web.Response:
        return web.Response(status=status, text=text, headers=headers)

    return Fault(before)


def without(*names: str) -> Fault:
    """Remove headers from answers."""

    def after(_request: web.Request, response: web.Response) -> web.Response:
        for name in names:
            response.headers.pop(name, None)
        return response

    return Fault(after=after)


def with_headers(headers: dict[str, str]) -> Fault:
    """Add headers to answers."""

    def after(_request: web.Request, response: web.Response) -> web.Response:
        response.headers.update(headers)
        return response

    return Fault(after=after)


def to_request(change: Callable[[web.Request, dict[str, str]], None]) -> Fault:
    """Change the headers of requests."""

    async def before(request: web.Request, headers: dict[str, str]) -> None:
        change(request, headers)

    return Fault(before)


def slow(seconds: float, path: str) -> Fault:
    """Delay the requests of a path."""

    async def before(request: web.Request, _headers: dict[str, str]) -> None:
        if request.path.endswith(path):
            await asyncio.sleep(seconds)

    return Fault(before)


def every(number: int, status: int) -> Fault:
    """Answer every nth request that comes without a key with an error."""
    count = 0

    async def before(request: web.Request, _headers: dict[str, str]) -> web.Response | None:
        nonlocal count
        if "Authorization" in request.headers or not request.path.endswith("/health"):
            return None
        count += 1
        return web.Response(status=status) if count % number == 0 else None

    return Fault(before)


def injecting_key(key: str, path: str) -> Fault:
    """Add a key to requests of a path that have none, as proxies are set up to make a client work."""

    def change(request: web.Request, headers: dict[str, str]) -> None:
        if request.path.endswith(path) and "Authorization" not in request.headers:
            headers["Authorization"] = f"Bearer {key}"

    return to_request(change)


def own_error_pages(statuses: range = range(400, 600)) -> Fault:
    """Replace the bodies of errors with HTML."""

    def after(_request: web.Request, response: web.Response) -> web.Response:
        if response.status in statuses:
            response.body = b"<html>Error</html>"
            response.headers["Content-Type"] = "text/html"
        return response

    return Fault(after=after)


def single_page() -> Fault:
    """Return a start page instead of a 404."""

    def after(_request: web.Request, response: web.Response) -> web.Response:
        return web.Response(text="<html>", headers=HTML) if response.status == 404 else response

    return Fault(after=after)


def fails_on(part: str) -> Fault:
    """Return 500 for requests whose address contains a text."""

    async def before(request: web.Request, _headers: dict[str, str]) -> web.Response | None:
        return web.Response(status=500) if part in request.raw_path else None

    return Fault(before)


def refusing(method: str, status: int) -> Fault:
    """Refuse a method."""

    async def before(request: web.Request, _headers: dict[str, str]) -> web.Response | None:
        return web.Response(status=status) if request.method == method else None

    return Fault(before)


def appending(text: str, path: str) -> Fault:
    """Append text to the answers of a path."""

    def after(request: web.Request, response: web.Response) -> web.Response:
        if request.path.endswith(path) and isinstance(response.body, bytes):
            response.body = response.body + text.encode()
        return response

    return Fault(after=after)


def faults(key: str) -> dict[str, tuple[Fault, set[str]]]:
    """Return faults by name, each with the items of preflight that must fail."""

    def strip(_request: web.Request, headers: dict[str, str]) -> None:
        headers.pop("Authorization", None)

    return {
        "not-trusted": (always(400, "400: Bad Request"), {"reach"}),
        "redirect": (always(301, Location="https://home.example/"), {"reach"}),
        "bad-gateway": (always(502, "<html>Bad Gateway"), {"reach"}),
        "password": (always(401, WWW_Authenticate="Basic"), {"reach"}),
        "banned": (always(403, "403: Forbidden"), {"reach"}),
        "another-server": (always(200, "<html>It works!"), {"reach"}),
        "key-removed-on-the-way": (to_request(strip), {"reach"}),
        "slow-on-the-way": (slow(2.2, "/api/states"), {"mean-response"}),
        "errors-on-the-way": (every(10, 503), {"error-rate"}),
        "security-headers": (without("Content-Security-Policy", "Permissions-Policy"), {"headers"}),
        "server-version": (with_headers({"Server": "nginx/1.18.0"}), {"headers"}),
        "rate-limit-headers": (without("RateLimit", "RateLimit-Policy"), {"rate-limit"}),
        "retry-after": (without("Retry-After"), {"rate-limit"}),
        "challenge": (without("WWW-Authenticate"), {"auth-enabled"}),
        "etag": (without("ETag"), {"cache-invalidation"}),
        "cors-for-all": (with_headers({"Access-Control-Allow-Origin": "*"}), {"cors"}),
        "key-for-all": (injecting_key(key, "/api/states"), {"auth-enabled", "auth-bypass", "errors"}),
        "metrics-for-all": (injecting_key(key, "/metrics"), {"auth-bypass"}),
        "no-websocket": (Fault(websocket="refused"), {"websocket"}),
        "websocket-cut": (Fault(websocket="cut"), {"websocket"}),
        "stream-buffered": (Fault(buffers=True), {"stream"}),
        "error-pages": (own_error_pages(), {"errors"}),
        "single-page": (single_page(), {"errors", "headers"}),
        "long-query": (fails_on("a" * 1000), {"input"}),
        "no-options": (refusing("OPTIONS", 501), {"endpoints"}),
        "leak": (appending(key, "/openapi.json"), {"secrets", "endpoints"}),
    }
