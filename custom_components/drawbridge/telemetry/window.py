"""Sums over the last five minutes."""

import math
from dataclasses import dataclass
from typing import Final

WINDOW_SECONDS: Final = 300
_SLOT_SECONDS: Final = 5
_SLOTS: Final = WINDOW_SECONDS // _SLOT_SECONDS


@dataclass(slots=True)
class Totals:
    """Sums over a period; durations and lags in seconds."""

    requests: int = 0
    errors: int = 0
    seconds: float = 0.0
    cache_requests: int = 0
    cache_hits: int = 0
    lags: int = 0
    lag_seconds: float = 0.0
    lag_max: float = 0.0

    def add(self, other: Totals) -> None:
        """Add the sums of another period."""
        self.requests += other.requests
        self.errors += other.errors
        self.seconds += other.seconds
        self.cache_requests += other.cache_requests
        self.cache_hits += other.cache_hits
        self.lags += other.lags
        self.lag_seconds += other.lag_seconds
        self.lag_max = max(self.lag_max, other.lag_max)


class Window:
    """A ring of slots of five seconds each. The clock, in seconds, must not run backwards."""

    def __init__(self) -> None:
        """Create an empty window."""
        self._slots = [Totals() for _ in range(_SLOTS)]
        self._numbers = [-1] * _SLOTS
        self._current = self._slots[0]
        self._until = -math.inf

    def slot(self, now: float) -> Totals:
        """Return the current slot."""
        return self._current if now < self._until else self._turn_to(now)

    def lag(self, now: float, seconds: float) -> None:
        """Add a measurement of the event loop lag."""
        slot = self.slot(now)
        slot.lags += 1
        slot.lag_seconds += seconds
        slot.lag_max = max(slot.lag_max, seconds)

    def totals(self, now: float) -> Totals:
        """Return the sums over the window that ends at ``now``."""
        oldest = int(now // _SLOT_SECONDS) - _SLOTS
        totals = Totals()
        for number, slot in zip(self._numbers, self._slots, strict=True):
            if number > oldest:
                totals.add(slot)
        return totals

    def _turn_to(self, now: float) -> Totals:
        """Start the slot of a time, and return it."""
        number = int(now // _SLOT_SECONDS)
        index = number % _SLOTS
        self._until = (number + 1) * _SLOT_SECONDS
        self._numbers[index] = number
        self._current = self._slots[index] = Totals()
        return self._current
