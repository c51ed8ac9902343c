"""A server on 127.0.0.1 that answers preflight as a good bridge does, or with faults put in."""

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from .documents import KEY, full_snapshot

BASE = "/api/drawbridge"
ORIGIN = "https://panel.example"
BURST = 200
DAY = 86_400.0
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Server": "",
}
LISTENER_ITEMS = {
    "listener-reach",
    "listener-headers",
    "listener-plain-http",
    "listener-tls-version",
    "listener-tls-ciphers",
    "listener-certificate",
    "listener-client-cert",
}
"""What preflight checks of the listener."""
PATHS: dict[str, Any] = {
    "/key": {"get": {"responses": {"200": {}}}},
    "/api/states": {"get": {"responses": {"200": {}}}},
    "/api/states/{entity_id}": {"get": {"responses": {"200": {}}}},
    "/api/services/{domain}/{service}": {"post": {"responses": {"200": {}}}},
}


def problem(status: int, detail: str, reason: str = "", headers: dict[str, str] | None = None) -> web.Response:
    """Return a problem document as a bridge does."""
    body = {"title": "Problem", "status": status, "detail": detail, "reason": reason}
    return web.json_response(body, status=status, headers=headers, content_type="application/problem+json")


class WholeBridge:
    """The faults are named by the tests; none of them is on at first."""

    def __init__(self, faults: frozenset[str], *, tls: bool = False) -> None:
        """Go wrong in the ways that ``faults`` name."""
        self.faults = faults
        self.url = ""
        self._tls = tls
        self._tokens = float(BURST)
        self._filled_at = time.monotonic()
        self._hits = 0
        self._refused = 0
        self._spans: list[str] = []
        self.lock_out = "900"
        self.seen: Callable[[str], None] = lambda _: None
        """Gets the request id of each refused request, as an audit file does."""
        self.listener: dict[str, Any] = {}
        """What the snapshot says of the listener."""

    def application(self, base: str = BASE) -> web.Application:
        """Return the application of a door: Home Assistant's own, or the listener with an empty base."""
        app = web.Application(middlewares=[self._gate()])
        for path, handler in (
            ("/health", self._health),
            ("/key", self._key),
            ("/metrics", self._metrics),
            ("/openapi.json", self._openapi),
            ("/api/states", self._states),
            ("/api/states/{entity_id}", self._state),
            ("/api/websocket", self._websocket),
            ("/api/stream", self._stream),
            ("/traces", self._traces),
        ):
            app.router.add_get(base + path, handler)
        app.router.add_post(base + "/api/services/{domain}/{service}", self._service)
        return app

    def _gate(self) -> Any:
        @web.middleware
        async def gate(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            response = self._at_the_listener(request) or self._refuse(request)
            if response is not None and "audit-silent" not in self.faults:
                self._refused += 1
            if response is not None and (number := request.headers.get("X-Request-ID")):
                self.seen(number)
            if response is None:
                try:
                    response = await handler(request)
                except web.HTTPException as error:
                    response = problem(error.status, error.reason)
            response.headers.update(self._headers(request))
            return response

        return gate

    def _at_the_listener(self, request: web.Request) -> web.StreamResponse | None:
        """Return what a faulty listener answers."""
        if request.path.startswith(BASE):
            return None
        if "listener-redirect" in self.faults:
            return web.Response(status=301, headers={"Location": "https://home.example/"})
        if "listener-other" in self.faults and request.path == "/health":
            return web.Response(text="<html>It works!", content_type="text/html")
        return None

    def _refuse(self, request: web.Request) -> web.StreamResponse | None:
        if request.method == "OPTIONS" or request.path.removeprefix(BASE) == "/api/websocket":
            return web.Response(status=204) if request.method == "OPTIONS" else None
        if self._is_locked_out(request):
            return problem(429, "Too many invalid keys.", "locked_out", {"Retry-After": self.lock_out})
        public = request.path.removeprefix(BASE) in {"/health", "/openapi.json"} or "open" in self.faults
        if request.headers.get("X-Original-URL") and "bypass" in self.faults:
            return web.json_response([])
        key = request.headers.get("Authorization") or request.headers.get("X-API-Key")
        if key != f"Bearer {KEY}" and not (key is None and public):
            why = "key_missing" if key is None else "key_unknown"
            return problem(401, "No key.", why, {"WWW-Authenticate": 'Bearer realm="Drawbridge"'})
        if key is not None and not self._take():
            again = {} if "no-retry-after" in self.faults else {"Retry-After": "0"}
            return problem(429, "Slow down.", "rate_limited", again)
        return None

    def _is_locked_out(self, request: web.Request) -> bool:
        """Return whether a request without a key is locked out: always, or once if the lock-out is short."""
        locked = "locked-out" in self.faults and "Authorization" not in request.headers
        if not locked or not request.path.endswith("/api/states"):
            return False
        if self.lock_out != "900":
            self.faults -= {"locked-out"}
        return True

    def _take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._filled_at) * 100)
        self._filled_at = now
        if self._tokens < 1 and "unlimited" not in self.faults:
            return False
        self._tokens -= 1
        return True

    def _headers(self, request: web.Request) -> dict[str, str]:
        headers = {} if "headers" in self.faults else dict(SECURITY_HEADERS)
        is_listener = not request.path.startswith(BASE)
        if is_listener and "listener-headers" in self.faults:
            headers.pop("Content-Security-Policy")
        if (request.secure and is_listener and "listener-hsts" not in self.faults) or (
            self._tls and "hsts" not in self.faults
        ):
            headers["Strict-Transport-Security"] = "max-age=1"
        headers |= {"RateLimit": f'"default";r={int(self._tokens)};t=1', "RateLimit-Policy": f'"default";q={BURST};w=2'}
        origin = request.headers.get("Origin")
        if origin == ORIGIN and "origin" not in self.faults:
            headers["Access-Control-Allow-Origin"] = origin
        if "cors" in self.faults:
            headers["Access-Control-Allow-Origin"] = "*"
        return headers

    async def _health(self, _request: web.Request) -> web.Response:
        if "down" in self.faults:
            return web.json_response({"status": "unavailable"}, status=503)
        return web.json_response({"status": "ok", "score": 98.2} if "talkative" in self.faults else {"status": "ok"})

    async def _key(self, request: web.Request) -> web.Response:
        self._spans.append(request.headers.get("traceparent", ""))
        told: dict[str, Any] = {
            "name": "Preflight",
            "capabilities": ["metrics", "read", *(["control"] if "mighty" in self.faults else [])],
            "rate_limit": {"requests_per_minute": 6000, "burst": BURST},
        }
        if "no-limit" in self.faults:
            told["rate_limit"] = None
        if "leak" in self.faults:
            told["secret"] = KEY
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.json_response(self.document())

    def document(self) -> dict[str, Any]:
        """Return the snapshot of this moment, with its faults."""
        now, document = time.time(), full_snapshot()
        clock = {"clock-ahead": DAY, "clock-behind": -DAY}
        document["generated_at"] = now + sum(clock[fault] for fault in self.faults & clock.keys())
        for key in document["keys"]:
            key |= {
                "enabled": True,
                "capabilities": ["read"],
                "everything": False,
                "networks_limited": True,
                "per_minute": 600,
            }
            key |= {"created": now - 10 * DAY, "rotated": None, "last_used": now, "expires": None}
        first, second = document["keys"]
        first["created"] = now - (400 * DAY if "old-key" in self.faults else DAY)
        second["expires"] = now + (3 * DAY if "expiring" in self.faults else 300 * DAY)
        second["last_used"] = now - (100 * DAY if "unused" in self.faults else 1)
        self._damage_keys(first, second)
        document["cache"]["states"] |= {"enabled": "cache-disabled" not in self.faults, "warm_seconds": 0.1}
        document["cache"]["states"]["requests"] = 100
        health = document["health"]
        if "low-score" in self.faults:
            health["score"] = 80.0
        for fault, part, value in (("slow", "latency", 2.0), ("errors", "errors", 0.05), ("misses", "cache", 0.8)):
            if fault in self.faults:
                health["components"][part]["value"] = value
        document["cache"]["states"]["hits"] = self._hits + 50
        document["home_assistant"]["running"] = "stopping" not in self.faults
        if "old-version" in self.faults:
            document["bridge"]["version"] = "0.0.9"
        self._damage_listener(document, now)
        document["audit"] = {"records": self._refused, "file": "audit" not in self.faults}
        document["audit"]["dropped"] = {"rate_limited": 3}
        if "audit-lost" in self.faults:
            document["audit"]["dropped"] = {"allowed": 2}
        return document

    def _damage_keys(self, first: dict[str, Any], second: dict[str, Any]) -> None:
        damages: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
            "free-key": (second, {"per_minute": 0}),
            "broad-key": (second, {"capabilities": ["read", "control"], "everything": True}),
            "endless-key": (first, {"capabilities": ["control"]}),
            "roaming-key": (second, {"capabilities": ["control"], "networks_limited": False}),
        }
        for fault in self.faults & damages.keys():
            key, damage = damages[fault]
            key |= damage

    def _damage_listener(self, document: dict[str, Any], now: float) -> None:
        damages: dict[str, dict[str, Any]] = {
            "listener-off": {"enabled": False, "running": False, "certificate_ends": None},
            "listener-down": {"running": False, "certificate_ends": None},
            "listener-plain": {"certificate_ends": None},
            "listener-expiring": {"certificate_ends": now + 13.4 * DAY},
            "listener-expired": {"certificate_ends": now - 60},
        }
        document["listener"] |= self.listener
        for fault in self.faults & damages.keys():
            document["listener"] |= damages[fault]
        if "listener-unknown" in self.faults:
            document["listener"] = None

    async def _traces(self, _request: web.Request) -> web.Response:
        if "no-tracing" in self.faults:
            return problem(404, "Not found.")
        return web.json_response({"spans": [] if "traces-lost" in self.faults else self._spans})

    async def _openapi(self, _request: web.Request) -> web.Response:
        if "no-openapi" in self.faults:
            return web.json_response({}, status=404)
        paths = PATHS | ({"/api/missing": {"get": {}}} if "endpoint" in self.faults else {})
        return web.json_response({"openapi": "3.1.0", "paths": paths})

    def _current(self) -> list[dict[str, str]]:
        """Return the states; one of them changes five times a second."""
        tick = int(time.time() * 5)
        return [
            {"entity_id": "light.hall", "state": "on", "last_changed": "2026-01-01"},
            {"entity_id": "sensor.clock", "state": str(tick), "last_changed": f"2026-{tick:012}"},
        ]

    async def _states(self, request: web.Request) -> web.Response:
        states = self._current()
        tag = f'W/"{states[1]["state"]}"'
        if "cache-off" not in self.faults:
            self._hits += 1
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        await asyncio.sleep(0)
        return web.Response(body=json.dumps(states), content_type="application/json", headers={"ETag": tag})

    async def _state(self, request: web.Request) -> web.Response:
        states = {state["entity_id"]: state for state in self._current()}
        if request.match_info["entity_id"] not in states:
            raise web.HTTPNotFound
        state = dict(states[request.match_info["entity_id"]])
        if "stale" in self.faults:
            state["last_changed"] = "2025"
        return web.json_response(state)

    async def _service(self, _request: web.Request) -> web.Response:
        if "bare-errors" in self.faults:
            return web.Response(status=403, text="no")
        return problem(500 if "error-500" in self.faults else 403, "Not allowed.", "capability")

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if "no-websocket" in self.faults:
            return problem(400, "No upgrade.")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok"})
        asked = await socket.receive_json()
        await socket.send_json({"id": asked["id"], "type": "result", "success": "ws-refused" not in self.faults})
        await socket.send_json({"id": asked["id"], "type": "event", "event": {"a": {"light.hall": {}}}})
        await asyncio.sleep(0.1)
        await socket.send_json({"id": asked["id"], "type": "event", "event": {"c": {"light.hall": {}}}})
        if "ws-drops" in self.faults:
            await socket.close()
            return socket
        ping = await socket.receive_json()
        await socket.send_json({"id": ping["id"], "type": "pong"})
        return socket

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        if "stream-html" in self.faults:
            return web.Response(text="<html>", content_type="text/html")
        await response.prepare(request)
        if "buffered" not in self.faults:
            await response.write(b"retry: 5000\n\n")
        await asyncio.sleep(30)
        return response


