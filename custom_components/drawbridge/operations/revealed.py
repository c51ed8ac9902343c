"""What a scope reveals of the registries: the entries of the entities in scope, and what these name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..scope.model import Scope, Selection
from ..scope.resolver import EntityDirectory, LiveScope

if TYPE_CHECKING:
    type Device = dr.AnyDeviceEntry
else:
    # Before 2026.8, there are no child devices.
    type Device = dr.DeviceEntry

_MAX_SCOPES: Final = 256


@dataclass(frozen=True, slots=True)
class Revealed:
    """The entries that a scope reveals.

    A device is revealed if one of its entities is in scope, and so is the parent of a child device. An area is
    revealed if an entity in scope or a revealed device stands in it, or if the scope includes it by its id. Floors,
    labels and categories are revealed if something names them. What the scope excludes by its id is not revealed.

    Attributes:
        everything: Whether the scope has no limits. Areas, floors, labels and categories are not listed then.
        entries: The entries of the entities in scope, in the order of the registry.
        devices: The devices, in the order of the registry.
        device_ids: Their ids.
        area_ids: The ids of the areas.
        floor_ids: The ids of the floors.
        label_ids: The ids of the labels.
        categories: The categories, each with its scope.

    """

    everything: bool
    entries: tuple[er.RegistryEntry, ...]
    devices: tuple[Device, ...]
    device_ids: frozenset[str]
    area_ids: frozenset[str] = frozenset()
    floor_ids: frozenset[str] = frozenset()
    label_ids: frozenset[str] = frozenset()
    categories: frozenset[tuple[str, str]] = frozenset()

    def has_device(self, device_id: str | None) -> bool:
        """Tell whether a device is revealed."""
        return device_id in self.device_ids

    def has_area(self, area_id: str | None) -> bool:
        """Tell whether an area is revealed, if there is one."""
        return self.everything or area_id in self.area_ids

    def has_floor(self, floor_id: str | None) -> bool:
        """Tell whether a floor is revealed, if there is one."""
        return self.everything or floor_id in self.floor_ids

    def has_label(self, label_id: str) -> bool:
        """Tell whether a label is revealed, if there is one."""
        return self.everything or label_id in self.label_ids

    def has_category(self, scope: str, category_id: str) -> bool:
        """Tell whether a category is revealed, if there is one."""
        return self.everything or (scope, category_id) in self.categories


@dataclass(slots=True)
class RevealedCache:
    """What each scope reveals, until a registry changes."""

    _kept: dict[Scope, tuple[int, Revealed]] = field(default_factory=dict)

    def find(self, hass: HomeAssistant, directory: EntityDirectory, live: LiveScope) -> Revealed:
        """Return what a scope reveals now."""
        kept = self._kept.get(live.scope)
        if kept is not None and kept[0] == directory.revision:
            return kept[1]
        if len(self._kept) >= _MAX_SCOPES:
            self._kept.clear()
        found = reveal(hass, live)
        self._kept[live.scope] = directory.revision, found
        return found


def reveal(hass: HomeAssistant, live: LiveScope) -> Revealed:
    """Return what a scope reveals."""
    allows, scope = live.allows, live.scope
    entries = tuple(entry for entry in er.async_get(hass).entities.values() if allows(entry.entity_id))
    if scope.is_everything:
        devices = tuple(_not_own(hass, entries))
        return Revealed(everything=True, entries=entries, devices=devices, device_ids=_ids(devices))
    devices = _devices_of(hass, entries, scope.exclude)
    area_ids = {entry.area_id for entry in entries} | {effective_area(hass, device) for device in devices}
    areas = _areas(hass, {*filter(None, area_ids), *scope.include.areas}, scope.exclude)
    labels = {label for labels in _labels(entries, devices, areas) for label in labels}
    return Revealed(
        everything=False,
        entries=entries,
        devices=devices,
        device_ids=_ids(devices),
        area_ids=frozenset(area.id for area in areas),
        floor_ids=frozenset(area.floor_id for area in areas if area.floor_id is not None),
        label_ids=frozenset(labels) - scope.exclude.labels,
        categories=frozenset(item for entry in entries for item in entry.categories.items()),
    )


def all_devices(hass: HomeAssistant) -> Iterator[Device]:
    """Yield all devices, child devices last, as Home Assistant lists them."""
    registry = dr.async_get(hass)
    listed: Iterable[Any] = (*registry.devices, *getattr(registry, "child_devices", ()))
    for item in listed:
        # Before 2026.8, the devices are a mapping by id.
        device: Device | None = registry.async_get(item) if isinstance(item, str) else item
        if device is not None:
            yield device


def effective_area(hass: HomeAssistant, device: Device) -> str | None:
    """Return the area that a device stands in. A child device stands in that of its parent."""
    if device.area_id is not None or (parent_id := parent_of(device)) is None:
        return device.area_id
    parent = dr.async_get(hass).async_get(parent_id)
    return None if parent is None else parent.area_id


def parent_of(device: Device) -> str | None:
    """Return the id of the parent of a child device."""
    parent_id: str | None = device.dict_repr.get("parent_device_id")
    return parent_id


def _not_own(hass: HomeAssistant, entries: Iterable[er.RegistryEntry]) -> Iterator[Device]:
    """Yield all devices but those of the bridge that have no entity in scope: they tell of other keys."""
    shown = {entry.device_id for entry in entries}
    for device in all_devices(hass):
        if device.id in shown or all(domain != DOMAIN for domain, *_ in device.identifiers):
            yield device


def _devices_of(hass: HomeAssistant, entries: Iterable[er.RegistryEntry], exclude: Selection) -> tuple[Device, ...]:
    """Return the devices of entities, and the parents of these."""
    registry = dr.async_get(hass)
    device_ids = {entry.device_id for entry in entries if entry.device_id is not None}
    for device_id in tuple(device_ids):
        device = registry.async_get(device_id)
        parent_id = None if device is None else parent_of(device)
        if parent_id is not None and not _is_excluded(hass, parent_id, exclude):
            device_ids.add(parent_id)
    return tuple(device for device in all_devices(hass) if device.id in device_ids)


def _is_excluded(hass: HomeAssistant, device_id: str, exclude: Selection) -> bool:
    """Tell whether a device is excluded: by itself, its labels, or the place where it stands."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None or device_id in exclude.devices or exclude.labels & device.labels:
        return True
    return device.area_id is not None and not _areas(hass, {device.area_id}, exclude)


def _areas(hass: HomeAssistant, area_ids: Iterable[str], exclude: Selection) -> tuple[ar.AreaEntry, ...]:
    """Return areas by their ids, but for those that are excluded: by themselves, their floor, or their labels."""
    registry = ar.async_get(hass)
    found = (registry.async_get_area(area_id) for area_id in area_ids if area_id not in exclude.areas)
    return tuple(
        area
        for area in found
        if area is not None and area.floor_id not in exclude.floors and not exclude.labels & area.labels
    )


def _labels(
    entries: Iterable[er.RegistryEntry], devices: Iterable[Device], areas: Iterable[ar.AreaEntry]
) -> Iterator[Iterable[str]]:
    """Yield the labels of each entry."""
    yield from (item.labels for item in entries)
    yield from (item.labels for item in devices)
    yield from (item.labels for item in areas)


def _ids(devices: Iterable[Device]) -> frozenset[str]:
    return frozenset(device.id for device in devices)
