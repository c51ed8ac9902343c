"""Finds what a key sees of the home, and the names of what it does not see, to filter dashboards."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import batched, chain
from typing import Final, NamedTuple

from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)

from ..caller import Caller
from ..registries import revealed_to
from ..revealed import all_devices
from ..service_calls import CallPlanner
from .visible import VisibleItems, Words, words

_FIELDS: Final = {
    "area": "areas", "device": "devices", "entity": "entities", "floor": "floors", "label": "labels"
}  # fmt: skip
_AT_ONCE: Final = 500
"""The number of items to process before yielding to the event loop."""


class _Item(NamedTuple):
    """An item of the home.

    Attributes:
        kind: The kind of item.
        id: Its ID.
        names: Its names.
        is_seen: Whether the key sees it.

    """

    kind: str
    id: str
    names: Iterable[str | None]
    is_seen: bool


async def find_visible(caller: Caller, panels: Iterable[str]) -> VisibleItems:
    """Return what a key sees. Yields to the event loop in between.

    Raises:
        RefusedError: The key was changed meanwhile.

    """
    seen, hidden = await _all_items(caller)
    caller.ensure_unchanged()
    domains = frozenset(caller.resources.directory.domains())
    await asyncio.sleep(0)
    services = frozenset([item async for item in _services(caller)])
    return VisibleItems(
        **{kind: frozenset(seen[single]) for single, kind in _FIELDS.items()},
        domains=domains | caller.hass.services.async_services_internal().keys(),
        services=services,
        panels=frozenset(panels),
        hidden=hidden,
    )


async def _all_items(caller: Caller) -> tuple[dict[str, set[str]], frozenset[Words]]:
    """Return the IDs that the key sees, by kind, and the names of what it does not see."""
    seen: dict[str, set[str]] = {kind: set() for kind in _FIELDS}
    names: dict[bool, set[Words]] = {True: set(), False: set()}
    for items in batched(chain(_places(caller), _entities(caller)), _AT_ONCE, strict=False):
        for item in items:
            names[item.is_seen].update(_names(item))
            if item.is_seen:
                seen[item.kind].add(item.id)
        await asyncio.sleep(0)
    # A name that something visible has too reveals nothing.
    return seen, frozenset(names[False] - names[True])


def _places(caller: Caller) -> Iterator[_Item]:
    """Yield the areas, floors, labels and devices."""
    hass, revealed = caller.hass, revealed_to(caller)
    for area in tuple(ar.async_get(hass).areas.values()):
        yield _Item("area", area.id, (area.name, area.id, *area.aliases), revealed.has_area(area.id))
    for floor in tuple(fr.async_get(hass).floors.values()):
        yield _Item("floor", floor.floor_id, (floor.name, floor.floor_id), revealed.has_floor(floor.floor_id))
    for label in tuple(lr.async_get(hass).labels.values()):
        # Labels are often common words, and name no part of the home.
        yield _Item("label", label.label_id, (), revealed.has_label(label.label_id))
    for device in tuple(all_devices(hass)):
        names = (device.name_by_user, device.name)
        yield _Item("device", device.id, names, revealed.has_device(device.id))


def _entities(caller: Caller) -> Iterator[_Item]:
    """Yield the entities that have a state, and then those that are registered."""
    allows = caller.home.allows
    for state in caller.hass.states.async_all():
        yield _Item("entity", state.entity_id, (state.name,), allows(state.entity_id))
    for entry in tuple(er.async_get(caller.hass).entities.values()):
        yield _Item("entity", entry.entity_id, (entry.name,), allows(entry.entity_id))


def _names(item: _Item) -> Iterator[Words]:
    """Yield the names of an item as words.

    Entities often have one common word as a name, such as "Home" or "Temperature", which tells nothing.
    """
    least = 1
    if item.kind == "entity":
        least, name = 2, item.id.partition(".")[2]
        if "_" in name:
            yield (name,)
    yield from (found for name in item.names if name and len(found := words(name)) >= least)


async def _services(caller: Caller) -> AsyncIterator[str]:
    """Yield the services that the key may call."""
    planner, domains = CallPlanner.of(caller), caller.home.domains()
    for domain, services in tuple(caller.hass.services.async_services_internal().items()):
        for name in tuple(services):
            if planner.offers(domain, name, domains):
                yield f"{domain}.{name}"
        await asyncio.sleep(0)
