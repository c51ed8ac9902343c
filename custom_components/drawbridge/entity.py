"""Base classes of entities. They write a state only if it has changed."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN
from .coordinator import BridgeCoordinator
from .keys import ApiKey
from .telemetry.counters import KeyCounters

_MANUFACTURER = "Drawbridge"


class BridgeEntity(CoordinatorEntity[BridgeCoordinator]):
    """An entity of the bridge itself."""

    _attr_has_entity_name = True

    def __init__(self, bridge: Bridge, description: EntityDescription) -> None:
        """Create an entity of a bridge."""
        super().__init__(bridge.coordinator)
        self.entity_description = description
        self._bridge = bridge
        self._attr_unique_id = f"{bridge.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, bridge.entry_id)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=_MANUFACTURER,
            name="Drawbridge",
            sw_version=bridge.version,
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the coordinator."""
        await super().async_added_to_hass()
        self._last_shown = self._shown()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it has changed."""
        if (shown := self._shown()) != self._last_shown:
            self._last_shown = shown
            self.async_write_ha_state()

    async def _ensure_administrator(self) -> None:
        """Raise ``ServiceValidationError`` unless an administrator started the current call."""
        await self._bridge.authority.ensure_administrator(self._context)

    @abstractmethod
    def _shown(self) -> object:
        """Return the displayed values, for comparison."""


class KeyEntity(BridgeEntity):
    """An entity of a key. It is removed and renamed with its key."""

    def __init__(self, bridge: Bridge, description: EntityDescription, key: ApiKey) -> None:
        """Create an entity of a key."""
        super().__init__(bridge, description)
        self._key_id = key.id
        self._attr_unique_id = f"{key.id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, key.id)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=_MANUFACTURER,
            name=key.name,
            model="API key",
        )

    @property
    def _key(self) -> ApiKey | None:
        return self._bridge.keys.get(self._key_id)

    @property
    def _counters(self) -> KeyCounters:
        return self._bridge.recorder.counters.keys.get(self._key_id) or KeyCounters()

    @property
    def _clients(self) -> int:
        """The number of live connections of the key."""
        return self._bridge.connections.of_key(self._key_id)

    @property
    @override
    def available(self) -> bool:
        """Whether the key exists and is readable."""
        return self._key is not None


def add_for_each_key(
    entry: DrawbridgeConfigEntry,
    add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[ApiKey], Iterable[KeyEntity]],
) -> None:
    """Add the entities of each key, now and when a key is added."""
    bridge = entry.runtime_data
    known: set[str] = set()

    @callback
    def add_missing() -> None:
        known.intersection_update(key.id for key in bridge.keys)
        for key in bridge.keys:
            if key.id not in known:
                known.add(key.id)
                add_entities(make(key), config_subentry_id=key.id)

    add_missing()
    entry.async_on_unload(bridge.coordinator.async_add_listener(add_missing))
