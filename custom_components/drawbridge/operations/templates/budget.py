"""Limits and measures the CPU time of each key's templates."""

import gc
import math
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final, Literal, Self, override

SECONDS_PER_MINUTE: Final = 3.0

_MINUTE_SECONDS: Final = 60.0
_MAX_KEYS: Final = 4096


class Budget:
    """CPU seconds per key and minute. The whole budget is available again after a minute without use."""

    def __init__(self, seconds_per_minute: float = SECONDS_PER_MINUTE) -> None:
        """Create the full budget for each key."""
        self._limit = seconds_per_minute
        self._rate = seconds_per_minute / _MINUTE_SECONDS
        self._used: dict[str, tuple[float, float]] = {}

    def wait(self, key_id: str, now: float) -> int:
        """Return the whole seconds until a key may render again, or 0. ``now`` must never decrease."""
        used = self._used_at(key_id, now)
        return 0 if used < self._limit else max(1, math.ceil((used - self._limit) / self._rate))

    def spend(self, key_id: str, seconds: float, now: float) -> None:
        """Subtract CPU seconds from the budget of a key."""
        if len(self._used) >= _MAX_KEYS:
            self._used = {key: item for key, item in self._used.items() if self._used_at(key, now) > 0.0}
        self._used[key_id] = (self._used_at(key_id, now) + seconds, now)

    def _used_at(self, key_id: str, now: float) -> float:
        used, at = self._used.get(key_id, (0.0, now))
        return max(0.0, used - (now - at) * self._rate)


class WorkClock(AbstractContextManager["WorkClock"]):
    """Measures the CPU time of this thread within a block, without garbage collection."""

    def __init__(self) -> None:
        """Create a clock at zero."""
        self.seconds = 0.0
        self._started = 0.0
        self._collecting = 0.0
        self._thread = 0

    @override
    def __enter__(self) -> Self:
        self._thread = threading.get_ident()
        gc.callbacks.append(self._collected)
        self._started = time.thread_time()
        return self

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        self.seconds += time.thread_time() - self._started
        gc.callbacks.remove(self._collected)
        return False

    def _collected(self, phase: str, _info: Mapping[str, int]) -> None:
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collecting = time.thread_time()
        elif self._collecting:
            self.seconds -= time.thread_time() - self._collecting
            self._collecting = 0.0
