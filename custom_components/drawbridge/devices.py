"""The device of every key."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .bridge import DrawbridgeConfigEntry
from .const import DOMAIN


def name_devices(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> None:
    """Let the devices follow the names of their keys; a name that a person gave a device stays."""
    registry = dr.async_get(hass)
    names = {(DOMAIN, key.id): key.name for key in entry.runtime_data.keys}
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        name = next((names[item] for item in device.identifiers if item in names), device.name)
        if name != device.name:
            registry.async_update_device(device.id, name=name)
