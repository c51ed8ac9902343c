"""Counters and histograms."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from ..door import Door
from ..keys import AuthFailure
from ..refusal import Metric, Refusal

DURATION_BOUNDS: Final = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0,
)  # fmt: skip
"""Upper bounds of the duration histogram, in seconds. 2 s is the production checklist's limit."""


DENIALS: Final = tuple(refusal.label for refusal in Refusal if refusal.value.metric is Metric.DENIED)
"""The reasons for which a request with a valid key is denied."""


@dataclass(slots=True)
class CacheCounters:
    """Counters of a cache since the start.

    A hit is a request that was answered from the cache, at most with changed pieces rebuilt. All other requests are
    misses. A revalidation is a hit without a body. Requests while the cache is off are bypassed, and are none of these.
    """

    requests: int = 0
    hits: int = 0
    revalidations: int = 0
    invalidations: int = 0
    evictions: int = 0
    bypassed: int = 0


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A request that is an example of a bucket: its span, its duration in seconds, and the Unix time of its end."""

    trace_id: str
    span_id: str
    seconds: float
    time: float


@dataclass(slots=True)
class RouteCounters:
    """Responses of a route: durations by bucket with the latest traced request, their sum, and bytes sent."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(DURATION_BOUNDS) + 1))
    seconds: float = 0.0
    sent: int = 0
    exemplars: dict[int, Exemplar] = field(default_factory=dict)


@dataclass(slots=True)
class KeyCounters:
    """Counters of a key: requests, refusals, and the Unix time and address of the last request."""

    requests: int = 0
    refused: int = 0
    last_used: float | None = None
    last_address: str | None = None


class Counters:
    """All counters.

    Their number is limited: routes, methods and reasons come from declarations, never from clients, and counters of
    deleted keys are dropped.
    """

    def __init__(self) -> None:
        """Create counters that start at 0."""
        self.requests: defaultdict[tuple[str, str, int, Door], int] = defaultdict(int)
        """The number of responses by route, method, status and door."""
        self.routes: defaultdict[str, RouteCounters] = defaultdict(RouteCounters)
        self.keys: defaultdict[str, KeyCounters] = defaultdict(KeyCounters)
        # Create the series at 0 so that Prometheus sees the first increment.
        self.auth_failures: defaultdict[str, int] = defaultdict(int, dict.fromkeys(AuthFailure, 0))
        self.denied: defaultdict[str, int] = defaultdict(int, dict.fromkeys(DENIALS, 0))
        self.rate_limited: defaultdict[str, int] = defaultdict(int)
        self.caches: defaultdict[str, CacheCounters] = defaultdict(CacheCounters)

    def key_used(self, key_id: str, now: float, address: str | None = None) -> None:
        """Count a request of a key at Unix time ``now``."""
        counters = self.keys[key_id]
        counters.requests += 1
        counters.last_used = now
        counters.last_address = address

    def keys_changed(self, _old: object, new: Collection[str]) -> None:
        """Drop the counters of deleted keys."""
        for by_key in (self.keys, self.rate_limited):
            for key_id in by_key.keys() - set(new):
                del by_key[key_id]
