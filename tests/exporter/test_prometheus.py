"""A real Prometheus with the rules scrapes a real exporter; the dashboard's queries are asked of it."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from scripts.build_dashboard import dashboard

from .bridge import BridgeServer
from .documents import KEY, full_snapshot
from .process import running_exporter

RULES = Path(__file__).parents[2] / "exporter" / "rules"
SCRAPE_SECONDS = 1
SETTLE_SECONDS = 12


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
    return document


class Prometheus:
    """A Prometheus at ``url``."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        """Ask over ``session``."""
        self.url = url
        self._session = session

    async def get(self, path: str, **query: str) -> Any:
        """Return the data of an API answer."""
        async with self._session.get(f"{self.url}/api/v1/{path}", params=query) as response:
            answer = await response.json()
            assert answer["status"] == "success", answer
            return answer["data"]

    async def query(self, expression: str) -> list[Any]:
        """Return the result of an instant query."""
        result: list[Any] = (await self.get("query", query=expression))["result"]
        return result

    async def until(self, expression: str) -> None:
        """Wait until a query has a result."""
        async with asyncio.timeout(30):
            while not await self.query(expression):
                await asyncio.sleep(0.2)


@asynccontextmanager
async def running_prometheus(folder: Path, target: str) -> AsyncIterator[Prometheus]:
    """Run Prometheus on a free port until the block ends."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.fail("prometheus is missing: run scripts/setup, or install Debian's package prometheus")
    config = {
        "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "evaluation_interval": f"{SCRAPE_SECONDS}s"},
        "rule_files": [str(RULES / "*.yml")],
        "scrape_configs": [{"job_name": "drawbridge", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--log.level=error",
    )
    try:
        async with aiohttp.ClientSession() as session:
            await _until_ready(f"http://{address}/-/ready", session)
            yield Prometheus(f"http://{address}", session)
    finally:
        process.terminate()
        await process.wait()


async def _until_ready(url: str, session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with session.get(url) as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.1)


def filled(expression: str) -> str:
    """Return a panel's query with Grafana's variables filled in."""
    for name, value in {"$instance": ".*", "$__rate_interval": "8s", "$__interval": "8s"}.items():
        expression = expression.replace(name, value)
    return expression


async def grow(bridge: BridgeServer) -> None:
    """Let the bridge's counters grow until the task is cancelled."""
    step = 0
    while True:
        bridge.document = grown(step)
        step += 1
        await asyncio.sleep(0.5)


async def test_the_whole_path(bridge: BridgeServer, tmp_path: Path) -> None:
    """Every panel has data, every rule evaluates, and a bridge that goes down is seen at once."""
    busy = asyncio.create_task(grow(bridge))
    async with (
        running_exporter(HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as exporter,
        running_prometheus(tmp_path, exporter.url.removeprefix("http://")) as prometheus,
    ):
        await prometheus.until("drawbridge_up == 1")
        await asyncio.sleep(SETTLE_SECONDS)
        targets = [target for panel in dashboard()["panels"] for target in panel.get("targets", ())]
        empty = [target["expr"] for target in targets if not await prometheus.query(filled(target["expr"]))]
        assert not empty, json.dumps(empty, indent=2)
        groups = (await prometheus.get("rules"))["groups"]
        assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}
        assert await prometheus.query("instance:drawbridge_http_requests:rate5m > 0")
        assert await prometheus.query("cache:drawbridge_cache_hits:ratio_rate30m > 0")

        bridge.status = 503
        await prometheus.until("drawbridge_up == 0")
        assert not await prometheus.query("drawbridge_http_requests_total")
        assert await prometheus.query('drawbridge_scrape_error{reason="unavailable"} == 1')
        await prometheus.until('ALERTS{alertname="DrawbridgeDown", alertstate="pending"}')
    busy.cancel()
