"""Spans of bridges, on their way to a collector of OpenTelemetry."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from drawbridge_exporter.bridge.fleet import Fleet
from drawbridge_exporter.main import main
from drawbridge_exporter.tracing import forwarder
from drawbridge_exporter.tracing.forwarder import Forwarder
from drawbridge_exporter.tracing.otlp import OTLPSender
from sandbox.exporter import ENVIRONMENT

from .bridge import BridgeServer
from .collector import Collector, collecting
from .files import targets_file
from .serving import settings_for

TRACE, CLIENT, SERVER, GATE = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7", "1" * 16
START = 1_795_357_000_123_456_789
BASE: dict[str, Any] = {"trace_id": TRACE, "state": "vendor=value", "start": START, "error": False}
SPANS: list[dict[str, Any]] = [
    BASE
    | {
        "span_id": SERVER,
        "parent_id": CLIENT,
        "name": "GET /api/drawbridge/api/states",
        "kind": "server",
        "end": START + 5_000_000,
        "attributes": {"http.response.status_code": 500, "http.route": "/api/drawbridge/api/states"},
        "error": True,
    },
    BASE
    | {
        "span_id": GATE,
        "parent_id": SERVER,
        "name": "gate",
        "kind": "internal",
        "end": START + 1_000,
        "attributes": {},
    },
]


def page(cursor: str, spans: list[dict[str, Any]], **more: object) -> dict[str, Any]:
    """Return a response of /traces."""
    return {"enabled": True, "cursor": cursor, "lost": 0, "more": False, "spans": spans} | more


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """Return a running collector."""
    async with collecting() as running:
        yield running


@pytest.fixture
async def fleet(bridge: BridgeServer) -> AsyncIterator[Fleet]:
    """Return the exporter's view of the bridge."""
    found = Fleet(settings_for(bridge.url))
    yield found
    await found.close()


@pytest.fixture
async def forwards(fleet: Fleet, collector: Collector, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Forwarder]:
    """Return a forwarder to the collector, which gives up after a second."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    sender = OTLPSender(f"{collector.url}/v1/traces")
    yield Forwarder(fleet, sender)
    sender.close()


async def test_a_span_arrives_as_it_was(
    bridge: BridgeServer, fleet: Fleet, forwards: Forwarder, collector: Collector
) -> None:
    """With its trace, its parent, its times, its attributes and the name of the home."""
    bridge.traces_after = {"": page("a.2", SPANS), "a.2": page("a.2", [])}
    assert fleet.default is not None
    await fleet.default.collect(5)
    await forwards.forward()
    await forwards.forward()
    server, gate = collector.spans
    assert (server.trace_id.hex(), server.span_id.hex(), server.parent_span_id.hex()) == (TRACE, SERVER, CLIENT)
    assert server.trace_state == "vendor=value"
    assert (server.name, server.kind) == ("GET /api/drawbridge/api/states", Span.SPAN_KIND_SERVER)
    assert (server.start_time_unix_nano, server.end_time_unix_nano) == (START, START + 5_000_000)
    assert server.status.code == Status.STATUS_CODE_ERROR
    assert {item.key: item.value for item in server.attributes}["http.response.status_code"].int_value == 500
    assert (gate.parent_span_id.hex(), gate.kind) == (SERVER, Span.SPAN_KIND_INTERNAL)
    assert gate.status.code == Status.STATUS_CODE_UNSET
    resource = {item.key: item.value.string_value for item in collector.received[0].resource.attributes}
    assert resource == {"service.name": "drawbridge", "service.instance.id": "home", "service.version": "0.1.0"}
    assert fleet.traffic.spans == {"exported": 2, "failed": 0, "lost": 0}


async def test_spans_are_kept_while_the_collector_is_down(
    bridge: BridgeServer, fleet: Fleet, forwards: Forwarder, collector: Collector
) -> None:
    """They are sent again, once each; what the bridge lost meanwhile is counted."""
    bridge.traces_after = {"": page("a.1", SPANS[:1], more=True), "a.1": page("a.9", SPANS[1:], lost=7)}
    collector.status = 400
    await forwards.forward()
    assert collector.spans == []
    assert fleet.traffic.spans == {"exported": 0, "failed": 1, "lost": 0}
    collector.status = 200
    await forwards.forward()
    assert [span.span_id.hex() for span in collector.spans] == [SERVER, GATE]
    assert fleet.traffic.spans == {"exported": 2, "failed": 1, "lost": 7}


@pytest.mark.parametrize(
    "answers",
    [
        None,
        {"": {"cursor": "a.1"}},
        {"": page("a.1", [SPANS[0] | {"trace_id": "short"}])},
        {"": page("a.1", [SPANS[0] | {"attributes": {"a": []}}])},
    ],
)
async def test_a_bridge_without_spans(
    bridge: BridgeServer, fleet: Fleet, forwards: Forwarder, collector: Collector, answers: dict[str, object] | None
) -> None:
    """An older one, and one that answers something else: nothing is sent, and nothing fails."""
    bridge.traces_after = answers
    await forwards.forward()
    assert collector.requests == 0
    assert sum(fleet.traffic.spans.values()) == 0


async def test_one_home_does_not_stop_another(bridge: BridgeServer, tmp_path: Path, collector: Collector) -> None:
    """Each has its own cursor and its own name."""
    bridge.traces_after = {"": page("a.2", SPANS), "a.2": page("a.2", [])}
    file = targets_file(tmp_path, {"cabin": bridge.url, "barn": "http://127.0.0.1:1"})
    fleet = Fleet(replace(settings_for(bridge.url), target=None, targets_file=file))
    sender = OTLPSender(f"{collector.url}/v1/traces")
    await Forwarder(fleet, sender).forward()
    names = {item.value.string_value for found in collector.received for item in found.resource.attributes}
    assert "cabin" in names
    assert "barn" not in names
    sender.close()
    await fleet.close()


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key_file: Path
) -> None:
    """Before it starts. With it, and without an endpoint, the settings are valid."""
    given = ["--config.check", "--bridge.url", "http://home:8123", "--bridge.key-file", str(key_file)]
    tracing = ["--tracing.endpoint", "http://localhost:4318"]
    assert main([*given, *tracing]) == 0
    assert main([*given, "--tracing.endpoint", "localhost:4318"]) == 2
    monkeypatch.setattr(forwarder, "_PACKAGES", ("opentelemetry_is_missing.sdk",))
    assert main([*given, *tracing]) == 2
    assert "drawbridge-exporter[tracing]" in capsys.readouterr().err
    assert main(given) == 0


def test_opentelemetry_is_imported_only_if_it_is_used() -> None:
    """The exporter starts without it."""
    program = "import sys, drawbridge_exporter.main; print([n for n in sys.modules if n.startswith('opentelemetry')])"
    env = {**os.environ, **ENVIRONMENT}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env)  # noqa: S603 - ours
    assert done.stdout.strip() == "[]"
