"""The binary sensor for a low health score."""

from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge import DrawbridgeConfigEntry
from .entity import BridgeEntity
from .telemetry.health import HEALTHY_SCORE

PARALLEL_UPDATES = 0

PROBLEM: Final = BinarySensorEntityDescription(
    key="problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: DrawbridgeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensor."""
    async_add_entities([ProblemSensor(entry.runtime_data, PROBLEM)])


class ProblemSensor(BridgeEntity, BinarySensorEntity):
    """On while the health score is below the threshold of the production checklist."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the health score is below the threshold."""
        return self.coordinator.data.health.score < HEALTHY_SCORE

    @override
    def _shown(self) -> object:
        return self.is_on
