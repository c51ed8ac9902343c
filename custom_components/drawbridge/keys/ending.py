"""Watches for the end of temporary permissions."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

from .model import ApiKey

_MAX_SECONDS: Final = 60.0
"""The clock is read again after this time, because it may have been set."""


class EndTimer:
    """Calls a function when the next temporary permission of a key ends."""

    def __init__(self, ended: Callable[[], None]) -> None:
        """Create a timer that is not set."""
        self._ended = ended
        self._timer: asyncio.TimerHandle | None = None

    def set(self, keys: Iterable[ApiKey]) -> None:
        """Wait for the next end of these keys. Replaces the earlier keys."""
        self.stop()
        ends = [item.until for key in keys for item in key.temporary]
        if ends:
            self._wait(min(ends))

    def stop(self) -> None:
        """Stop waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, until: float) -> None:
        remaining = until - time.time()
        if remaining <= 0:
            self._ended()
            return
        self._timer = asyncio.get_running_loop().call_later(min(remaining, _MAX_SECONDS), self._wait, until)
