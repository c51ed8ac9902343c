"""The registry items that a scope reveals: the entries of the entities in scope, and the items that these refer to.

``Revealing`` has the only rule for this. ``Revealed`` applies it to all entries at once, and ``VisibleRegistries`` in
``visible_registries.py`` follows it event by event.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..scope.devices import Device, effective_area, parent_of
from ..scope.model import Scope
from ..scope.resolver import EntityDirectory, LiveScope

ENTITY: Final = "entity"
DEVICE: Final = "device"
AREA: Final = "area"
FLOOR: Final = "floor"
LABEL: Final = "label"
CATEGORY: Final = "category"

_MAX_SCOPES: Final = 256

type Item = tuple[str, str]
"""A registry item: its kind and its ID. The ID of a category has its scope as a prefix: ``automation/ID``."""


class Revealing:
    """The rule for what an entity in scope reveals.

    Its entry reveals the device, area, labels and categories of the entity. A device reveals its area, its labels,
    and the parent of a child device. An area reveals its floor and its labels. Items that the scope excludes, and
    areas that are excluded by their floor or their labels, are not revealed.

    Results are cached, so create a new instance when a registry has changed.
    """

    def __init__(self, hass: HomeAssistant, scope: Scope) -> None:
        """Create the rule for a scope."""
        self._hass = hass
        self._scope = scope
        self._areas = ar.async_get(hass)
        self._devices = dr.async_get(hass)
        self._by_area: dict[str, frozenset[Item]] = {}
        self._by_place: dict[tuple[str | None, str | None], frozenset[Item]] = {}

    def by_entry(self, entry: er.RegistryEntry) -> frozenset[Item]:
        """Return the items that the entry of an entity in scope reveals, without the entity."""
        found = self._by_place_of(entry.area_id, entry.device_id)
        if not entry.labels and not entry.categories:
            return found
        categories = ((CATEGORY, f"{scope}/{category}") for scope, category in entry.categories.items())
        return found.union(self._labels(entry.labels), categories)

    def by_entries(self, entries: Iterable[er.RegistryEntry]) -> frozenset[Item]:
        """Return the items that the entries of entities in scope reveal. Most of them share few places."""
        places = {(entry.area_id, entry.device_id) for entry in entries}
        marked = [entry for entry in entries if entry.labels or entry.categories]
        found = (self._by_place_of(area_id, device_id) for area_id, device_id in places)
        return frozenset[Item]().union(*found, *map(self.by_entry, marked))

    def by_scope(self) -> frozenset[Item]:
        """Return the items of the areas that the scope includes by their ID."""
        return frozenset[Item]().union(*map(self._by_area_of, self._scope.include.areas))

    def _by_place_of(self, area_id: str | None, device_id: str | None) -> frozenset[Item]:
        """Return the items that an area and a device of an entity reveal."""
        place = area_id, device_id
        if (found := self._by_place.get(place)) is None:
            found = self._by_place[place] = self._by_area_of(area_id) | self._by_device_of(device_id)
        return found

    def _by_device_of(self, device_id: str | None) -> frozenset[Item]:
        device = None if device_id is None else self._devices.async_get(device_id)
        if device is None:
            return frozenset()
        parent_id = parent_of(device)
        return self._labels(device.labels).union(
            [(DEVICE, device.id)],
            self._by_area_of(effective_area(self._hass, device)),
            () if parent_id is None or self._is_in_hidden_area(parent_id) else self._by_device_of(parent_id),
        )

    def _by_area_of(self, area_id: str | None) -> frozenset[Item]:
        if area_id is None:
            return frozenset()
        if (found := self._by_area.get(area_id)) is None:
            found = self._by_area[area_id] = self._reveal_area(area_id)
        return found

    def _reveal_area(self, area_id: str) -> frozenset[Item]:
        area, exclude = self._areas.async_get_area(area_id), self._scope.exclude
        if area is None or area_id in exclude.areas or area.floor_id in exclude.floors or exclude.labels & area.labels:
            return frozenset()
        floor = () if area.floor_id is None else ((FLOOR, area.floor_id),)
        return self._labels(area.labels).union([(AREA, area_id)], floor)

    def _labels(self, labels: Iterable[str]) -> frozenset[Item]:
        return frozenset((LABEL, label) for label in labels if label not in self._scope.exclude.labels)

    def _is_in_hidden_area(self, parent_id: str) -> bool:
        """Return whether a parent device is in an excluded area.

        If the scope excludes the parent itself or one of its labels, no entity of its child devices is in scope.
        """
        device = self._devices.async_get(parent_id)
        return device is not None and device.area_id is not None and not self._by_area_of(device.area_id)


@dataclass(frozen=True, slots=True)
class Revealed:
    """The items that a scope reveals.

    Attributes:
        everything: Whether the scope has no limits. ``items`` then has devices only.
        entries: The entries of the entities in scope, in the order of the registry.
        enabled: Those of them that are not disabled.
        devices: The revealed devices, in the order of the registry.
        items: The revealed items, without the entities.

    """

    everything: bool
    entries: tuple[er.RegistryEntry, ...]
    enabled: tuple[er.RegistryEntry, ...]
    devices: tuple[Device, ...]
    items: frozenset[Item]

    def has_device(self, device_id: str | None) -> bool:
        """Return whether a device is revealed."""
        return (DEVICE, device_id) in self.items

    def has_area(self, area_id: str | None) -> bool:
        """Return whether an area is revealed, if it exists."""
        return self.everything or (AREA, area_id) in self.items

    def has_floor(self, floor_id: str | None) -> bool:
        """Return whether a floor is revealed, if it exists."""
        return self.everything or (FLOOR, floor_id) in self.items

    def has_label(self, label_id: str) -> bool:
        """Return whether a label is revealed, if it exists."""
        return self.everything or (LABEL, label_id) in self.items

    def has_category(self, scope: str, category_id: str) -> bool:
        """Return whether a category is revealed, if it exists."""
        return self.everything or (CATEGORY, f"{scope}/{category_id}") in self.items


@dataclass(slots=True)
class RevealedCache:
    """Caches what each scope reveals, until a registry changes."""

    _kept: dict[Scope, tuple[LiveScope, int, Revealed]] = field(default_factory=dict)

    def knows(self, live: LiveScope) -> bool:
        """Return whether a scope was resolved before, so that an update is fast."""
        kept = self._kept.get(live.scope)
        return kept is not None and kept[0] is live

    def find(self, hass: HomeAssistant, directory: EntityDirectory, live: LiveScope) -> Revealed:
        """Return what a scope currently reveals."""
        kept = self._kept.get(live.scope)
        if kept is not None and kept[0] is live and kept[1] == directory.revision:
            return kept[2]
        if len(self._kept) >= _MAX_SCOPES:
            self._kept.clear()
        found = reveal(hass, live)
        self._kept[live.scope] = live, directory.revision, found
        return found


def reveal(hass: HomeAssistant, live: LiveScope) -> Revealed:
    """Return what a scope reveals."""
    allows, scope = live.allows, live.scope
    entries = tuple(entry for entry in er.async_get(hass).entities.values() if allows(entry.entity_id))
    enabled = tuple(entry for entry in entries if entry.disabled_by is None)
    if scope.is_everything:
        devices = tuple(_without_own(hass, entries))
        items = frozenset((DEVICE, device.id) for device in devices)
        return Revealed(everything=True, entries=entries, enabled=enabled, devices=devices, items=items)
    rule = Revealing(hass, scope)
    items = rule.by_scope() | rule.by_entries(entries)
    devices = tuple(device for device in all_devices(hass) if (DEVICE, device.id) in items)
    return Revealed(everything=False, entries=entries, enabled=enabled, devices=devices, items=items)


def all_devices(hass: HomeAssistant) -> Iterator[Device]:
    """Yield all devices in the order of Home Assistant: child devices are last."""
    registry = dr.async_get(hass)
    listed: Iterable[Any] = (*registry.devices, *getattr(registry, "child_devices", ()))
    for item in listed:
        # Before 2026.8, the devices are a mapping by ID.
        device: Device | None = registry.async_get(item) if isinstance(item, str) else item
        if device is not None:
            yield device


def is_own(identifiers: Iterable[Sequence[str]]) -> bool:
    """Return whether the identifiers of a device are those of the bridge or of a key."""
    return any(domain == DOMAIN for domain, *_ in identifiers)


def _without_own(hass: HomeAssistant, entries: Iterable[er.RegistryEntry]) -> Iterator[Device]:
    """Yield all devices except the bridge's own, which reveal other keys, unless they have an entity in scope."""
    shown = {entry.device_id for entry in entries}
    for device in all_devices(hass):
        if device.id in shown or not is_own(device.identifiers):
            yield device
