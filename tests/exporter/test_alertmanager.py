"""A real Alertmanager with the example: alerts arrive at the webhooks of their receivers."""

import asyncio
import re
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox import ports
from sandbox.process import Process

EXAMPLE = Path(__file__).parents[2] / "exporter" / "alertmanager" / "alertmanager.yml"
ALERTMANAGER = shutil.which("alertmanager") or shutil.which("prometheus-alertmanager")
SECONDS = 30.0


class Webhooks:
    """The receivers: what arrived at each, by the last part of its address."""

    def __init__(self) -> None:
        """Create receivers that have got nothing."""
        self.alerts: defaultdict[str, set[str]] = defaultdict(set)
        self._arrived = asyncio.Condition()

    async def receive(self, request: web.Request) -> web.Response:
        """Keep the names of the alerts."""
        document = await request.json()
        async with self._arrived:
            names = {alert["labels"]["alertname"] for alert in document["alerts"]}
            self.alerts[request.match_info["receiver"]] |= names
            self._arrived.notify_all()
        return web.Response()

    async def until(self, receiver: str, alert: str) -> None:
        """Wait until an alert has arrived."""
        async with asyncio.timeout(SECONDS), self._arrived:
            await self._arrived.wait_for(lambda: alert in self.alerts[receiver])


@asynccontextmanager
async def running_webhooks() -> AsyncIterator[tuple[Webhooks, str]]:
    """Run the receivers until the block ends, and yield their address."""
    webhooks = Webhooks()
    app = web.Application()
    app.router.add_post("/{path:.*/}{receiver}", webhooks.receive)
    app.router.add_post("/{receiver}", webhooks.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield webhooks, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def send(url: str, *alerts: dict[str, str]) -> None:
    """Send firing alerts, as Prometheus does."""
    body: list[dict[str, Any]] = [{"labels": labels} for labels in alerts]
    async with aiohttp.ClientSession() as session, session.post(f"{url}/api/v2/alerts", json=body) as response:
        assert response.status == 200, await response.text()


@asynccontextmanager
async def running_alertmanager(folder: Path, hooks: str, example: str = "") -> AsyncIterator[str]:
    """Run Alertmanager with the example and local receivers until the block ends, and yield its address."""
    config, port = folder / "alertmanager.yml", ports.choose(None)
    local = re.sub(r"url: https?://[^/]+/", f"url: {hooks}/", example or EXAMPLE.read_text())
    local = local.replace("group_wait: 10s", "group_wait: 1s").replace("group_wait: 30s", "group_wait: 1s")
    await asyncio.to_thread(config.write_text, local)
    url = f"http://127.0.0.1:{port}"
    process = Process(
        "Alertmanager",
        [
            ALERTMANAGER or "",
            f"--config.file={config}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        log=folder / "alertmanager.log",
    )
    process.start()
    try:
        await process.until(lambda: ready(url), seconds=SECONDS, what="ready")
        yield url
    finally:
        await process.stop()


@pytest.mark.skipif(ALERTMANAGER is None, reason="Alertmanager is not installed")
async def test_the_example_delivers(tmp_path: Path) -> None:
    """Critical alerts at once, the watchdog to the dead man's switch; what adds nothing is inhibited."""
    async with running_webhooks() as (webhooks, hooks), running_alertmanager(tmp_path, hooks) as url:
        home = {"job": "drawbridge", "instance": "home:9123"}
        await send(url, {"alertname": "DrawbridgeWatchdog", "severity": "none"})
        await webhooks.until("drawbridge", "DrawbridgeWatchdog")
        await send(url, {"alertname": "DrawbridgeAbsent", "severity": "critical"})
        await webhooks.until("drawbridge-critical", "DrawbridgeAbsent")
        await send(url, {"alertname": "DrawbridgeScrapeFailing", "severity": "critical"} | home)
        await send(url, {"alertname": "DrawbridgeErrorBudgetBurn", "severity": "critical"} | home)
        await send(url, {"alertname": "DrawbridgeClockSkew", "severity": "critical"} | home)
        await webhooks.until("drawbridge-critical", "DrawbridgeClockSkew")
        await asyncio.sleep(2)
    assert webhooks.alerts["drawbridge-critical"] == {"DrawbridgeAbsent", "DrawbridgeClockSkew"}
    assert webhooks.alerts["drawbridge-second-level"] == set(), "only what lasts for half an hour"


async def ready(url: str) -> bool:
    """Return whether Alertmanager answers."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/-/ready") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
