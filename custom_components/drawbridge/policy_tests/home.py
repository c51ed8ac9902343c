"""The parts of a bridge that policy tests need."""

from dataclasses import dataclass
from typing import Protocol

from homeassistant.core import HomeAssistant

from ..scope.resolver import EntityDirectory


class Home(Protocol):
    """Home Assistant, and the facts about its entities. A bridge is one."""

    @property
    def hass(self) -> HomeAssistant:
        """Home Assistant."""

    @property
    def directory(self) -> EntityDirectory:
        """The facts about entities."""


@dataclass(frozen=True, slots=True)
class HomeParts:
    """A home without a bridge."""

    hass: HomeAssistant
    directory: EntityDirectory
