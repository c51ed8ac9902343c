"""Measures how long callbacks block the event loop."""

import asyncio
import gc
from collections.abc import Callable
from time import thread_time
from typing import Any

NOTABLE_SECONDS = 0.005


class Blocks:
    """Times every callback of the event loop. This slows the callbacks down slightly.

    Uses the CPU time of the thread, so that other programs do not affect the result. The time of the garbage collector
    is subtracted and reported separately, because it can run during any callback.
    """

    def __init__(self) -> None:
        """Create a stopped measurement."""
        self._run: Callable[[Any], Any] | None = None
        self._longest = self._longest_collection = 0.0
        self._notable = 0
        self._collecting_since = self._collected = 0.0

    def start(self) -> None:
        """Start measuring."""
        self._longest, self._longest_collection, self._notable = 0.0, 0.0, 0
        if self._run is not None:
            return
        run = self._run = asyncio.Handle._run  # noqa: SLF001 - every callback passes here

        def timed(handle: asyncio.Handle) -> None:
            self._collected = 0.0
            began = thread_time()
            run(handle)
            self._add(thread_time() - began - self._collected)

        gc.callbacks.append(self._collect)
        asyncio.Handle._run = timed  # type: ignore[method-assign, assignment] # noqa: SLF001 - `stop` restores it

    def stop(self) -> dict[str, float]:
        """Stop measuring, and return the longest block and the longest collection in seconds.

        Also returns the number of blocks of 5 ms or more.
        """
        if self._run is not None:
            gc.callbacks.remove(self._collect)
            asyncio.Handle._run = self._run  # type: ignore[method-assign, assignment] # noqa: SLF001 - restored
            self._run = None
        return {"longest": self._longest, "notable": self._notable, "collection": self._longest_collection}

    def _collect(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting_since = thread_time()
        else:
            seconds = thread_time() - self._collecting_since
            self._collected += seconds
            self._longest_collection = max(self._longest_collection, seconds)

    def _add(self, seconds: float) -> None:
        self._longest = max(self._longest, seconds)
        self._notable += seconds >= NOTABLE_SECONDS
