"""A real Prometheus with the exporter's rules, and the alerts that fire in it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final

import aiohttp
import yaml

from sandbox.client import Json
from sandbox.files import private_folder
from sandbox.prometheus import POLL_SECONDS, RULES, Prometheus
from sandbox.stack import Stack
from sandbox.wait import until

SECONDS: Final = 60.0
SCRAPE_SECONDS: Final = 1
ALWAYS: Final = frozenset({"DrawbridgeWatchdog"})


def without_waiting(folder: Path) -> Path:
    """Write the rules without the time for which a condition has to hold, and return the pattern of their files."""
    private_folder(folder)
    for file in RULES.parent.glob(RULES.name):
        document = yaml.safe_load(file.read_text())
        for group in document["groups"]:
            group.pop("interval", None)
            for rule in group["rules"]:
                rule.pop("for", None)
        (folder / file.name).write_text(yaml.safe_dump(document))
    return folder / RULES.name


class Alerts:
    """The alerts that fire in a Prometheus.

    They have their names, and the severity too if there are several: `DrawbridgeErrorBudgetBurn critical`.
    """

    def __init__(self, prometheus: Prometheus) -> None:
        """Ask a Prometheus."""
        self.prometheus = prometheus
        self.expected = ALWAYS

    @asynccontextmanager
    async def caused(self, *names: str, ended: Collection[str] = ()) -> AsyncIterator[None]:
        """Wait at the end of the block until these alerts fire too, and no others. `ended` are those that resolve."""
        await self.are_expected()
        assert self.expected.isdisjoint(names)
        assert self.expected.issuperset(ended)
        yield
        self.expected = self.expected.union(names).difference(ended)
        await self.are_expected()

    async def are_expected(self) -> None:
        """Wait until no other alerts fire than those that were caused."""
        found: set[str] = set()

        async def as_expected() -> bool:
            nonlocal found
            found = await self.firing()
            return found == self.expected

        try:
            await until(as_expected, seconds=SECONDS, poll=POLL_SECONDS)
        except TimeoutError as error:
            missing, more = sorted(self.expected - found), sorted(found - self.expected)
            raise AssertionError(f"{missing} do not fire, and {more} do") from error

    async def firing(self, **labels: str) -> set[str]:
        """Return the alerts that fire, with these labels."""
        matchers = "".join(f',{label}="{value}"' for label, value in labels.items())
        alerts = await self.prometheus.query(f'ALERTS{{alertstate="firing"{matchers}}}')
        return {_name(alert["metric"]) for alert in alerts}

    async def scraped(self) -> None:
        """Wait until what has happened so far is in two more samples."""
        before = await self.prometheus.value("max(timestamp(drawbridge_up))") or 0
        then = before + 2 * SCRAPE_SECONDS
        await self.prometheus.until(f"max(timestamp(drawbridge_up)) > bool {then}", 1, seconds=SECONDS)


def _name(alert: Mapping[str, str]) -> str:
    name = alert["alertname"]
    return f"{name} {alert['severity']}" if name in _with_severities() else name


@cache
def _with_severities() -> set[str]:
    """Return the names of the alerts that have several severities."""
    names = [rule["alert"] for rule in _rules() if "alert" in rule]
    return {name for name in names if names.count(name) > 1}


def _rules() -> Iterable[Json]:
    for file in RULES.parent.glob(RULES.name):
        for group in yaml.safe_load(file.read_text())["groups"]:
            yield from group["rules"]


@asynccontextmanager
async def watched(folder: Path, jobs: Mapping[str, str], homes: int) -> AsyncIterator[Alerts]:
    """Run Prometheus, and wait until it has read this number of homes. Then no alert fires but the watchdog."""
    prometheus = Prometheus(
        folder / "prometheus", jobs, scrape_seconds=SCRAPE_SECONDS, rules=without_waiting(folder / "rules")
    )
    prometheus.start()
    try:
        await prometheus.wait_until_ready()
        await prometheus.until("count(drawbridge_up == 1)", homes, seconds=SECONDS)
        alerts = Alerts(prometheus)
        await alerts.scraped()
        await alerts.are_expected()
        yield alerts
    finally:
        await prometheus.process.stop()


async def ask(stack: Stack, key: str, path: str, *, times: int = 1, address: str | None = None) -> list[int]:
    """Send concurrent requests, from an address of this machine, and return the statuses of the responses."""
    local = None if address is None else (address, 0)
    connector = aiohttp.TCPConnector(limit=200, local_addr=local)
    method = "POST" if "/services/" in path else "GET"

    async def one(session: aiohttp.ClientSession) -> int:
        async with session.request(method, stack.bridge + path, headers={"X-API-Key": key}) as response:
            return response.status

    async with aiohttp.ClientSession(connector=connector) as session:
        return await asyncio.gather(*(one(session) for _ in range(times)))
