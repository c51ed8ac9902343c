"""Synthetic: creates devices for helpers, and any number of sensors that change at a configurable rate.

For demonstrations and benchmarks of other integrations only.
"""

import voluptuous as vol
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .churn import Churn
from .const import CONF_CHANGES_PER_SECOND, CONF_DEVICES, DOMAIN, SERVICE_CHURN

type SyntheticConfigEntry = ConfigEntry[Churn]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

_CHURN_FIELDS = vol.Schema({vol.Required(CONF_CHANGES_PER_SECOND): vol.All(vol.Coerce(float), vol.Range(min=0))})


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the service that sets the rate of all entries."""

    async def set_rate(call: ServiceCall) -> None:
        entries: list[SyntheticConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
        for entry in entries:
            entry.runtime_data.set_rate(call.data[CONF_CHANGES_PER_SECOND])

    hass.services.async_register(DOMAIN, SERVICE_CHURN, set_rate, _CHURN_FIELDS)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SyntheticConfigEntry) -> bool:
    """Add the devices and the sensors, and start changing them."""
    registry = dr.async_get(hass)
    for device in entry.data[CONF_DEVICES]:
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, device["id"])},
            name=device["name"],
            manufacturer=device["manufacturer"],
            model=device["model"],
            suggested_area=device["area"],
        )
    await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR])
    entry.runtime_data.set_rate(entry.data[CONF_CHANGES_PER_SECOND])
    return True


async def async_unload_entry(hass: HomeAssistant, entry: SyntheticConfigEntry) -> bool:
    """Stop changing the sensors, and remove them."""
    entry.runtime_data.stop()
    return await hass.config_entries.async_unload_platforms(entry, [Platform.SENSOR])
