"""How long single callbacks keep the event loop."""

import asyncio
from collections.abc import Callable
from time import thread_time
from typing import Any

NOTABLE_SECONDS = 0.005


class Blocks:
    """Times every callback of the event loop while it is on. It slows all of them a little.

    By the time of the thread: that other programs had the processor is nobody's fault here.
    """

    def __init__(self) -> None:
        """Begin switched off."""
        self._run: Callable[[Any], Any] | None = None
        self._longest = 0.0
        self._notable = 0

    def start(self) -> None:
        """Begin to measure."""
        self._longest, self._notable = 0.0, 0
        if self._run is not None:
            return
        run = self._run = asyncio.Handle._run  # noqa: SLF001 - the one place that every callback passes

        def timed(handle: asyncio.Handle) -> None:
            began = thread_time()
            run(handle)
            self._add(thread_time() - began)

        asyncio.Handle._run = timed  # type: ignore[method-assign, assignment] # noqa: SLF001 - put back by `stop`

    def stop(self) -> dict[str, float]:
        """Stop measuring, and return the longest block in seconds, and how many took 5 ms or more."""
        if self._run is not None:
            asyncio.Handle._run = self._run  # type: ignore[method-assign, assignment] # noqa: SLF001 - as it was
            self._run = None
        return {"longest": self._longest, "notable": self._notable}

    def _add(self, seconds: float) -> None:
        self._longest = max(self._longest, seconds)
        self._notable += seconds >= NOTABLE_SECONDS
