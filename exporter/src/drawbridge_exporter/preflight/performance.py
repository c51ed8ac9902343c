"""Performance checks against the figures of the health window."""

from typing import Final

from ..bridge.snapshot import Snapshot
from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Performance"
_MEAN_SECONDS: Final = 2.0
_HIT_RATIO: Final = 0.8
_ERROR_RATIO: Final = 0.05
_SCORE: Final = 80.0
_NO_TRAFFIC: Final = "Run again while clients use the bridge, or use --load."


def _value(snapshot: Snapshot, component: str) -> float | None:
    found = snapshot.health.components.get(component)
    return None if found is None else found.value


async def mean_response(context: Context) -> Verdict:
    """Check that the mean response time is below 2 s."""
    value = _value(await context.snapshot(), "latency")
    if value is None:
        return needs_person("The health window has no traffic.", _NO_TRAFFIC)
    if value >= _MEAN_SECONDS:
        return failed(f"{value:.2f} s on average in the health window.", "See the runbook DrawbridgeLatencyBudgetBurn.")
    return passed(f"{value * 1000:.1f} ms on average in the health window.")


async def hit_rate(context: Context) -> Verdict:
    """Check that the cache hit rate is above 80 %."""
    value = _value(await context.snapshot(), "cache")
    if value is None:
        return needs_person("The health window has no cacheable requests.", _NO_TRAFFIC)
    if value <= _HIT_RATIO:
        return failed(f"{value:.1%} in the health window.", "See the runbook DrawbridgeCacheHitRateLow.")
    return passed(f"{value:.1%} in the health window.")


async def error_rate(context: Context) -> Verdict:
    """Check that the error rate is below 5 %."""
    value = _value(await context.snapshot(), "errors")
    if value is None:
        return needs_person("The health window has no traffic.", _NO_TRAFFIC)
    if value >= _ERROR_RATIO:
        return failed(
            f"{value:.1%} of the responses in the health window were 5xx.", "See the runbook DrawbridgeErrorBudgetBurn."
        )
    return passed(f"{value:.1%} of the responses in the health window were 5xx.")


async def health_score(context: Context) -> Verdict:
    """Check that the health score is above 80."""
    health = (await context.snapshot()).health
    if health.score is None:
        return needs_person("The health window has no traffic.", _NO_TRAFFIC)
    parts = ", ".join(f"{name} {part.score:.0f}" for name, part in health.components.items() if part.score is not None)
    if health.score <= _SCORE:
        return failed(f"{health.score:.1f} of 100: {parts}.", "See the runbook DrawbridgeHealthScoreLow.")
    return passed(f"{health.score:.1f} of 100: {parts}.")


CHECKS: Final = (
    Check(_SECTION, "mean-response", "Mean response time is below 2 s", mean_response),
    Check(_SECTION, "hit-rate", "Cache hit rate is above 80 %", hit_rate),
    Check(_SECTION, "error-rate", "Error rate is below 5 %", error_rate),
    Check(_SECTION, "health-score", "Health score is above 80", health_score),
)
