"""The load test: expected and peak load, and what they leave behind. Only with --load."""

import asyncio
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import aiohttp

from .context import Context
from .local import resident_bytes
from .model import Check, Finding, failed, needs_person, passed

_SECTION: Final = "Load"
_EXPECTED_CONNECTIONS: Final = 4
_PEAK_CONNECTIONS: Final = 32
_MEAN_SECONDS: Final = 2.0
_ERROR_RATIO: Final = 0.05
_SLOWER: Final = 3.0
_IDLE_REQUESTS: Final = 20
_SETTLE_SECONDS: Final = 2.0
_GROWTH_RATIO: Final = 0.25
_MIB: Final = 1024 * 1024
_SERVER_ERRORS: Final = range(500, 600)
_PAUSE_SECONDS: Final = 0.05


@dataclass(slots=True)
class Measured:
    """What one phase of load saw."""

    seconds: float = 0.0
    durations: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    shed: int = 0

    @property
    def requests(self) -> int:
        """Return the requests made."""
        return sum(self.statuses.values()) + self.broken

    @property
    def limited(self) -> int:
        """Return the requests that the key's own rate limit refused."""
        return self.statuses[HTTPStatus.TOO_MANY_REQUESTS]

    @property
    def errors(self) -> int:
        """Return the requests that failed; those put off with Retry-After did not."""
        return (
            self.broken - self.shed + sum(self.statuses[status] for status in self.statuses if status in _SERVER_ERRORS)
        )

    @property
    def mean(self) -> float:
        """Return the mean duration of answers that were not refused."""
        return statistics.fmean(self.durations) if self.durations else 0.0

    def describe(self) -> str:
        """Return throughput, percentiles and errors in a line."""
        if len(self.durations) < 2:  # noqa: PLR2004 - percentiles need two
            return f"{self.requests} requests, {self.limited} of them refused by the key's rate limit"
        cuts = statistics.quantiles(self.durations, n=100, method="inclusive")
        limited = f", {self.limited} refused by the key's rate limit" if self.limited else ""
        shed = f", {self.shed} put off with Retry-After" if self.shed else ""
        return (
            f"{len(self.durations) / self.seconds:.0f} requests/s, half within {cuts[49] * 1000:.1f} ms, 95 % within"
            f" {cuts[94] * 1000:.1f} ms, 99 % within {cuts[98] * 1000:.1f} ms, {self.errors} errors{shed}{limited}"
        )


class LoadTest:
    """The phases, one after the other, each compared with the state before."""

    def __init__(self) -> None:
        """Begin with nothing measured."""
        self._idle = Measured()
        self._memory: int | None = None

    def checks(self) -> tuple[Check, ...]:
        """Return the checks in the order in which they must run."""
        return (
            Check(_SECTION, "load-expected", f"Expected load: {_EXPECTED_CONNECTIONS} connections", self.expected),
            Check(_SECTION, "load-peak", f"Peak load: {_PEAK_CONNECTIONS} connections", self.peak),
            Check(_SECTION, "load-recovery", "It recovers at once", self.recovery),
            Check(_SECTION, "load-memory", "Memory is given back", self.memory),
        )

    async def expected(self, context: Context) -> Finding:
        """Measure a quiet bridge first, then one under the load of a usual day."""
        self._memory = resident_bytes(context.plan.url)
        self._idle = await _quiet(context)
        return _judge(await _load(context, _EXPECTED_CONNECTIONS))

    async def peak(self, context: Context) -> Finding:
        """Measure the bridge under more than it will meet."""
        return _judge(await _load(context, _PEAK_CONNECTIONS))

    async def recovery(self, context: Context) -> Finding:
        """Compare the quiet bridge after the load with the one before."""
        await asyncio.sleep(_SETTLE_SECONDS)
        after = await _quiet(context)
        if not after.durations or not self._idle.durations:
            return needs_person("The key's rate limit left no requests to compare.", "Run with a key without a limit.")
        before_ms, after_ms = (statistics.median(phase.durations) * 1000 for phase in (self._idle, after))
        evidence = (
            f"Half of {_IDLE_REQUESTS} quiet requests took {before_ms:.1f} ms before and {after_ms:.1f} ms after."
        )
        if after.errors or after_ms > _SLOWER * before_ms + 5:
            return failed(evidence, "Look at Home Assistant's log and at the lag of its event loop.")
        return passed(evidence)

    async def memory(self, context: Context) -> Finding:
        """Compare the memory of Home Assistant's process before and after."""
        after = resident_bytes(context.plan.url)
        if self._memory is None or after is None:
            return needs_person(
                "Home Assistant runs on another machine; its memory cannot be seen from here.",
                "Compare it before and after a load in Settings > System > Hardware.",
            )
        evidence = f"{self._memory / _MIB:.0f} MiB before, {after / _MIB:.0f} MiB after."
        if after > self._memory * (1 + _GROWTH_RATIO):
            return failed(evidence, "Run again; if it grows each time, report it.")
        return passed(evidence)


async def _path(context: Context) -> str:
    return "/api/states" if context.plan.load_key or "read" in (await context.me()).capabilities else "/metrics"


async def _quiet(context: Context) -> Measured:
    """Ask one request after the other, with pauses."""
    path, measured = await _path(context), Measured(seconds=1.0)
    for _ in range(_IDLE_REQUESTS):
        await _one(context, path, measured)
        await asyncio.sleep(_PAUSE_SECONDS)
    return measured


async def _load(context: Context, connections: int) -> Measured:
    """Ask over so many connections at once, as fast as they are answered."""
    path, measured = await _path(context), Measured()
    started = time.perf_counter()

    async def work() -> None:
        while time.perf_counter() - started < context.plan.load_seconds:
            await _one(context, path, measured)

    await asyncio.gather(*(work() for _ in range(connections)))
    measured.seconds = time.perf_counter() - started
    return measured


async def _one(context: Context, path: str, measured: Measured) -> None:
    headers = {"Authorization": f"Bearer {context.plan.load_key or context.plan.key}"}
    try:
        reply = await context.ask(path, headers=headers)
    except aiohttp.ClientError, TimeoutError:
        measured.broken += 1
        return
    measured.statuses[reply.status] += 1
    if reply.status == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in reply.headers:
        measured.shed += 1
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        await asyncio.sleep(_PAUSE_SECONDS)
    else:
        measured.durations.append(reply.seconds)


def _judge(measured: Measured) -> Finding:
    if not measured.durations and not measured.broken:
        return needs_person(f"{measured.describe()}.", "Run with a key without a rate limit, made for the test.")
    evidence = f"{measured.describe()}."
    if measured.errors >= _ERROR_RATIO * measured.requests:
        return failed(evidence, "See the runbook DrawbridgeErrorBudgetBurn.")
    if measured.mean >= _MEAN_SECONDS:
        return failed(evidence, "See the runbook DrawbridgeLatencyBudgetBurn.")
    return passed(evidence)
