"""Child devices, and what they inherit from their parent."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

if TYPE_CHECKING:
    type Device = dr.AnyDeviceEntry
else:
    # Before 2026.8, there are no child devices.
    type Device = dr.DeviceEntry


def effective_area(hass: HomeAssistant, device: Device) -> str | None:
    """Return the area of a device. A child device without an area is in the area of its parent."""
    if device.area_id is not None or (parent_id := parent_of(device)) is None:
        return device.area_id
    parent = dr.async_get(hass).async_get(parent_id)
    return None if parent is None else parent.area_id


def selectors_of(hass: HomeAssistant, device: Device) -> tuple[frozenset[str], frozenset[str]]:
    """Return the device IDs and the device labels with which a target in Home Assistant selects a device.

    They are its own and those of its parent. A device that Home Assistant split into one for each config entry is
    also selected by its former ID.
    """
    parent_id = parent_of(device)
    parent = None if parent_id is None else dr.async_get(hass).async_get(parent_id)
    found = [device] if parent is None else [device, parent]
    former = (getattr(item, "composite_device_id", None) for item in found)
    ids = frozenset(item.id for item in found).union(item for item in former if item is not None)
    return ids, frozenset().union(*(item.labels for item in found))


def parent_of(device: Device) -> str | None:
    """Return the ID of the parent of a child device; ``None`` for other devices."""
    parent_id: str | None = getattr(device, "parent_device_id", None)
    return parent_id


def children_of(hass: HomeAssistant, device_id: str) -> Iterable[Device]:
    """Return the child devices of a device."""
    find = getattr(dr, "async_entries_for_parent_device", None)  # Before 2026.8, there are no child devices.
    return () if find is None else find(dr.async_get(hass), device_id)
