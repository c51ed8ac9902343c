"""Changes of sensors at a steady rate, spread evenly over time and over the sensors, in no order."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

TICK_SECONDS: Final = 0.01


class Churn:
    """Calls the given changes in turn. A tick that comes late makes up for what it missed.

    The turns are shuffled, alike in every run, so that neighbours do not change together: nobody could rely on that.
    """

    def __init__(self, hass: HomeAssistant, changes: Sequence[Callable[[], None]]) -> None:
        """Take the changes to call; nothing happens before `set_rate`."""
        self._loop = hass.loop
        self._changes = Random(len(changes)).sample(changes, len(changes))  # noqa: S311 - an order is no secret
        self._position = 0
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def set_rate(self, per_second: float) -> None:
        """Change so many a second from now on; 0 stops."""
        self.stop()
        if per_second > 0 and self._changes:
            self._run(per_second, self._loop.time(), 0)

    @callback
    def stop(self) -> None:
        """Change nothing any longer."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _run(self, per_second: float, origin: float, done: int) -> None:
        due = int((self._loop.time() - origin) * per_second)
        for _ in range(due - done):
            self._changes[self._position]()
            self._position = (self._position + 1) % len(self._changes)
        wait = max(TICK_SECONDS, 1 / per_second)
        self._cancel = self._loop.call_later(wait, self._run, per_second, origin, due).cancel
