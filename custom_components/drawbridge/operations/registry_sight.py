"""What a key sees of the registries, kept up to date, so that it hears of what is removed or leaves its scope, too.

A key sees the entities in its scope, and what these name: their devices, areas, floors, labels and categories.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..scope.resolver import LiveScope

ENTITY: Final = "entity"
DEVICE: Final = "device"
AREA: Final = "area"
FLOOR: Final = "floor"
LABEL: Final = "label"
CATEGORY: Final = "category"

SUBJECTS: Final[Mapping[str, str]] = {
    f"{kind}_registry_updated": kind for kind in (ENTITY, DEVICE, AREA, FLOOR, LABEL, CATEGORY)
}
"""What each event of a registry is about, by its type."""

_MISSING: Final = object()
_REMOVE: Final = "remove"
_REORDER: Final = "reorder"
_AT_ONCE: Final = 100
"""Entities that are looked at before others have their turn."""

type Item = tuple[str, str]
"""Something in a registry: its kind and its id."""


class Change(NamedTuple):
    """Something that a key begins or ceases to see: the data of an event of its registry that says so."""

    event_type: str
    data: dict[str, Any]


class Sighting(NamedTuple):
    """What an event of a registry means for a key.

    Attributes:
        before: Whether it saw the subject of the event before.
        now: Whether it sees it now.
        entered: What else it sees from now on.
        left: What else it sees no longer.

    """

    before: bool
    now: bool
    entered: Sequence[Change] = ()
    left: Sequence[Change] = ()


class RegistrySight:
    """What one scope sees of the registries."""

    def __init__(self, hass: HomeAssistant, scope: LiveScope) -> None:
        """Look through a scope. ``build`` must be called before anything is seen."""
        self.scope = scope
        self._entities = er.async_get(hass)
        self._devices = dr.async_get(hass)
        self._areas = ar.async_get(hass)
        self._named_by: dict[str, frozenset[Item]] = {}
        self._counts: Counter[Item] = Counter()
        self._entered: dict[Item, None] = {}
        self._left: dict[Item, None] = {}

    @property
    def everything(self) -> bool:
        """Whether all is seen but what is the bridge's own."""
        return self.scope.scope.is_everything

    async def build(self) -> None:
        """Look at all entities. Events in the meantime are taken into account."""
        if self.everything:
            return
        for number, entity_id in enumerate(tuple(self._entities.entities), 1):
            self._update(entity_id)
            self._entered.clear()
            if not number % _AT_ONCE:
                await asyncio.sleep(0)

    def note(self, event: Event[Any]) -> Sighting:
        """Take an event of a registry into account. It must be told of each, once and in order."""
        kind, data = SUBJECTS[str(event.event_type)], event.data
        item = _subject(kind, data)
        if self.everything:
            seen = item is None or self._is_foreign(item, data)
            return Sighting(seen, seen)
        if item is None:
            # The order of all of a kind. It is worth telling of where there are two at least.
            seen = data.get("action") == _REORDER and sum(name == kind for name, _ in self._counts) > 1
            return Sighting(seen, seen)
        former = (ENTITY, data["old_entity_id"]) if "old_entity_id" in data else item
        before = self._has(item) or self._has(former)
        for entity_id in {*self._entities_of(former), *self._entities_of(item)}:
            self._update(entity_id)
        if data.get("action") == _REMOVE:
            self._remove(item)
        return self._sighting(item, former, before=before)

    def sees(self, kind: str, item: str) -> bool:
        """Return whether something is seen now."""
        if kind == ENTITY:
            return self.scope.allows(item)
        return self.everything or (kind, item) in self._counts

    def _has(self, item: Item) -> bool:
        return item in self._counts

    def _sighting(self, item: Item, former: Item, *, before: bool) -> Sighting:
        entered, left = self._entered, self._left
        self._entered, self._left = {}, {}
        return Sighting(
            before,
            self._has(item),
            [_change("create", other) for other in entered if other not in {item, former}],
            [_change(_REMOVE, other) for other in left if other not in {item, former}],
        )

    def _is_foreign(self, item: Item, data: Mapping[str, Any]) -> bool:
        """Return whether an event is not about the bridge's own entities and devices, which tell of other keys."""
        kind, item_id = item
        if kind == ENTITY:
            return self.scope.allows(item_id)
        if kind != DEVICE:
            return True
        device = self._devices.async_get(item_id)
        identifiers = data["device"]["identifiers"] if device is None and "device" in data else ()
        return not any(name == DOMAIN for name, *_ in (device.identifiers if device is not None else identifiers))

    def _update(self, entity_id: str) -> None:
        """Look at what an entity names now."""
        old, new = self._named_by.pop(entity_id, frozenset()), frozenset[Item]()
        entry = self._entities.async_get(entity_id)
        if entry is not None and self.scope.allows(entity_id):
            new = self._named_by[entity_id] = frozenset({(ENTITY, entity_id), *self._named(entry)})
        for item in new - old:
            self._counts[item] += 1
            if self._counts[item] == 1 and self._left.pop(item, _MISSING) is _MISSING:
                self._entered[item] = None
        for item in old - new:
            self._counts[item] -= 1
            if not self._counts[item]:
                del self._counts[item]
                if self._entered.pop(item, _MISSING) is _MISSING:
                    self._left[item] = None

    def _remove(self, item: Item) -> None:
        """Forget something that is gone, though entities may still name it for a moment."""
        if self._counts.pop(item, 0):
            self._named_by = {entity_id: named - {item} for entity_id, named in self._named_by.items()}

    def _named(self, entry: er.RegistryEntry) -> Iterator[Item]:
        device = self._devices.async_get(entry.device_id) if entry.device_id else None
        labels = set(entry.labels)
        if device is not None:
            yield DEVICE, device.id
            labels |= device.labels
        for area_id in {entry.area_id, device.area_id if device is not None else None}:
            if area_id is None or (area := self._areas.async_get_area(area_id)) is None:
                continue
            yield AREA, area_id
            labels |= area.labels
            if area.floor_id is not None:
                yield FLOOR, area.floor_id
        yield from ((LABEL, label) for label in labels)
        yield from ((CATEGORY, f"{scope}/{category}") for scope, category in entry.categories.items())

    def _entities_of(self, item: Item) -> Iterable[str]:
        """Return the entities that may name something else after a change of something."""
        kind, item_id = item
        if kind == ENTITY:
            yield item_id
        elif kind == DEVICE:
            yield from _ids(er.async_entries_for_device(self._entities, item_id, include_disabled_entities=True))
        elif kind == AREA:
            yield from _ids(er.async_entries_for_area(self._entities, item_id))
            for device in dr.async_entries_for_area(self._devices, item_id):
                yield from self._entities_of((DEVICE, device.id))


def _subject(kind: str, data: Mapping[str, Any]) -> Item | None:
    item = data.get(f"{kind}_id")
    if not isinstance(item, str):
        return None
    return (kind, f"{data.get('scope')}/{item}" if kind == CATEGORY else item)


def _change(action: str, item: Item) -> Change:
    kind, item_id = item
    data = {"action": action}
    if kind == CATEGORY:
        data["scope"], _, item_id = item_id.partition("/")
    return Change(f"{kind}_registry_updated", {**data, f"{kind}_id": item_id})


def _ids(entries: Iterable[er.RegistryEntry]) -> Iterator[str]:
    return (entry.entity_id for entry in entries)
