"""What this package needs of a bridge."""

from dataclasses import dataclass
from typing import Protocol

from homeassistant.core import HomeAssistant

from ..scope.resolver import EntityDirectory


class House(Protocol):
    """Home Assistant, and what scopes know about its entities."""

    @property
    def hass(self) -> HomeAssistant:
        """Home Assistant."""

    @property
    def directory(self) -> EntityDirectory:
        """The facts about entities."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A house, of its parts."""

    hass: HomeAssistant
    directory: EntityDirectory
