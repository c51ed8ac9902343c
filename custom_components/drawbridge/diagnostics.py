"""Diagnostics, without secrets and personal data."""

from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .audit.trail import AuditRecord
from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN
from .keys import ApiKey

_PATHS: Final = ("listener_certificate", "listener_key", "listener_client_ca")
_REDACTED: Final = frozenset(
    {"digest", "address", "networks", "last_address", "certificate", "listener_address", *_PATHS}
)
_MAX_REFUSALS: Final = 50


async def async_get_config_entry_diagnostics(_hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> dict[str, Any]:
    """Return diagnostics of the bridge."""
    bridge = entry.runtime_data
    return {
        "version": bridge.version,
        "options": async_redact_data(bridge.options.as_dict(), _REDACTED),
        "metrics": bridge.snapshot(),
        "listener": {"problem": bridge.listener.problem, "keeps_certificate": bridge.listener.keeps_certificate},
        "keys": [_key(bridge, key) for key in bridge.keys],
        "audit": [_record(item) for item in list(bridge.audit)[-_MAX_REFUSALS:]],
    }


async def async_get_device_diagnostics(
    _hass: HomeAssistant, entry: DrawbridgeConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return diagnostics of a key or of the bridge."""
    bridge = entry.runtime_data
    ids = {item for domain, item in device.identifiers if domain == DOMAIN}
    key = next((item for item in bridge.keys if item.id in ids), None)
    if key is None:
        return {"version": bridge.version, "metrics": bridge.snapshot()}
    audit = [_record(item) for item in bridge.audit if item.key_id == key.id]
    return {"version": bridge.version, "key": _key(bridge, key), "audit": audit[-_MAX_REFUSALS:]}


def _key(bridge: Bridge, key: ApiKey) -> dict[str, Any]:
    used = bridge.recorder.counters.keys.get(key.id)
    lesson = bridge.lessons.get(key.id)
    redacted: dict[str, Any] = async_redact_data({"id": key.id, "name": key.name, **key.as_dict()}, _REDACTED)
    return {
        **redacted,
        "entities_in_scope": bridge.entities_in(key.scope),
        "requests": used.requests if used is not None else 0,
        "refused": used.refused if used is not None else 0,
        "last_used": used.last_used if used is not None else None,
        "clients": bridge.connections.of_key(key.id),
        "learned": lesson.as_dict() if lesson is not None else None,
    }


def _record(record: AuditRecord) -> dict[str, Any]:
    return {**record.as_dict(), "address": REDACTED}
