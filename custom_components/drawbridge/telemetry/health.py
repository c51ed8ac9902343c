"""The health score, from 0 to 100, and its components."""

from dataclasses import dataclass
from typing import Final

from .window import Totals

HEALTHY_SCORE: Final = 80.0
"""The score of a bridge that just meets every threshold of the production checklist."""


@dataclass(frozen=True, slots=True)
class Component:
    """A component of the score: its weight, and the values that score 100, 80 and 0."""

    name: str
    weight: float
    best: float
    threshold: float
    worst: float

    def score(self, value: float) -> float:
        """Return 0 to 100, linear from ``best`` to ``threshold`` and on to ``worst``."""
        if _between(self.best, value, self.threshold):
            return 100 - 20 * _share(self.best, value, self.threshold)
        if _between(self.threshold, value, self.worst):
            return 80 - 80 * _share(self.threshold, value, self.worst)
        better = (value < self.best) == (self.best < self.worst)
        return 100.0 if better else 0.0


COMPONENTS: Final = (
    Component("errors", 0.40, best=0.0, threshold=0.05, worst=0.25),
    Component("latency", 0.30, best=0.1, threshold=2.0, worst=10.0),
    Component("cache", 0.15, best=1.0, threshold=0.8, worst=0.0),
    Component("event_loop", 0.15, best=0.01, threshold=0.1, worst=1.0),
)
"""Ratio of server errors, mean response time (s), cache hit ratio, mean event loop lag (s).

The thresholds are those of the production checklist.
"""

_MIN_CACHE_REQUESTS: Final = 20
"""With fewer requests, most of them fill the cache, and the hit ratio says nothing about it."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """The value and the score of a component; both ``None`` without data."""

    component: Component
    value: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """The score, from 0 to 100, and the measurements that it was computed from."""

    score: float
    measurements: tuple[Measurement, ...]


def assess(totals: Totals, *, running: bool) -> Health:
    """Return the health over a window: the weighted mean of the components that have data.

    A bridge that is not running scores 0. One that is running and had no requests scores 100. The cache is left out
    until it had some requests.
    """
    values = _values(totals)
    measurements = tuple(
        Measurement(component, value, component.score(value) if value is not None else None)
        for component, value in ((item, values[item.name]) for item in COMPONENTS)
    )
    return Health(_mean(measurements) if running else 0.0, measurements)


def _values(totals: Totals) -> dict[str, float | None]:
    return {
        "errors": _ratio(totals.errors, totals.requests),
        "latency": _ratio(totals.seconds, totals.requests),
        "cache": _ratio(totals.cache_hits, _enough(totals.cache_requests)),
        "event_loop": _ratio(totals.lag_seconds, totals.lags),
    }


def _mean(measurements: tuple[Measurement, ...]) -> float:
    scored = [(item.component.weight, item.score) for item in measurements if item.score is not None]
    if not scored:
        return 100.0
    return sum(weight * score for weight, score in scored) / sum(weight for weight, _ in scored)


def _enough(cache_requests: int) -> int:
    """Return the number of requests, or 0 if there are too few to judge the cache."""
    return cache_requests if cache_requests >= _MIN_CACHE_REQUESTS else 0


def _ratio(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _between(start: float, value: float, end: float) -> bool:
    return min(start, end) <= value <= max(start, end)


def _share(start: float, value: float, end: float) -> float:
    return (value - start) / (end - start)
