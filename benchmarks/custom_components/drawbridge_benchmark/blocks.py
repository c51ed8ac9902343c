"""How long single callbacks keep the event loop."""

import asyncio
import gc
from collections.abc import Callable
from time import thread_time
from typing import Any

NOTABLE_SECONDS = 0.005


class Blocks:
    """Times every callback of the event loop while it is on. It slows all of them a little.

    By the time of the thread: that other programs had the processor is nobody's fault here. Less the time of the
    garbage collector, which comes in the midst of whoever runs, goes through all that the process has, and is told of
    by itself.
    """

    def __init__(self) -> None:
        """Begin switched off."""
        self._run: Callable[[Any], Any] | None = None
        self._longest = self._longest_collection = 0.0
        self._notable = 0
        self._collecting_since = self._collected = 0.0

    def start(self) -> None:
        """Begin to measure."""
        self._longest, self._longest_collection, self._notable = 0.0, 0.0, 0
        if self._run is not None:
            return
        run = self._run = asyncio.Handle._run  # noqa: SLF001 - the one place that every callback passes

        def timed(handle: asyncio.Handle) -> None:
            self._collected = 0.0
            began = thread_time()
            run(handle)
            self._add(thread_time() - began - self._collected)

        gc.callbacks.append(self._collect)
        asyncio.Handle._run = timed  # type: ignore[method-assign, assignment] # noqa: SLF001 - put back by `stop`

    def stop(self) -> dict[str, float]:
        """Stop measuring, and return the longest block and the longest collection in seconds.

        Also how many blocks took 5 ms or more.
        """
        if self._run is not None:
            gc.callbacks.remove(self._collect)
            asyncio.Handle._run = self._run  # type: ignore[method-assign, assignment] # noqa: SLF001 - as it was
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
