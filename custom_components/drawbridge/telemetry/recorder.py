"""Records metrics: counters since the start, and sums over the last five minutes."""

import time
from bisect import bisect_left
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from ..door import Door
from ..trace_context import TraceContext
from .counters import DURATION_BOUNDS, CacheCounters, Counters, Exemplar
from .health import Health, assess
from .live import LiveCounters
from .window import Totals, Window

_SERVER_ERROR: Final = HTTPStatus.INTERNAL_SERVER_ERROR.value


class CacheRecorder:
    """Records the metrics of a cache."""

    def __init__(self, counters: CacheCounters, window: Window, clock: Callable[[], float]) -> None:
        """Record into the counters of a cache and into the window."""
        self._counters = counters
        self._window = window
        self._clock = clock

    def asked(self, *, hit: bool, revalidated: bool = False) -> None:
        """Record a request: whether it was a hit, and whether the client's copy was still valid."""
        counters = self._counters
        counters.requests += 1
        counters.hits += hit
        counters.revalidations += revalidated
        slot = self._window.slot(self._clock())
        slot.cache_requests += 1
        slot.cache_hits += hit

    def bypassed(self) -> None:
        """Record a cacheable request while the cache is off. The health score leaves it out."""
        self._counters.bypassed += 1

    def revalidated(self) -> None:
        """Record that the client's copy of the last requested response was still valid."""
        self._counters.revalidations += 1

    def invalidated(self) -> None:
        """Record that a response became outdated."""
        self._counters.invalidations += 1

    def evicted(self) -> None:
        """Record that a response was evicted."""
        self._counters.evictions += 1


class Recorder:
    """The counters since the start and the window of the last five minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Create a recorder. ``clock`` returns seconds and never runs backwards."""
        self.counters = Counters()
        self.live = LiveCounters()
        self.window = Window()
        self.started_at = time.time()
        self._clock = clock

    def answered(  # noqa: PLR0913, PLR0917 - every request passes here
        self, route: str, method: str, code: int, seconds: float, sent: int, door: Door = Door.HOME_ASSISTANT
    ) -> None:
        """Record a response: its duration in seconds and the size of its body in bytes."""
        # Inlined, since every request passes here and a call costs more than its body.
        counters = self.counters
        counters.requests[route, method, code, door] += 1
        of_route = counters.routes[route]
        of_route.buckets[bisect_left(DURATION_BOUNDS, seconds)] += 1
        of_route.seconds += seconds
        of_route.sent += sent
        slot = self.window.slot(self._clock())
        slot.requests += 1
        slot.seconds += seconds
        slot.errors += code >= _SERVER_ERROR

    def exemplify(self, route: str, seconds: float, context: TraceContext) -> None:
        """Keep a trace as the example of a bucket of a route's durations."""
        example = Exemplar(context.trace_id, context.span_id, seconds, time.time())
        self.counters.routes[route].exemplars[bisect_left(DURATION_BOUNDS, seconds)] = example

    def cache(self, name: str) -> CacheRecorder:
        """Return the recorder of a cache."""
        return CacheRecorder(self.counters.caches[name], self.window, self._clock)

    def totals(self) -> Totals:
        """Return the sums over the last five minutes."""
        return self.window.totals(self._clock())

    def health(self, *, running: bool) -> Health:
        """Return the health score over the last five minutes."""
        return assess(self.totals(), running=running)
