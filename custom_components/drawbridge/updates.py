"""Tells entities when to look again: all of them together, every half minute, and after a change of keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .telemetry.counters import Counters
from .telemetry.health import Health
from .telemetry.window import Totals

UPDATE_INTERVAL: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the bridge's own entities show, looked up once for all of them.

    ``totals`` are those of the last five minutes; ``refusals`` count since the start.
    """

    health: Health
    totals: Totals
    refusals: int
    lockouts: int
    """Addresses locked out now."""


def refusals(counters: Counters) -> int:
    """Return how many requests were refused since the start, for whatever reason."""
    limited = sum(counters.rate_limited.values())
    return sum(counters.denied.values()) + sum(counters.auth_failures.values()) + limited


class Updates:
    """One timer for all entities, so that what they cost is bounded however many requests there are."""

    def __init__(self, hass: HomeAssistant, read: Callable[[], Reading]) -> None:
        """Hand out what ``read`` returns."""
        self._hass = hass
        self._read = read
        self._listeners: list[Callable[[], None]] = []
        self.reading = read()

    def start(self) -> CALLBACK_TYPE:
        """Look again every half minute, until the function returned is called."""
        return async_track_time_interval(self._hass, self.refresh, UPDATE_INTERVAL, cancel_on_shutdown=True)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener whenever there may be news, until the function returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def refresh(self, _now: object = None) -> None:
        """Look again now."""
        self.reading = self._read()
        for listener in tuple(self._listeners):
            listener()
