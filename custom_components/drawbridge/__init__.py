"""Drawbridge: scoped API keys for Home Assistant."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration

from . import api
from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Open the endpoints. They answer 503 until a config entry is loaded."""

    def find_bridge() -> Bridge | None:
        if not hass.is_running:
            return None
        entries = hass.config_entries.async_loaded_entries(DOMAIN)
        return entries[0].runtime_data if entries else None

    api.mount(hass.http.app.router, find_bridge)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> bool:
    """Build the bridge of a config entry."""
    integration = await async_get_integration(hass, DOMAIN)
    bridge = Bridge(hass, str(integration.version))
    bridge.load_keys(entry)
    entry.runtime_data = bridge
    entry.async_on_unload(bridge.start())
    entry.async_on_unload(entry.add_update_listener(_async_entry_updated))
    return True


async def async_unload_entry(_hass: HomeAssistant, _entry: DrawbridgeConfigEntry) -> bool:
    """Let go of the bridge: what it started ends with the entry."""
    return True


async def _async_entry_updated(_hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> None:
    """Take over changed keys at once, without a reload."""
    entry.runtime_data.load_keys(entry)
