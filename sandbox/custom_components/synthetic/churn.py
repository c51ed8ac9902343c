"""Changes sensors at a steady rate, in random order."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

TICK_SECONDS: Final = 0.01


class Churn:
    """Calls the given changes in turn. A late tick catches up.

    The order is shuffled, but identical in every run, so that neighboring sensors do not change together.
    """

    def __init__(self, hass: HomeAssistant, changes: Sequence[Callable[[], None]]) -> None:
        """Create a stopped churn. Call `set_rate` to start it."""
        self._loop = hass.loop
        self._changes = Random(len(changes)).sample(changes, len(changes))  # noqa: S311 - the order is not a secret
        self._position = 0
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def set_rate(self, per_second: float) -> None:
        """Set the changes per second; 0 stops."""
        self.stop()
        if per_second > 0 and self._changes:
            self._run(per_second, self._loop.time(), 0)

    @callback
    def stop(self) -> None:
        """Stop."""
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
