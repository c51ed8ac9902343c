"""How late the event loop is."""

import asyncio
from collections.abc import Callable
from typing import Final

_INTERVAL: Final = 1.0


class LoopLag:
    """Measures, once a second, by how many seconds a timer comes late."""

    def __init__(self, loop: asyncio.AbstractEventLoop, record: Callable[[float, float], None]) -> None:
        """Report to ``record(now, lag)``: the loop's clock and the lag, in seconds."""
        self._loop = loop
        self._record = record
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to measure."""
        self._due = self._loop.time() + _INTERVAL
        self._timer = self._loop.call_at(self._due, self._measure)

    def stop(self) -> None:
        """Measure no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _measure(self) -> None:
        now = self._loop.time()
        self._record(now, now - self._due)
        self.start()
