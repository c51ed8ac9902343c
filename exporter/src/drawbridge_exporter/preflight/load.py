"""Load tests at expected and peak load, followed by recovery and memory checks. They run only with `--load`."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp

from .context import Context, Plan
from .local import cpu_seconds, resident_bytes
from .measured import Measured
from .model import Check, Verdict, failed, needs_person, passed
from .profile_load import ProfileLoad

_SECTION: Final = "Load"
_EXPECTED_CONNECTIONS: Final = 4
_PEAK_CONNECTIONS: Final = 32
_MAX_MEAN_SECONDS: Final = 2.0
_MAX_P95_SECONDS: Final = 2.0
_MAX_P99_SECONDS: Final = 5.0
_MAX_ERROR_RATIO: Final = 0.05
_MAX_LIMITED_RATIO: Final = 0.05
_REFUSALS: Final = range(400, 500)
_MAX_SLOWDOWN_RATIO: Final = 3.0
_SLOWDOWN_MARGIN_MS: Final = 50.0
_IDLE_REQUESTS: Final = 20
_SETTLE_SECONDS: Final = 2.0
_MAX_SOAK_GROWTH_RATIO: Final = 0.05
_SOAK_PAUSE_SECONDS: Final = 0.25
_MAX_CPU_SECONDS: Final = 0.05
_MAX_GROWTH_RATIO: Final = 0.25
_BYTES_PER_MIB: Final = 1024 * 1024
_PAUSE_SECONDS: Final = 0.05
_MARGIN_SECONDS: Final = 60.0


class LoadTest:
    """Runs the phases of the load test in order, and compares the bridge before and after."""

    def __init__(self) -> None:
        """Create a load test without results."""
        self._idle = Measured()
        self._memory: int | None = None
        self._cpu: tuple[float, int] | None = None
        """The processor seconds and the requests of the peak load."""

    def checks(self, plan: Plan) -> tuple[Check, ...]:
        """Return the checks in the order in which they must run."""
        profile, peak = plan.load_profile, _PEAK_CONNECTIONS
        expected = f"{_EXPECTED_CONNECTIONS} connections" if profile is None else f"{profile.per_second} requests/s"
        limit = _MARGIN_SECONDS + (plan.load_seconds if profile is None else max(profile.seconds, plan.load_seconds))
        return (
            Check(_SECTION, "load-expected", f"Expected load: {expected}", self.expected, seconds=limit, flag="--load"),
            Check(_SECTION, "load-peak", f"Peak load: {peak} connections", self.peak, seconds=limit, flag="--load"),
            Check(_SECTION, "load-recovery", "The bridge recovers after the load", self.recovery, flag="--load"),
            Check(_SECTION, "load-memory", "Memory returns to its level before the load", self.memory, flag="--load"),
            *self._soak_check(plan),
            Check(_SECTION, "load-cpu", "Requests need little processor time", self.cpu, flag="--load"),
        )

    def _soak_check(self, plan: Plan) -> tuple[Check, ...]:
        minutes = plan.sources.soak_minutes
        title = f"It is stable for {minutes:g} minutes" if minutes else "It is stable for a long time"
        limit = minutes * 60 + _MARGIN_SECONDS
        return (Check(_SECTION, "load-soak", title, self.soak, seconds=limit, flag="--load --soak"),)

    async def soak(self, context: Context) -> Verdict:
        """Send a few requests per second for a long time, and compare memory and response times of both halves."""
        minutes = context.plan.sources.soak_minutes
        if not minutes:
            return needs_person("No time for a soak test was given.", "Run again with --soak MINUTES, such as 60.")
        halves, memory = [], []
        for _ in range(2):
            halves.append(await _steadily(context, minutes * 30))
            memory.append((await _process(context)).memory)
        return judge_soak((halves[0], halves[1]), (memory[0], memory[1]))

    async def expected(self, context: Context) -> Verdict:
        """Measure the idle bridge as a baseline, then the bridge under expected load."""
        self._memory = (await _process(context)).memory
        self._idle = await _quiet(context)
        profile = context.plan.load_profile
        if profile is None:
            return judge(await _load(context, _EXPECTED_CONNECTIONS))
        return judge(await ProfileLoad(context, profile).run())

    async def peak(self, context: Context) -> Verdict:
        """Measure the bridge under peak load."""
        before = (await _process(context)).cpu
        measured = await _load(context, _PEAK_CONNECTIONS)
        after = (await _process(context)).cpu
        if before is not None and after is not None:
            self._cpu = after - before, measured.requests
        if measured.durations and not _is_limited(measured):
            context.peak = len(measured.durations) / measured.seconds
        return judge(measured)

    async def recovery(self, context: Context) -> Verdict:
        """Compare the response times of the idle bridge before and after the load."""
        await asyncio.sleep(_SETTLE_SECONDS)
        after = await _quiet(context)
        if not after.durations or not self._idle.durations:
            return needs_person(
                "The key's rate limit refused the requests that the comparison needs.",
                "Run again with a key that has no rate limit.",
            )
        before_ms, after_ms = (statistics.median(phase.durations) * 1000 for phase in (self._idle, after))
        evidence = f"The median response time was {before_ms:.1f} ms before the load and {after_ms:.1f} ms after it."
        if after.errors or after_ms > _MAX_SLOWDOWN_RATIO * before_ms + _SLOWDOWN_MARGIN_MS:
            return failed(evidence, "Check Home Assistant's log and the lag of its event loop.")
        return passed(evidence)

    async def memory(self, context: Context) -> Verdict:
        """Compare the memory of Home Assistant's process before and after."""
        after = (await _process(context)).memory
        if self._memory is None or after is None:
            return needs_person(
                "Home Assistant runs on another machine, so its memory cannot be measured.",
                "Compare the memory usage before and after a load in Settings > System > Hardware.",
            )
        evidence = f"{self._memory / _BYTES_PER_MIB:.0f} MiB before, {after / _BYTES_PER_MIB:.0f} MiB after."
        if after > self._memory * (1 + _MAX_GROWTH_RATIO):
            return failed(evidence, "Run again. If memory grows with each run, report a bug.")
        return passed(evidence)

    async def cpu(self, _context: Context) -> Verdict:
        """Judge the processor time of Home Assistant's process for each request of the peak load."""
        if self._cpu is None or not self._cpu[1]:
            return needs_person(
                "The processor time of Home Assistant's process is not known.",
                "Update Drawbridge, or compare the processor usage in Settings > System > Hardware.",
            )
        seconds, requests = self._cpu
        evidence = f"{seconds / requests * 1000:.2f} ms of processor time for each of {requests} requests at peak load."
        if seconds > _MAX_CPU_SECONDS * requests:
            return failed(evidence, "Use deltas, subscriptions or smaller scopes; see docs/performance.md.")
        return passed(evidence)


