"""Drawbridge: scoped API keys for Home Assistant."""

from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration

from . import http as api
from .bridge import Bridge, DrawbridgeConfigEntry
from .const import BASE_PATH, DOMAIN
from .devices import name_devices
from .issues.monitor import Issues
from .issues.policy_tests import PolicyIssues
from .issues.scope import ScopeIssues
from .keys.keeper import remove_store
from .listener import Listener
from .listener.uploaded import remove_all
from .log import mask_access_log
from .migration import migrate
from .panel.registration import register as register_panel, start as start_panel
from .services import register_actions
from .sessions.sessions import remove_sessions
from .usage import remove_usage
from .websocket import asyncapi
from .websocket.commands import COMMANDS
from .websocket.mount import mount as mount_websocket

PLATFORMS: Final = (Platform.BINARY_SENSOR, Platform.BUTTON, Platform.EVENT, Platform.SENSOR, Platform.SWITCH)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the endpoints. They return 503 until a config entry is loaded."""
    entry: DrawbridgeConfigEntry | None = None

    def find_bridge() -> Bridge | None:
        nonlocal entry
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            entry = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
        return entry.runtime_data if entry is not None and hass.is_running else None

    mask_access_log()
    # Register before the REST API, which handles all other paths.
    mount_websocket(hass.http.app.router, find_bridge, base_path=BASE_PATH)
    api.mount(hass.http.app.router, find_bridge, base_path=BASE_PATH)
    register_actions(hass)
    await register_panel(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> bool:
    """Set up a config entry."""
    integration = await async_get_integration(hass, DOMAIN)
    bridge = Bridge(hass, entry, str(integration.version), asyncapi.content)
    bridge.recorder.live.declare_commands(COMMANDS)
    await bridge.start()
    entry.runtime_data = bridge
    scope_issues, issues = ScopeIssues(hass, bridge.keys), Issues(bridge)
    policy_issues = PolicyIssues(hass, bridge.keys, bridge.policy_watch)
    entry.async_on_unload(scope_issues.start())
    entry.async_on_unload(policy_issues.start())
    entry.async_on_unload(issues.start())
    listener = await _start_listener(hass, entry, issues.check)
    entry.async_on_unload(await start_panel(hass, bridge))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)

    async def updated(_hass: HomeAssistant, _entry: DrawbridgeConfigEntry) -> None:
        """Apply changed keys and options without a reload."""
        await bridge.apply()
        await listener.apply()
        name_devices(hass, entry)
        scope_issues.check()
        policy_issues.check()
        issues.check()

    entry.async_on_unload(entry.add_update_listener(updated))
    return True


async def _start_listener(hass: HomeAssistant, entry: DrawbridgeConfigEntry, changed: CALLBACK_TYPE) -> Listener:
    """Start the listener, if it is enabled. It is closed when the entry is unloaded or Home Assistant stops."""
    listener = Listener(hass, entry.runtime_data, changed)

    async def stopped(_event: Event) -> None:
        """Close the listener before Home Assistant's own server is closed."""
        await listener.close()

    entry.async_on_unload(listener.close)
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stopped))
    await listener.apply()
    return listener


async def async_unload_entry(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> bool:
    """Stop the bridge, and save pending changes."""
    entry.runtime_data.keeper.retry()
    await entry.runtime_data.usage.save()
    await entry.runtime_data.sessions.save_if_changed()
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_migrate_entry(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> bool:
    """Migrate an entry of an earlier version."""
    return migrate(hass, entry)


async def async_remove_entry(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> None:
    """Remove all stored data."""
    await remove_store(hass, entry)
    await remove_usage(hass)
    await remove_sessions(Path(hass.config.config_dir))
    await hass.async_add_executor_job(remove_all, hass.config.config_dir)
