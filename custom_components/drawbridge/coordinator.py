"""The coordinator of the bridge's own entities: one reading every 30 seconds, and after each change of keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .const import DOMAIN
from .log import get_logger
from .telemetry.counters import Counters
from .telemetry.health import Health
from .telemetry.window import Totals

_LOGGER = get_logger(__name__)

UPDATE_INTERVAL: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of the values that the entities show.

    ``totals`` are those of the last five minutes; ``refusals``, ``events`` and ``conflated`` count since the start.
    """

    health: Health
    totals: Totals
    refusals: int
    lockouts: int
    """The number of locked-out addresses."""
    clients: int
    """Live connections that are open now."""
    events: int
    conflated: int


def refusals(counters: Counters) -> int:
    """Return the number of requests refused since the start."""
    limited = sum(counters.rate_limited.values())
    return sum(counters.denied.values()) + sum(counters.auth_failures.values()) + limited


class BridgeCoordinator(DataUpdateCoordinator[Reading]):
    """Updates all entities together, so that their cost does not grow with the number of requests."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], read: Callable[[], Reading]) -> None:
        """Create a coordinator. ``read`` returns the current reading."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=DOMAIN, update_interval=UPDATE_INTERVAL)
        self._read = read
        self.data = read()

    @override
    async def _async_update_data(self) -> Reading:
        return self._read()

    @callback
    def refresh(self) -> None:
        """Read now, and update all entities."""
        self.async_set_updated_data(self._read())
