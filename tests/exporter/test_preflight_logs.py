"""Preflight's items about logs, with a server that answers as Loki's API does."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from drawbridge_exporter.preflight import logs
from drawbridge_exporter.preflight.model import Status

from .checking import statuses, url_of, verdicts
from .whole_bridge import running_whole_bridge


class Loki:
    """The part of Loki's API that preflight asks. It has the lines that were pushed to it."""

    def __init__(self) -> None:
        """Create a Loki without lines and rules."""
        self.lines: list[str] = []
        self.alerts: list[str] = []
        self.status = 200
        self.url = ""

    async def query(self, request: web.Request) -> web.Response:
        """Return the lines that contain a text."""
        query = request.query["query"]
        assert int(request.query["start"]) < time.time_ns() < int(request.query["end"])
        wanted = query.partition('|= "')[2].partition('"')[0]
        found = [line for line in self.lines if wanted and wanted in line]
        return web.json_response({"status": "success", "data": {"result": found}}, status=self.status)

    async def rules(self, _request: web.Request) -> web.Response:
        """Return the rules."""
        groups = [{"rules": [{"name": name} for name in self.alerts]}]
        return web.json_response({"status": "success", "data": {"groups": groups}})


@asynccontextmanager
async def running_loki() -> AsyncIterator[Loki]:
    """Run the server until the block ends."""
    loki = Loki()
    app = web.Application()
    app.router.add_get("/loki/api/v1/query_range", loki.query)
    app.router.add_get("/prometheus/api/v1/rules", loki.rules)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    loki.url = str(url_of(runner.addresses[0]))
    try:
        yield loki
    finally:
        await runner.cleanup()


async def test_logs_that_arrive() -> None:
    """The record of the refused request of this run is found by its request id."""
    async with running_whole_bridge() as bridge, running_loki() as loki:
        loki.alerts = [*logs.LOG_ALERTS]
        bridge.seen = loki.lines.append
        found = await verdicts(logs.CHECKS, bridge.url, loki=url_of(("", int(loki.url.rpartition(":")[2]))))
    assert set(statuses(found).values()) == {Status.PASSED}, found
    assert len(loki.lines) == 1


async def test_logs_that_do_not_arrive() -> None:
    """Logs that do not arrive, missing alerts and a Loki that refuses queries are found."""
    async with running_whole_bridge() as bridge, running_loki() as loki:
        url = url_of(("", int(loki.url.rpartition(":")[2])))
        loki.lines.append("preflight-of-another-run")
        found = await verdicts(logs.CHECKS, bridge.url, loki=url, loki_seconds=0.5)
        loki.status = 400
        refused = await verdicts(logs.CHECKS, bridge.url, loki=url, loki_seconds=0.5)
    assert statuses(found) == {
        "log-aggregation": Status.FAILED,
        "log-analysis": Status.PASSED,
        "log-alerts": Status.FAILED,
    }
    assert set(statuses(refused).values()) == {Status.FAILED}


async def test_without_loki_a_person_is_asked() -> None:
    """Without Loki, a person is asked, and nothing passes."""
    assert set(statuses(await verdicts(logs.CHECKS)).values()) == {Status.PERSON}