@asynccontextmanager
async def running_whole_bridge(*faults: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[WholeBridge]:
    """Run a bridge with faults until the block ends."""
    bridge = WholeBridge(frozenset(faults), tls=tls is not None)
    runner = web.AppRunner(bridge.application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    scheme = "http" if tls is None else "https"
    bridge.url = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield bridge
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running_listener(
    bridge: WholeBridge, tls: ssl.SSLContext | None, plain: bytes = b"", **told: Any
) -> AsyncIterator[str]:
    """Run the listener of a bridge until the block ends, and return its address.

    Requests without TLS are answered with ``plain``. The snapshot says what is ``told``.
    """
    runner = web.AppRunner(bridge.application(""), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    behind = port = runner.addresses[0][1]
    front = await asyncio.start_server(lambda reader, writer: _split(reader, writer, behind, plain), "127.0.0.1", 0)
    if plain:
        port = front.sockets[0].getsockname()[1]
    bridge.listener = {"port": port, "tls_1_2": False, "client_certificates": False, "bound_keys": 0, **told}
    try:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{port}"
    finally:
        front.close()
        await runner.cleanup()


async def _split(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, plain: bytes) -> None:
    """Pass on TLS to a port, and answer anything else."""
    first = await reader.read(65_536)
    if first[:1] != b"\x16":
        writer.write(plain)
        writer.close()
        return
    inner, outer = await asyncio.open_connection("127.0.0.1", port)
    outer.write(first)
    await asyncio.gather(_copy(reader, outer), _copy(inner, writer))


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while part := await source.read(65_536):
            sink.write(part)
    sink.close()
