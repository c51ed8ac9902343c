"""A server on 127.0.0.1 that responds like a bridge, or like a faulty one."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from .documents import KEY, snapshot

METRICS_PATH = "/api/drawbridge/metrics"
TRACES_PATH = "/api/drawbridge/traces"


class BridgeServer:
    """Serves ``document``; the attributes say how it goes wrong."""

    def __init__(self) -> None:
        """Start out well."""
        self.document: object = snapshot()
        self.body: bytes | None = None
        self.status = 200
        self.headers: dict[str, str] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.traces_after: dict[str, object] | None = None
        """What /traces answers, by cursor; None for a bridge without it."""
        self.requests = 0
        self.asked = asyncio.Event()
        self.connections: set[object] = set()
        self.url = ""

    async def metrics(self, request: web.Request) -> web.Response:
        """Answer the exporter's request."""
        self.requests += 1
        self.asked.set()
        self.connections.add(request.transport)
        await self.gate.wait()
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"title": "Unauthorized"}, status=401)
        body = json.dumps(self.document).encode() if self.body is None else self.body
        response = web.Response(body=body, status=self.status, headers=self.headers)
        response.enable_compression()
        return response

    async def traces(self, request: web.Request) -> web.Response:
        """Answer the exporter's request for spans."""
        if self.traces_after is None:
            return web.json_response({}, status=404)
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        return web.json_response(self.traces_after[request.query["since"]])


@asynccontextmanager
async def running_bridge(tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[BridgeServer]:
    """Run a server until the block ends."""
    server = BridgeServer()
    app = web.Application()
    app.router.add_get(METRICS_PATH, server.metrics)
    app.router.add_get(TRACES_PATH, server.traces)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
    scheme = "http" if tls is None else "https"
    server.url = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.gate.set()
        await runner.cleanup()
