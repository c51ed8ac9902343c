"""Runs long work in short slices, so that the event loop can run in between.

The work runs in its own thread, so that it can pause anywhere. The thread and the event loop take turns: while one
runs, the other waits. The work can therefore read states and registries as if it ran in the event loop: nothing changes
during a slice.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final

from .errors import TemplateCancelledError

_IDLE_SECONDS: Final = 0.0005
_OTHERS_SHARE: Final = 4.0
"""After each slice, pending work of the event loop gets at least this multiple of the slice's duration."""
_MAX_PAUSE_SECONDS: Final = 0.02


class Slices[Result]:
    """Work that is done in slices."""

    def __init__(self, work: Callable[[Callable[[], None]], Result]) -> None:
        """Create slices for work. Its argument is a function that it calls wherever it can pause."""
        self._work = work
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._is_done = self._is_cancelled = False
        self._result: Result | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="drawbridge-template", daemon=True)

    async def result(self, turn: asyncio.Lock, ensure_wanted: Callable[[], None]) -> Result:
        """Run the work to its end, and return its result or raise its exception.

        Args:
            turn: A lock that is held during a slice and the pause after it.
            ensure_wanted: Called before each slice. Raises to stop the work.

        """
        self._thread.start()
        try:
            while not self._is_done:
                async with turn:
                    ensure_wanted()
                    began = time.perf_counter()
                    self._advance()
                    await _let_others(time.perf_counter() - began)
        finally:
            self._end()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # set where there is no error

    def _advance(self) -> None:
        self._go.release()
        self._back.acquire()

    def _end(self) -> None:
        self._is_cancelled = True
        while not self._is_done:
            self._advance()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._go.acquire()
            if not self._is_cancelled:
                self._result = self._work(self._pause)
        except BaseException as err:  # noqa: BLE001 - the event loop raises it
            self._error = err
        finally:
            self._is_done = True
            self._back.release()

    def _pause(self) -> None:
        self._back.release()
        self._go.acquire()
        if self._is_cancelled:
            raise TemplateCancelledError


async def _let_others(slice_seconds: float) -> None:
    """Let the event loop run. If it has pending work, give it more time."""
    began = time.perf_counter()
    await asyncio.sleep(0)
    if time.perf_counter() - began > _IDLE_SECONDS:
        await asyncio.sleep(min(_OTHERS_SHARE * slice_seconds, _MAX_PAUSE_SECONDS))
