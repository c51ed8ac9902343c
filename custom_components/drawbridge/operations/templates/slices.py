"""Does long work in short slices, so that the event loop serves everybody else in between.

The work has a thread of its own, so that it can be stopped anywhere, but thread and event loop take turns: while one
runs, the other waits. So the work reads states and registries as if it ran in the event loop: nothing changes during a
slice.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final

from .errors import TemplateCancelledError

_IDLE_SECONDS: Final = 0.0005
_OTHERS_SHARE: Final = 4.0
"""When others have work, they get at least so many times as long as a slice took."""
_MAX_PAUSE_SECONDS: Final = 0.02


class Slices[Result]:
    """Work that is done in slices."""

    def __init__(self, work: Callable[[Callable[[], None]], Result]) -> None:
        """Prepare to do work. It is given a function that it calls wherever it can be stopped."""
        self._work = work
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._is_done = self._is_cancelled = False
        self._result: Result | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="drawbridge-template", daemon=True)

    async def result(self, turn: asyncio.Lock, ensure_wanted: Callable[[], None]) -> Result:
        """Do the work to its end, and return its result or raise its exception.

        Args:
            turn: Held during a slice and the pause after it.
            ensure_wanted: Called before each slice. Raises to end the work.

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
    """Let the event loop do what it has to do. If that was anything, give it more time."""
    began = time.perf_counter()
    await asyncio.sleep(0)
    if time.perf_counter() - began > _IDLE_SECONDS:
        await asyncio.sleep(min(_OTHERS_SHARE * slice_seconds, _MAX_PAUSE_SECONDS))
