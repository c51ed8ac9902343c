"""The information in Settings > System > Repairs > System information."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .bridge import DrawbridgeConfigEntry
from .const import DOMAIN


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the information."""
    register.async_register_info(_info, f"/config/integrations/integration/{DOMAIN}")


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[DrawbridgeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        return {"keys": 0}
    bridge = entries[0].runtime_data
    bridge.coordinator.refresh()
    reading = bridge.coordinator.data
    return {
        "health_score": f"{reading.health.score:.0f} / 100",
        "keys": len(bridge.keys),
        "requests": reading.totals.requests,
        "refusals": reading.refusals,
        "lockouts": reading.lockouts,
        "cache": f"{len(bridge.states)} views, {bridge.states.size / 1024:.0f} KiB",
    }
