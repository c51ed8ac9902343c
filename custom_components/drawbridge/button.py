"""Buttons of the bridge and of each key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN
from .entity import BridgeEntity, KeyEntity, add_for_each_key
from .issues.monitor import ask_to_rotate
from .keys import Capability
from .sessions import SessionsNotSavedError

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

END_SESSIONS: Final = ButtonEntityDescription(
    key="end_sessions", translation_key="end_sessions", entity_category=EntityCategory.CONFIG
)
ROTATE: Final = ButtonEntityDescription(key="rotate", translation_key="rotate", entity_category=EntityCategory.CONFIG)


async def async_setup_entry(
    _hass: HomeAssistant, entry: DrawbridgeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons."""
    bridge = entry.runtime_data
    async_add_entities(BridgeButton(bridge, item) for item in BRIDGE_BUTTONS)
    add_for_each_key(
        entry,
        async_add_entities,
        lambda key: [RotateButton(bridge, ROTATE, key), EndSessionsButton(bridge, END_SESSIONS, key)],
    )


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
            await ask_to_rotate(self.hass, key)

    @override
    def _shown(self) -> object:
        return self.available


class EndSessionsButton(KeyEntity, ButtonEntity):
    """Signs out all browsers of a key."""

    @property
    @override
    def entity_registry_enabled_default(self) -> bool:
        """Disable the button of a key that cannot sign in."""
        return self._key is not None and Capability.DASHBOARD in self._key.capabilities

    @override
    async def async_press(self) -> None:
        """End all sessions of the key. For administrators only."""
        await self._ensure_administrator()
        try:
            await self._bridge.sessions.end(self._bridge.sessions.of_key(self._key_id))
        except SessionsNotSavedError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="not_saved", translation_placeholders={"reason": str(err)}
            ) from err
        self._bridge.coordinator.refresh()

    @override
    def _shown(self) -> object:
        return self.available