@dataclass(frozen=True, slots=True)
class _Process:
    """The memory in bytes and the processor time in seconds of Home Assistant's process; None if not known."""

    memory: int | None
    cpu: float | None


async def _process(context: Context) -> _Process:
    """Return what the bridge reports of its process, otherwise what this machine knows of it."""
    told = (await context.raw_snapshot()).get("process")
    if isinstance(told, dict) and told.get("cpu_seconds") is not None:
        return _Process(told.get("resident_bytes"), told["cpu_seconds"])
    url = context.plan.url
    return _Process(resident_bytes(url), cpu_seconds(url))


async def _path(context: Context) -> str:
    return "/api/states" if context.plan.load_key or "read" in (await context.me()).capabilities else "/metrics"


async def _quiet(context: Context) -> Measured:
    """Send requests one at a time, with pauses."""
    path, measured = await _path(context), Measured(seconds=1.0)
    for _ in range(_IDLE_REQUESTS):
        await _one(context, path, measured)
        await asyncio.sleep(_PAUSE_SECONDS)
    return measured


async def _steadily(context: Context, seconds: float) -> Measured:
    """Send requests one at a time, a few per second."""
    path, measured, started = await _path(context), Measured(), time.perf_counter()
    while time.perf_counter() - started < seconds:
        await _one(context, path, measured)
        await asyncio.sleep(_SOAK_PAUSE_SECONDS)
    measured.seconds = time.perf_counter() - started
    return measured


async def _load(context: Context, connections: int) -> Measured:
    """Send requests as fast as they are answered, over a number of concurrent connections."""
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
        reply = await context.ask_now(path, headers=headers)
    except (aiohttp.ClientError, TimeoutError):
        measured.broken += 1
        return
    measured.count(reply)
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        await asyncio.sleep(_PAUSE_SECONDS)
    elif reply.status in _REFUSALS:
        measured.refused += 1
    else:
        measured.durations.append(reply.seconds)


def judge(measured: Measured) -> Verdict:
    """Return the verdict of a load: its errors, its mean and its slowest requests."""
    if not measured.durations and not measured.broken:
        return needs_person(f"{measured.describe()}.", "Run again with a key for the test that has no rate limit.")
    evidence = f"{measured.describe()}."
    if measured.refused >= _MAX_ERROR_RATIO * measured.requests:
        return failed(evidence, "Give the load test a key that may do what it asks for, such as 'read'.")
    if measured.errors >= _MAX_ERROR_RATIO * measured.requests:
        return failed(evidence, "See the runbook DrawbridgeErrorBudgetBurn.")
    slow = measured.percentile(95) >= _MAX_P95_SECONDS or measured.percentile(99) >= _MAX_P99_SECONDS
    if slow or measured.mean >= _MAX_MEAN_SECONDS:
        return failed(evidence, "See the runbook DrawbridgeLatencyBudgetBurn.")
    if _is_limited(measured):
        return needs_person(evidence, "Run again with --load-key-file and a key that has no rate limit.")
    return passed(evidence)


def _is_limited(measured: Measured) -> bool:
    """Return whether the rate limit of the key kept the load from the bridge."""
    return measured.limited > _MAX_LIMITED_RATIO * measured.requests


def judge_soak(halves: tuple[Measured, Measured], memory: tuple[int | None, int | None]) -> Verdict:
    """Return the verdict of a soak test: its errors, and how response times and memory grew from half to half."""
    (first, second), (before, after) = halves, memory
    errors = first.errors + second.errors
    is_slower = second.mean > _MAX_SLOWDOWN_RATIO * first.mean + _SLOWDOWN_MARGIN_MS / 1000
    grown = 0.0 if before is None or after is None else after / before - 1
    evidence = (
        f"{first.requests + second.requests} requests in {first.seconds + second.seconds:.0f} s, {errors} errors;"
        f" {first.mean * 1000:.1f} ms on average in the first half, {second.mean * 1000:.1f} ms in the second;"
        f" {'memory is not known' if before is None or after is None else f'memory changed by {grown:+.1%}'}."
    )
    if errors or is_slower or grown > _MAX_SOAK_GROWTH_RATIO:
        return failed(evidence, "Check Home Assistant's log. If memory grows with each run, report a bug.")
    return passed(evidence)
