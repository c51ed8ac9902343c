"""Event loop lag."""

import asyncio
from collections.abc import Callable
from typing import Final

_INTERVAL_SECONDS: Final = 1.0


class LoopLag:
    """Measures once a second how late a timer fires."""

    def __init__(self, loop: asyncio.AbstractEventLoop, record: Callable[[float, float], None]) -> None:
        """Pass each measurement to ``record(now, lag)``: the loop's clock and the lag, in seconds."""
        self._loop = loop
        self._record = record
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start measuring."""
        self._due = self._loop.time() + _INTERVAL_SECONDS
        self._timer = self._loop.call_at(self._due, self._measure)

    def stop(self) -> None:
        """Stop measuring."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _measure(self) -> None:
        now = self._loop.time()
        self._record(now, now - self._due)
        self.start()
