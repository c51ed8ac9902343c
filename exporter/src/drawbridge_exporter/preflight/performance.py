"""Performance checks, measured at this client and by the bridge in the health window before this run."""

import asyncio
import statistics
from http import HTTPStatus
from typing import Final

import aiohttp

from ..bridge.snapshot import Snapshot
from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Performance"
_MEAN_SECONDS: Final = 2.0
_HIT_RATIO: Final = 0.8
_ERROR_RATIO: Final = 0.05
_SCORE: Final = 80.0
_SAMPLES: Final = 10
_ROUNDS: Final = 4
_AT_ONCE: Final = 10
_PROBES: Final = _ROUNDS * _AT_ONCE
_FEW_REQUESTS: Final = 20
_PROXY: Final = "Look at the log of the reverse proxy and at the network: the bridge itself did not count them."
_NO_TRAFFIC: Final = "Run again while clients use the bridge."


def _before(context: Context) -> Snapshot:
    """Return the snapshot from before this run, which does not contain the run's own requests."""
    if context.first is None:
        message = "there is no snapshot"
        raise ValueError(message)
    return context.first


def _value(snapshot: Snapshot, component: str) -> float | None:
    found = snapshot.health.components.get(component)
    return None if found is None else found.value


async def mean_response(context: Context) -> Verdict:
    """Check that the mean response time is below 2 s, at this client and for all clients."""
    path = "/api/states" if "read" in (await context.me()).capabilities else "/key"
    here = statistics.fmean([(await context.ask(path)).seconds for _ in range(_SAMPLES)])
    context.figures["mean_seconds"] = here
    value = _value(_before(context), "latency")
    inside = "unknown, because there was no traffic" if value is None else f"{value * 1000:.1f} ms"
    evidence = f"{here * 1000:.1f} ms at this client for {path}; {inside} in the bridge over five minutes before."
    if here >= _MEAN_SECONDS and (value is None or value < _MEAN_SECONDS):
        return failed(evidence, "The time is lost on the way: check the reverse proxy and the network.")
    if value is not None and value >= _MEAN_SECONDS:
        return failed(evidence, "See the runbook DrawbridgeLatencyBudgetBurn.")
    return passed(evidence)


async def hit_rate(context: Context) -> Verdict:
    """Check that the cache hit rate is above 80 %."""
    before = _before(context)
    if any(cache.enabled is False for cache in before.cache.values()):
        return failed("The cache is off.", "Turn it on in Settings > Devices & services > Drawbridge > Configure.")
    value = _value(before, "cache")
    asked = sum(cache.requests for cache in before.cache.values())
    if value is None or asked < _FEW_REQUESTS:
        return needs_person(f"There were only {asked} cacheable requests before this run.", _NO_TRAFFIC)
    evidence = f"{value:.1%} over five minutes before this run, of {asked} requests since the start."
    if value <= _HIT_RATIO:
        return failed(evidence, "See the runbook DrawbridgeCacheHitRateLow.")
    return passed(evidence)


async def error_rate(context: Context) -> Verdict:
    """Check that the error rate is below 5 %, at this client and for all clients."""
    errors = [error for _ in range(_ROUNDS) for error in await _probes(context) if error]
    value = _value(_before(context), "errors")
    inside = "no traffic" if value is None else f"{value:.1%} of the responses were 5xx"
    evidence = (
        f"{len(errors)} of {_PROBES} requests of this client failed; {inside} in the bridge in the five minutes before."
    )
    if len(errors) >= _ERROR_RATIO * _PROBES:
        return failed(f"{evidence} The errors: {', '.join(sorted(set(errors)))}.", _PROXY)
    if value is not None and value >= _ERROR_RATIO:
        return failed(evidence, "See the runbook DrawbridgeErrorBudgetBurn.")
    return passed(evidence)


async def _probes(context: Context) -> list[str]:
    return await asyncio.gather(*(_probe(context) for _ in range(_AT_ONCE)))


async def _probe(context: Context) -> str:
    """Send a cheap request, and return its error, if any."""
    try:
        reply = await context.ask("/health", key=False)
    except (aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__
    return str(reply.status) if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""


async def health_score(context: Context) -> Verdict:
    """Check that the health score is above 80."""
    health = _before(context).health
    if health.score is None:
        return needs_person("The health window has no traffic.", _NO_TRAFFIC)
    parts = ", ".join(f"{name} {part.score:.0f}" for name, part in health.components.items() if part.score is not None)
    if health.score <= _SCORE:
        return failed(f"{health.score:.1f} of 100: {parts}.", "See the runbook DrawbridgeHealthScoreLow.")
    return passed(f"{health.score:.1f} of 100 before this run: {parts}.")


CHECKS: Final = (
    Check(_SECTION, "mean-response", "Mean response time is below 2 s", mean_response),
    Check(_SECTION, "hit-rate", "Cache hit rate is above 80 %", hit_rate),
    Check(_SECTION, "error-rate", "Error rate is below 5 %", error_rate),
    Check(_SECTION, "health-score", "Health score is above 80", health_score),
)
