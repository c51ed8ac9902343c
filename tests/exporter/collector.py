"""A collector of OpenTelemetry on 127.0.0.1 that decodes what it receives."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span


@dataclass
class Collector:
    """What was received, and the status of the responses."""

    url: str = ""
    status: int = 200
    requests: int = 0
    received: list[ResourceSpans] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def spans(self) -> list[Span]:
        """All spans, in the order in which they came."""
        return [span for item in self.received for scope in item.scope_spans for span in scope.spans]

    async def receive(self, request: web.Request) -> web.Response:
        """Take a request of OTLP over HTTP."""
        self.requests += 1
        if self.status != web.HTTPOk.status_code:
            return web.Response(status=self.status)
        body = await request.read()
        if request.headers.get("Content-Encoding") == "gzip" and body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        message = ExportTraceServiceRequest()
        message.ParseFromString(body)
        self.received += message.resource_spans
        self.news.set()
        return web.Response(content_type="application/x-protobuf")

    async def until(self, number: int, seconds: float = 20.0) -> None:
        """Wait until a number of spans were received."""
        async with asyncio.timeout(seconds):
            while len(self.spans) < number:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Run a collector until the block ends."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield collector
    finally:
        await runner.cleanup()
