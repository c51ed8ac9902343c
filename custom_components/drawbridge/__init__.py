"""Drawbridge: scoped API keys for Home Assistant."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration

from . import api
from .actions import register_actions
from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN
from .scope_issues import ScopeIssues
from .usage import remove_usage

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Open the endpoints. They answer 503 until a config entry is loaded."""

    def find_bridge() -> Bridge | None:
        if not hass.is_running:
            return None
        entries = hass.config_entries.async_loaded_entries(DOMAIN)
        return entries[0].runtime_data if entries else None

    api.mount(hass.http.app.router, find_bridge)
    register_actions(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> bool:
    """Build the bridge of a config entry."""
    integration = await async_get_integration(hass, DOMAIN)
    bridge = Bridge(hass, entry, str(integration.version))
    await bridge.start()
    entry.runtime_data = bridge
    issues = ScopeIssues(hass, bridge.keys)
    entry.async_on_unload(issues.start())

    async def updated(_hass: HomeAssistant, _entry: DrawbridgeConfigEntry) -> None:
        """Take over changed keys and options at once, without a reload."""
        await bridge.apply()
        issues.check()

    entry.async_on_unload(entry.add_update_listener(updated))
    return True


async def async_unload_entry(_hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> bool:
    """Let go of the bridge: what it started ends with the entry."""
    await entry.runtime_data.usage.save()
    return True


async def async_remove_entry(hass: HomeAssistant, _entry: DrawbridgeConfigEntry) -> None:
    """Leave nothing behind."""
    await remove_usage(hass)
