"""Buttons of the bridge and of each key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge import Bridge, DrawbridgeConfigEntry
from .entity import BridgeEntity, KeyEntity, add_for_each_key
from .issues.monitor import ask_to_rotate

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class BridgeButtonDescription(ButtonEntityDescription):
    """The description of a button of the bridge."""

    press_fn: Callable[[Bridge], None]


BRIDGE_BUTTONS: Final = (
    BridgeButtonDescription(
        key="warm_cache",
        translation_key="warm_cache",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        press_fn=lambda bridge: bridge.caches.warm(),
    ),
    BridgeButtonDescription(
        key="clear_cache",
        translation_key="clear_cache",
        entity_category=EntityCategory.CONFIG,
        press_fn=lambda bridge: bridge.caches.clear(),
    ),
)

ROTATE: Final = ButtonEntityDescription(key="rotate", translation_key="rotate", entity_category=EntityCategory.CONFIG)


async def async_setup_entry(
    _hass: HomeAssistant, entry: DrawbridgeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons."""
    bridge = entry.runtime_data
    async_add_entities(BridgeButton(bridge, item) for item in BRIDGE_BUTTONS)
    add_for_each_key(entry, async_add_entities, lambda key: [RotateButton(bridge, ROTATE, key)])


class BridgeButton(BridgeEntity, ButtonEntity):
    """A button of the bridge."""

    entity_description: BridgeButtonDescription

    @override
    async def async_press(self) -> None:
        """Press the button. For administrators only."""
        await self._ensure_administrator()
        self.entity_description.press_fn(self._bridge)

    @override
    def _shown(self) -> object:
        return None


class RotateButton(KeyEntity, ButtonEntity):
    """Starts replacing the secret. The repair flow shows the new secret."""

    @override
    async def async_press(self) -> None:
        """Create the repair issue that replaces the secret. For administrators only."""
        await self._ensure_administrator()
        if (key := self._key) is not None:
            ask_to_rotate(self.hass, key)

    @override
    def _shown(self) -> object:
        return self.available
