"""Switches of each key: enabled, and learn mode."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge import DrawbridgeConfigEntry
from .entity import KeyEntity, add_for_each_key
from .keys import ApiKey

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class KeySwitchDescription(SwitchEntityDescription):
    """The description of a switch: how to read it from a key, and how to change the key."""

    value_fn: Callable[[ApiKey], bool]
    set_fn: Callable[[ApiKey, bool], ApiKey]


KEY_SWITCHES: Final = (
    KeySwitchDescription(
        key="enabled",
        translation_key="enabled",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda key: key.enabled,
        set_fn=lambda key, value: replace(key, enabled=value),
    ),
    KeySwitchDescription(
        key="learning",
        translation_key="learning",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        value_fn=lambda key: key.learning,
        set_fn=lambda key, value: replace(key, learning=value),
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: DrawbridgeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches."""
    bridge = entry.runtime_data
    add_for_each_key(entry, async_add_entities, lambda key: [KeySwitch(bridge, item, key) for item in KEY_SWITCHES])


class KeySwitch(KeyEntity, SwitchEntity):
    """A switch of a key. Changes take effect on the next request."""

    entity_description: KeySwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the state of the switch."""
        key = self._key
        return self.entity_description.value_fn(key) if key is not None else None

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        """Enable the key, or start learn mode. For administrators only."""
        await self._ensure_administrator()
        await self._set(value=True)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Disable the key, or stop learn mode. Any user may do this."""
        await self._set(value=False)

    async def _set(self, *, value: bool) -> None:
        if self._key is not None:
            await self._bridge.change_key(self._key_id, lambda key: self.entity_description.set_fn(key, value))

    @override
    def _shown(self) -> object:
        return self.available, self.is_on
