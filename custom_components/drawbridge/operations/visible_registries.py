"""Follows the registry items that a scope reveals, so that clients learn when items are removed or become hidden.

``Revealing`` in ``revealed.py`` decides which items are revealed.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)

from ..scope.devices import children_of
from ..scope.resolver import LiveScope
from .revealed import AREA, CATEGORY, DEVICE, ENTITY, FLOOR, LABEL, Item, Revealing, is_own

SUBJECTS: Final[Mapping[str, str]] = {
    f"{kind}_registry_updated": kind for kind in (ENTITY, DEVICE, AREA, FLOOR, LABEL, CATEGORY)
}
"""The kind of item that each type of registry event is about."""

_MISSING: Final = object()
_REMOVE: Final = "remove"
_REORDER: Final = "reorder"
_AT_ONCE: Final = 100
"""The number of entities to process before yielding to the event loop."""
_INCLUDED: Final = ""
"""The source of the items that the scope includes by their ID. All other sources are entities."""


class Change(NamedTuple):
    """An item that becomes visible or hidden: the registry event that says so."""

    event_type: str
    data: dict[str, Any]


class Effect(NamedTuple):
    """The effect of a registry event on the items that are visible.

    Attributes:
        before: Whether the item of the event was visible before.
        now: Whether it is visible now.
        entered: Other items that have become visible.
        left: Other items that have become hidden.

    """

    before: bool
    now: bool
    entered: Sequence[Change] = ()
    left: Sequence[Change] = ()


class VisibleRegistries:
    """The registry items that a scope reveals, updated with each event."""

    def __init__(self, hass: HomeAssistant, scope: LiveScope) -> None:
        """Create it for a scope. Nothing is visible until ``build`` has run."""
        self.scope = scope
        self._hass = hass
        self._entities = er.async_get(hass)
        self._devices = dr.async_get(hass)
        self._items_by: dict[str, frozenset[Item]] = {}
        self._counts: Counter[Item] = Counter()
        self._entered: dict[Item, None] = {}
        self._left: dict[Item, None] = {}
        self._orders = {kind: self._order(kind) for kind in SUBJECTS.values()}

    @property
    def everything(self) -> bool:
        """Whether the scope reveals everything except the bridge's own items."""
        return self.scope.scope.is_everything

    async def build(self) -> None:
        """Read all entities. Events during this time are taken into account."""
        if self.everything:
            return
        self._update((_INCLUDED,))
        entity_ids = tuple(self._entities.entities)
        for first in range(0, len(entity_ids), _AT_ONCE):
            self._update(entity_ids[first : first + _AT_ONCE])
            self._entered.clear()
            await asyncio.sleep(0)

    @property
    def items(self) -> frozenset[Item]:
        """The items that are visible, including the entities."""
        return frozenset(self._counts)

    def note(self, event: Event[Any]) -> Effect:
        """Apply a registry event. Call this exactly once for each event, in order."""
        kind, data = SUBJECTS[str(event.event_type)], event.data
        item = _subject(kind, data)
        if self.everything:
            seen = item is None or self._is_foreign(item, data)
            return Effect(seen, seen)
        order, self._orders[kind] = self._orders[kind], self._order(kind)
        if item is None:
            # All items of a kind were reordered. This is visible if the order of the visible ones has changed.
            seen = data.get("action") == _REORDER and self._has_new_order(kind, order)
            return Effect(seen, seen)
        former = (ENTITY, data["old_entity_id"]) if "old_entity_id" in data else item
        before = self._has(item) or self._has(former)
        self._update({*self._sources_of(former), *self._sources_of(item)})
        if data.get("action") == _REMOVE:
            self._remove(item)
        return self._effect(item, former, before=before)

    def sees(self, kind: str, item: str) -> bool:
        """Return whether an item is currently visible."""
        if kind == ENTITY:
            return self.scope.allows(item)
        return self.everything or (kind, item) in self._counts

    def _order(self, kind: str) -> tuple[str, ...]:
        """Return the IDs of a kind of item that can be reordered, in their order."""
        if kind == AREA:
            return tuple(ar.async_get(self._hass).areas)
        return tuple(fr.async_get(self._hass).floors) if kind == FLOOR else ()

    def _has_new_order(self, kind: str, old: Iterable[str]) -> bool:
        """Return whether the visible items of a kind had another order."""
        before, now = [[item for item in items if self._has((kind, item))] for items in (old, self._orders[kind])]
        return before != now

    def _has(self, item: Item) -> bool:
        return item in self._counts

    def _effect(self, item: Item, former: Item, *, before: bool) -> Effect:
        entered, left = self._entered, self._left
        self._entered, self._left = {}, {}
        return Effect(
            before,
            self._has(item),
            [_change("create", other) for other in entered if other not in {item, former}],
            [_change(_REMOVE, other) for other in left if other not in {item, former}],
        )

    def _is_foreign(self, item: Item, data: Mapping[str, Any]) -> bool:
        """Return whether an event is not about the bridge's own entities and devices, which reveal other keys."""
        kind, item_id = item
        if kind == ENTITY:
            return self.scope.allows(item_id)
        if kind != DEVICE:
            return True
        device = self._devices.async_get(item_id)
        identifiers = data["device"]["identifiers"] if device is None and "device" in data else ()
        return not is_own(device.identifiers if device is not None else identifiers)

    def _update(self, sources: Iterable[str]) -> None:
        """Update the items that entities, or the scope itself, reveal."""
        rule = Revealing(self._hass, self.scope.scope)
        for source in sources:
            old, new = self._items_by.pop(source, frozenset()), self._revealed_by(rule, source)
            if new:
                self._items_by[source] = new
            for item in new - old:
                self._add(item)
            for item in old - new:
                self._discard(item)

    def _revealed_by(self, rule: Revealing, source: str) -> frozenset[Item]:
        if source == _INCLUDED:
            return rule.by_scope()
        entry = self._entities.async_get(source)
        if entry is None or not self.scope.allows(source):
            return frozenset()
        return rule.by_entry(entry) | {(ENTITY, source)}

    def _add(self, item: Item) -> None:
        self._counts[item] += 1
        if self._counts[item] == 1 and self._left.pop(item, _MISSING) is _MISSING:
            self._entered[item] = None

    def _discard(self, item: Item) -> None:
        self._counts[item] -= 1
        if not self._counts[item]:
            del self._counts[item]
            if self._entered.pop(item, _MISSING) is _MISSING:
                self._left[item] = None

    def _remove(self, item: Item) -> None:
        """Remove a deleted item, although entities may still refer to it until their own events arrive."""
        if self._counts.pop(item, 0):
            self._items_by = {source: items - {item} for source, items in self._items_by.items()}

    def _sources_of(self, item: Item) -> Iterator[str]:
        """Yield the sources that may reveal other items after a change of an item."""
        kind, item_id = item
        if kind == ENTITY:
            yield item_id
        elif kind == DEVICE:
            yield from self._entities_of_device(item_id)
            for child in children_of(self._hass, item_id):
                yield from self._entities_of_device(child.id)
        elif kind == AREA:
            yield _INCLUDED
            yield from _ids(er.async_entries_for_area(self._entities, item_id))
            for device in dr.async_entries_for_area(self._devices, item_id):
                yield from self._sources_of((DEVICE, device.id))

    def _entities_of_device(self, device_id: str) -> Iterator[str]:
        return _ids(er.async_entries_for_device(self._entities, device_id, include_disabled_entities=True))


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
