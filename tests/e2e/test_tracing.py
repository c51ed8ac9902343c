"""A trace through real processes: a client's header, Home Assistant, the exporter, and a collector of OpenTelemetry."""

from pathlib import Path

import aiohttp
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from sandbox.drawbridge import change_options
from sandbox.exporter import Exporter
from sandbox.stack import household
from tests.exporter.collector import collecting

TRACE, CLIENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


async def test_a_trace_from_the_client_to_the_collector(tmp_path: Path) -> None:
    """The collector has the span with the client's trace and parent; the metrics link to it."""
    async with household(tmp_path / "home") as stack, collecting() as collector:
        [entry] = await stack.home_assistant.client.command("config_entries/get", domain="drawbridge")
        await change_options(
            stack.home_assistant.client, entry["entry_id"], tracing={"tracing": True, "trace_percent": 0}
        )
        exporter = Exporter(
            tmp_path / "tracing",
            stack.home_assistant.url,
            environment={"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"},
        )
        await exporter.start(stack.keys["metrics"])
        try:
            headers = {"X-API-Key": stack.keys["dashboard"], "traceparent": f"00-{TRACE}-{CLIENT}-01"}
            async with aiohttp.ClientSession() as session:
                async with session.get(f"{stack.bridge}/api/states", headers=headers) as response:
                    assert response.status == 200
                    answered = response.headers["traceresponse"]
                await collector.until(3)
                openmetrics = {"Accept": "application/openmetrics-text;version=1.0.0"}
                async with session.get(f"{exporter.url}/metrics", headers=openmetrics) as response:
                    metrics = await response.text()
        finally:
            await exporter.process.stop()
    server, gate, handler = collector.spans
    assert answered == f"00-{TRACE}-{server.span_id.hex()}-01"
    assert (server.trace_id.hex(), server.parent_span_id.hex()) == (TRACE, CLIENT)
    assert (server.name, server.kind) == ("GET /api/drawbridge/api/states", Span.SPAN_KIND_SERVER)
    assert [part.name for part in (gate, handler)] == ["gate", "handler"]
    assert all(part.parent_span_id == server.span_id for part in (gate, handler))
    assert f'# {{span_id="{server.span_id.hex()}",trace_id="{TRACE}"}}' in metrics
    assert 'drawbridge_exporter_spans_total{result="exported"} 3.0' in metrics
