"""The metrics page: its content, its formats, and series that are left out."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from .bridge import BridgeServer
from .documents import STARTED_AT, full_snapshot, snapshot
from .files import targets_file
from .serving import OPENMETRICS, Answer, Exporter, serving, settings_for

ROUTE = "/api/states"
FIRST_KEY = "01J0000000000000000000000A"
SECOND_KEY = "01J0000000000000000000000B"


@pytest.fixture
async def exporter(bridge: BridgeServer) -> AsyncIterator[Exporter]:
    """Return an exporter that reads the bridge."""
    async with serving(settings_for(bridge.url)) as running:
        yield running


async def scrape(exporter: Exporter, **headers: str) -> Answer:
    """Return a scrape, which must have answered 200."""
    answer = await exporter.get("/metrics", **headers)
    assert answer.status == 200
    return answer


SERIES: tuple[tuple[str, dict[str, str], float], ...] = (
    ("drawbridge_up", {}, 1),
    ("drawbridge_build_info", {"version": "0.1.0", "homeassistant_version": "2026.11.0"}, 1),
    ("drawbridge_exporter_build_info", {"version": "0.1.0"}, 1),
    ("drawbridge_homeassistant_running", {}, 1),
    ("drawbridge_start_time_seconds", {}, STARTED_AT),
    ("drawbridge_health_score_ratio", {}, 0.982),
    ("drawbridge_health_component_ratio", {"component": "cache"}, 0.9),
    ("drawbridge_health_component_weight_ratio", {"component": "event_loop"}, 0.15),
    ("drawbridge_http_requests_total", {"route": ROUTE, "method": "GET", "code": "304"}, 5),
    ("drawbridge_http_response_bytes_total", {"route": ROUTE}, 123456),
    ("drawbridge_cache_requests_total", {"cache": "states"}, 9),
    ("drawbridge_cache_hits_total", {"cache": "states"}, 8),
    ("drawbridge_cache_revalidations_total", {"cache": "states"}, 1),
    ("drawbridge_cache_invalidations_total", {"cache": "states"}, 3),
    ("drawbridge_cache_evictions_total", {"cache": "states"}, 0),
    ("drawbridge_cache_bypassed_total", {"cache": "services"}, 6),
    ("drawbridge_cache_entries", {"cache": "states"}, 2),
    ("drawbridge_cache_bytes", {"cache": "states"}, 9999),
    ("drawbridge_key_info", {"key": SECOND_KEY, "name": 'The "wall"\ndisplay'}, 1),
    ("drawbridge_key_requests_total", {"key": FIRST_KEY}, 12),
    ("drawbridge_key_last_used_timestamp_seconds", {"key": FIRST_KEY}, 1795357000),
    ("drawbridge_key_expiry_timestamp_seconds", {"key": SECOND_KEY}, 1800000000),
    ("drawbridge_auth_failures_total", {"reason": "unknown"}, 2),
    ("drawbridge_denied_total", {"reason": "scope"}, 2),
    ("drawbridge_event_loop_lag_seconds", {}, 0.0004),
    ("drawbridge_event_loop_lag_max_seconds", {}, 0.01),
    ("drawbridge_scrape_error", {"reason": "timeout"}, 0),
    ("drawbridge_cache_age_seconds", {"cache": "services"}, 61.5),
    ("drawbridge_cache_warm_seconds", {"cache": "services"}, 0.02),
    ("drawbridge_key_created_timestamp_seconds", {"key": FIRST_KEY}, 1790000000),
    ("drawbridge_key_rotated_timestamp_seconds", {"key": FIRST_KEY}, 1794000000),
    ("drawbridge_key_denied_total", {"key": FIRST_KEY}, 3),
    ("drawbridge_key_new_networks_total", {"key": FIRST_KEY}, 2),
    ("drawbridge_key_new_networks_total", {"key": SECOND_KEY}, 0),
    ("drawbridge_key_enabled", {"key": FIRST_KEY}, 1),
    ("drawbridge_rate_limited_total", {"key": FIRST_KEY}, 7),
    ("drawbridge_rate_limited_total", {"key": SECOND_KEY}, 0),
    ("drawbridge_lockouts", {}, 1),
    ("drawbridge_lockouts_started_total", {}, 4),
    ("drawbridge_unread_responses", {}, 2),
    ("drawbridge_unread_response_bytes", {}, 70_000),
    ("drawbridge_slow_readers_dropped_total", {}, 3),
    ("drawbridge_stream_clients", {"transport": "websocket"}, 3),
    ("drawbridge_stream_clients", {"transport": "stream"}, 0),
    ("drawbridge_stream_events_total", {}, 1200),
    ("drawbridge_stream_conflated_total", {}, 40),
    ("drawbridge_stream_dropped_total", {}, 1),
    ("drawbridge_stream_pending_bytes", {}, 4096),
    ("drawbridge_stream_commands_total", {"type": "ping", "result": "success"}, 7),
    ("drawbridge_stream_commands_total", {"type": "other", "result": "unknown_command"}, 0),
    ("drawbridge_stream_delivery_delay_seconds_bucket", {"le": "0.001"}, 2),
    ("drawbridge_stream_delivery_delay_seconds_bucket", {"le": "0.01"}, 5),
    ("drawbridge_stream_delivery_delay_seconds_bucket", {"le": "+Inf"}, 6),
    ("drawbridge_stream_delivery_delay_seconds_sum", {}, 1.5),
    ("drawbridge_audit_dropped_total", {"reason": "scope"}, 5),
    ("drawbridge_door_requests_total", {"door": "home_assistant"}, 30),
    ("drawbridge_door_requests_total", {"door": "listener"}, 12),
    ("drawbridge_door_clients", {"door": "home_assistant"}, 2),
    ("drawbridge_door_clients", {"door": "listener"}, 1),
    ("drawbridge_listener_up", {}, 1),
    ("drawbridge_listener_connections", {}, 4),
    ("drawbridge_listener_dropped_connections_total", {}, 6),
    ("drawbridge_listener_certificate_expiry_timestamp_seconds", {}, 4000000000.5),
    ("drawbridge_homeassistant_process_cpu_seconds_total", {}, 12.5),
    ("drawbridge_homeassistant_process_resident_memory_bytes", {}, 400_000_000),
    ("drawbridge_homeassistant_process_threads", {}, 31),
    ("drawbridge_homeassistant_process_open_fds", {}, 90),
    ("drawbridge_homeassistant_process_max_fds", {}, 1024),
    ("drawbridge_homeassistant_process_open_sockets", {}, 40),
    ("drawbridge_homeassistant_gc_collections_total", {"generation": "0"}, 50),
    ("drawbridge_homeassistant_gc_pause_seconds_total", {"generation": "2"}, 0.5),
)


@pytest.mark.parametrize("accept", ["text/plain", OPENMETRICS])
async def test_each_series_has_its_value(bridge: BridgeServer, exporter: Exporter, accept: str) -> None:
    """Each series has its value, in both formats."""
    bridge.document = full_snapshot()
    answer = await scrape(exporter, Accept=accept)
    found = {(sample, *labels.items()): answer.value(sample, labels) for sample, labels, _ in SERIES}
    assert found == {(sample, *labels.items()): pytest.approx(value) for sample, labels, value in SERIES}


async def test_connections_are_kept_open(exporter: Exporter) -> None:
    """The second scrape uses the connection of the first."""
    await scrape(exporter)
    answer = await scrape(exporter)
    assert answer.value("drawbridge_exporter_connections_opened_total") == 1
    assert answer.value("drawbridge_exporter_connections_reused_total") == 1
    assert answer.value("drawbridge_exporter_connection_pool_size") == 5


async def test_durations_are_a_cumulative_histogram(exporter: Exporter) -> None:
    """Durations are a cumulative histogram with a bucket at 2 s, which the objective uses."""
    answer = await scrape(exporter)
    family = answer.families()["drawbridge_http_request_duration_seconds"]
    assert family.type == "histogram"
    buckets = {s.labels["le"]: s.value for s in family.samples if s.name.endswith("_bucket")}
    assert buckets == {"0.005": 10, "0.1": 14, "1.0": 16, "2.0": 16, "+Inf": 17}
    assert answer.value("drawbridge_http_request_duration_seconds_count", {"route": ROUTE}) == 17
    assert answer.value("drawbridge_http_request_duration_seconds_sum", {"route": ROUTE}) == 3.25


async def test_openmetrics_tells_when_counters_began(exporter: Exporter) -> None:
    """OpenMetrics has created timestamps, so that a restart is visible even if the new count is higher."""
    answer = await scrape(exporter, Accept=OPENMETRICS)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")
    assert answer.value("drawbridge_http_response_bytes_created", {"route": ROUTE}) == STARTED_AT
    assert answer.value("drawbridge_http_request_duration_seconds_created", {"route": ROUTE}) == STARTED_AT


async def test_exemplars_link_to_traces(bridge: BridgeServer, exporter: Exporter) -> None:
    """In OpenMetrics, the bucket of a traced request has an exemplar."""
    bridge.document = full_snapshot()
    answer = await scrape(exporter, Accept=OPENMETRICS)
    samples = answer.families()["drawbridge_http_request_duration_seconds"].samples
    exemplars = {sample.labels["le"]: sample.exemplar for sample in samples if sample.exemplar}
    assert exemplars.keys() == {"0.1"}
    exemplar = exemplars["0.1"]
    assert exemplar is not None
    assert exemplar.labels == {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}
    assert exemplar.value == 0.07
    assert exemplar.timestamp is not None
    assert float(exemplar.timestamp) == 1795357000.5
    assert "trace_id" not in (await scrape(exporter)).text


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/html", "application/openmetrics-text;version=x", "application/openmetrics-text;version=9.0.0"],
)
async def test_any_other_wish_gets_the_text_format(exporter: Exporter, accept: str) -> None:
    """Any other Accept header gets the text format."""
    answer = await scrape(exporter, Accept=accept)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "_created" not in answer.text


@pytest.mark.parametrize("path", ["/metrics", "/probe?target=cabin"])
async def test_promtool_finds_no_fault(bridge: BridgeServer, tmp_path: Path, promtool: str, path: str) -> None:
    """Promtool accepts names, types, units and help texts."""
    bridge.document = full_snapshot()
    targets = targets_file(tmp_path, {"cabin": bridge.url})
    async with serving(replace(settings_for(bridge.url), targets_file=targets)) as exporter:
        answer = await exporter.get(path)
    checked = subprocess.run(  # noqa: ASYNC221, S603 - a test may block; promtool's own path
        [promtool, "check", "metrics"], input=answer.text, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


async def test_what_an_older_bridge_does_not_tell_is_absent(exporter: Exporter) -> None:
    """Metrics that an older bridge does not send are absent."""
    names = (await scrape(exporter)).families()
    later = (
        "rate_limited",
        "lockouts",
        "key_enabled",
        "key_new_networks",
        "cache_age_seconds",
        "cache_bypassed",
        "unread_responses",
        "audit_dropped",
    )
    names_of_live = [name for name in names if name.startswith("drawbridge_stream_")]
    assert not names_of_live
    assert not [name for name in names if name.startswith(("drawbridge_door_", "drawbridge_listener_"))]
    assert not [name for name in later if f"drawbridge_{name}" in names]


@pytest.mark.parametrize(("enabled", "running", "up"), [(True, False, 0), (False, False, None)])
async def test_a_listener_that_is_not_running(
    bridge: BridgeServer,
    exporter: Exporter,
    enabled: bool,  # noqa: FBT001
    running: bool,  # noqa: FBT001
    up: float | None,
) -> None:
    """It is down if it is enabled, and otherwise neither up nor down. Without TLS, it has no certificate."""
    document = full_snapshot()
    document["listener"] |= {"enabled": enabled, "running": running, "connections": 0, "certificate_ends": None}
    bridge.document = document
    answer = await scrape(exporter)
    assert answer.value("drawbridge_listener_up") == up
    assert answer.value("drawbridge_listener_connections") == 0
    assert answer.value("drawbridge_listener_dropped_connections_total") == 6
    assert answer.value("drawbridge_listener_certificate_expiry_timestamp_seconds") is None


async def test_a_system_without_proc(bridge: BridgeServer, exporter: Exporter) -> None:
    """What Home Assistant cannot read about its process is absent. The garbage collector is known everywhere."""
    document = full_snapshot()
    document["process"] |= dict.fromkeys(
        ("cpu_seconds", "resident_bytes", "threads", "open_files", "max_files", "sockets")
    )
    bridge.document = document
    answer = await scrape(exporter)
    assert "drawbridge_homeassistant_process" not in answer.text
    assert answer.value("drawbridge_homeassistant_gc_collections_total", {"generation": "0"}) == 50


async def test_what_is_unknown_is_absent(bridge: BridgeServer, exporter: Exporter) -> None:
    """Unknown values are absent instead of 0."""
    document = bridge.document
    assert isinstance(document, dict)
    document["health"]["score"] = None
    document["event_loop_lag"] = None
    answer = await scrape(exporter)
    assert answer.value("drawbridge_health_score_ratio") is None
    assert answer.value("drawbridge_health_component_ratio", {"component": "event_loop"}) is None
    assert answer.value("drawbridge_event_loop_lag_seconds") is None
    assert answer.value("drawbridge_key_last_used_timestamp_seconds", {"key": SECOND_KEY}) is None
    assert answer.value("drawbridge_key_expiry_timestamp_seconds", {"key": FIRST_KEY}) is None


async def test_a_scrape_shows_nothing_of_the_one_before(bridge: BridgeServer, exporter: Exporter) -> None:
    """Series of a removed key or a failing target do not remain."""
    await scrape(exporter)
    document = bridge.document
    assert isinstance(document, dict)
    document["keys"].pop(0)
    answer = await scrape(exporter)
    assert FIRST_KEY not in answer.text
    bridge.status = 503
    answer = await scrape(exporter)
    assert SECOND_KEY not in answer.text
    assert "drawbridge_http_requests" not in answer.text


@pytest.mark.parametrize("ahead", [120.0, -120.0])
async def test_clock_skew_is_measured(bridge: BridgeServer, exporter: Exporter, ahead: float) -> None:
    """The exporter reports a clock that is two minutes off."""
    bridge.document = snapshot() | {"generated_at": time.time() + ahead}
    skew = (await scrape(exporter)).value("drawbridge_clock_skew_seconds")
    assert skew == pytest.approx(ahead, abs=60)


async def test_a_clock_that_agrees_has_no_skew(bridge: BridgeServer, exporter: Exporter) -> None:
    """The duration of the scrape does not count as clock skew."""
    bridge.gate.clear()
    began = asyncio.create_task(scrape(exporter))
    await bridge.asked.wait()
    bridge.document = snapshot() | {"generated_at": time.time()}
    bridge.gate.set()
    assert (await began).value("drawbridge_clock_skew_seconds") == 0


async def test_gzip_is_by_negotiation(exporter: Exporter) -> None:
    """The response is compressed with gzip if the client accepts it."""
    packed = await exporter.get("/metrics", Accept_Encoding="gzip")
    plain = await exporter.get("/metrics", Accept_Encoding="identity")
    assert packed.headers.get("Content-Encoding") == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.value("drawbridge_up") == plain.value("drawbridge_up") == 1


async def test_the_exporters_own_process_is_measured(exporter: Exporter) -> None:
    """Memory and CPU of the exporter, under the names that every exporter has."""
    answer = await scrape(exporter)
    memory = answer.value("process_resident_memory_bytes")
    assert memory is not None
    assert memory > 0
