"""A real Prometheus with the rules scrapes a real exporter; the dashboard's queries are asked of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.client import Json
from sandbox.prometheus import Prometheus
from scripts.build_dashboard import built

from .bridge import BridgeServer
from .documents import KEY, full_snapshot, snapshot
from .files import targets_file
from .process import running_exporter

SETTLE_SECONDS = 12
# They have rows only while something is wrong.
EMPTY_WHILE_FINE = {"Down", "Homes by state", "Keys that expire next", "Listeners that are down"}


def grown(step: int) -> dict[str, Any]:
    """Return a snapshot whose every counter has grown ``step`` times."""
    document = full_snapshot()
    for row in document["requests"]:
        row["count"] += 5 * step
    for row in document["durations"]:
        row["counts"] = [count + 2 * step for count in row["counts"]]
        row["sum"] += step
    for row in document["response_bytes"]:
        row["bytes"] += 1000 * step
    for cache in document["cache"].values():
        for name in ("requests", "hits", "revalidations", "invalidations", "evictions"):
            cache[name] += step
    delays = document["live"]["delays"]
    delays["counts"] = [count + step for count in delays["counts"]]
    return document


def queries(titles: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the queries of all dashboards, or of the panels with these titles."""
    panels = [panel for board in built().values() for panel in board["panels"]]
    return [query for panel in panels if not titles or panel["title"] in titles for query in panel.get("targets", ())]


def filled(expression: str) -> str:
    """Return a panel's query with Grafana's variables filled in."""
    for name, value in {"$instance": ".*", "$job": ".*", "$__rate_interval": "8s", "$__interval": "8s"}.items():
        expression = expression.replace(name, value)
    return expression


async def grow(bridge: BridgeServer) -> None:
    """Let the bridge's counters grow until the task is cancelled."""
    step = 0
    while True:
        bridge.document = grown(step)
        step += 1
        await asyncio.sleep(0.5)


async def rules(prometheus: Prometheus) -> list[Json]:
    """Return every rule with its state."""
    async with aiohttp.ClientSession() as session, session.get(f"{prometheus.url}/api/v1/rules") as response:
        groups = (await response.json())["data"]["groups"]
    return [rule for group in groups for rule in group["rules"]]


async def test_the_whole_path(bridge: BridgeServer, tmp_path: Path) -> None:
    """Every panel has data, every rule evaluates; a restart is a reset, and a bridge that goes down is seen at once."""
    busy = asyncio.create_task(grow(bridge))
    async with running_exporter(HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as exporter:
        jobs = {"drawbridge": exporter.url.removeprefix("http://")}
        prometheus = Prometheus(tmp_path / "prometheus", jobs, scrape_seconds=1)
        prometheus.start()
        try:
            await prometheus.wait_until_ready()
            await prometheus.until("drawbridge_up", 1)
            await asyncio.sleep(SETTLE_SECONDS)
            await eventually(check_with_data, prometheus)
            busy.cancel()
            await asyncio.sleep(SETTLE_SECONDS)
            await eventually(check_at_rest, prometheus)
            bridge.document = snapshot() | {"bridge": {"version": "0.1.0", "started_at": time.time()}}
            await prometheus.until('min(resets(drawbridge_http_requests_total{code="200"}[1m]))', 1)
            bridge.status = 503
            await prometheus.until("drawbridge_up", 0)
            await check_without_data(prometheus)
        finally:
            busy.cancel()
            await prometheus.process.stop()


async def eventually(check: Callable[[Prometheus], Awaitable[None]], prometheus: Prometheus) -> None:
    """Repeat a check until it passes, for at most a minute. A busy machine scrapes late."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return await check(prometheus)
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(1)


async def test_homes_are_discovered(bridge: BridgeServer, tmp_path: Path) -> None:
    """Prometheus gets the homes from the exporter, without relabeling: one is up, the other is not."""
    file = targets_file(tmp_path, {"cabin": bridge.url, "barn": "http://127.0.0.1:1"})
    async with running_exporter(TARGETS_FILE=str(file)) as exporter:
        prometheus = Prometheus(tmp_path / "prometheus", {})
        (tmp_path / "prometheus" / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: drawbridge\n    http_sd_configs:\n"
            f"      - url: {exporter.url}/sd\n"
        )
        prometheus.start()
        try:
            await prometheus.wait_until_ready()
            await prometheus.until('drawbridge_up{job="drawbridge", instance="cabin"}', 1)
            await prometheus.until('drawbridge_up{job="drawbridge", instance="barn"}', 0)
            assert await prometheus.value("count(up)") == 2
        finally:
            await prometheus.process.stop()


async def check_with_data(prometheus: Prometheus) -> None:
    """The dashboard is full, and the rules are in order."""
    targets = queries()
    empty = [target["expr"] for target in targets if not await prometheus.query(filled(target["expr"]))]
    # These rules are evaluated every five minutes.
    slow = [rule for rule in await rules(prometheus) if rule["name"].endswith("left30d")]
    fine = {query["expr"] for query in queries(EMPTY_WHILE_FINE)}
    assert [expression for expression in empty if "left30d" not in expression and expression not in fine] == []
    assert len(slow) == 2
    assert all([await prometheus.query(rule["query"]) for rule in slow])
    assert {rule["health"] for rule in await rules(prometheus) if rule not in slow} == {"ok"}
    assert await prometheus.query("instance:drawbridge_http_requests:rate5m > 0")
    # Prometheus 3 changes le="2" to le="2.0".
    assert await prometheus.query("instance:drawbridge_http_slow:ratio_rate5m > 0")
    assert await prometheus.query("cache:drawbridge_cache_hits:ratio_rate30m > 0")


async def check_at_rest(prometheus: Prometheus) -> None:
    """Nothing is NaN while there are no requests: neither a panel nor a rule."""
    targets = queries()
    expressions = [filled(target["expr"]) for target in targets] + [rule["query"] for rule in await rules(prometheus)]
    found = {text: [row["value"][1] for row in await prometheus.query(text)] for text in expressions}
    assert [text for text, values in found.items() if {"NaN", "+Inf", "-Inf"} & set(values)] == []


async def check_without_data(prometheus: Prometheus) -> None:
    """Nothing of before is shown, the reason is, and the alert begins."""
    assert not await prometheus.query("drawbridge_http_requests_total")
    assert await prometheus.query('drawbridge_scrape_error{reason="unavailable"} == 1')
    [down] = queries({"Down"})
    assert [row["metric"]["reason"] for row in await prometheus.query(filled(down["expr"]))] == ["unavailable"]
    await prometheus.until('count(ALERTS{alertname="DrawbridgeDown", alertstate="pending"})', 1)
