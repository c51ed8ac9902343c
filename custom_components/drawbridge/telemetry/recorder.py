"""Where everything that happens is reported to."""

import time
from bisect import bisect_left
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from .counters import DURATION_BOUNDS, CacheCounters, Counters
from .health import Health, assess
from .window import Totals, Window

_SERVER_ERROR: Final = HTTPStatus.INTERNAL_SERVER_ERROR.value


class CacheRecorder:
    """Where one cache reports to."""

    def __init__(self, counters: CacheCounters, window: Window, clock: Callable[[], float]) -> None:
        """Keep the counters since the start and the window in step."""
        self._counters = counters
        self._window = window
        self._clock = clock

    def asked(self, *, hit: bool, revalidated: bool = False) -> None:
        """Report a request to the cache, whether its answer was there, and whether the client still had it."""
        counters = self._counters
        counters.requests += 1
        counters.hits += hit
        counters.revalidations += revalidated
        slot = self._window.slot(self._clock())
        slot.cache_requests += 1
        slot.cache_hits += hit

    def revalidated(self) -> None:
        """Report that the client still had an answer that was asked for."""
        self._counters.revalidations += 1

    def invalidated(self) -> None:
        """Report a prepared answer that was no longer true."""
        self._counters.invalidations += 1

    def evicted(self) -> None:
        """Report a prepared answer let go of to make room."""
        self._counters.evictions += 1


class Recorder:
    """The counters since the start and the window of the last five minutes, kept together."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Measure time by a clock that counts seconds and never runs backwards."""
        self.counters = Counters()
        self.window = Window()
        self.started_at = time.time()
        self._clock = clock

    def answered(self, route: str, method: str, code: int, seconds: float, sent: int) -> None:
        """Report an answer: its duration in seconds and the size of its body in bytes."""
        # Written out, as every request passes here: a call costs more than what it would do.
        counters = self.counters
        counters.requests[route, method, code] += 1
        of_route = counters.routes[route]
        of_route.buckets[bisect_left(DURATION_BOUNDS, seconds)] += 1
        of_route.seconds += seconds
        of_route.sent += sent
        slot = self.window.slot(self._clock())
        slot.requests += 1
        slot.seconds += seconds
        slot.errors += code >= _SERVER_ERROR

    def cache(self, name: str) -> CacheRecorder:
        """Return where the cache of that name reports to."""
        return CacheRecorder(self.counters.caches[name], self.window, self._clock)

    def totals(self) -> Totals:
        """Return the sums over the last five minutes."""
        return self.window.totals(self._clock())

    def health(self, *, running: bool) -> Health:
        """Return the health score over the last five minutes."""
        return assess(self.totals(), running=running)
