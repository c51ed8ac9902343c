"""Scopes follow the registries: after each random change, they equal scopes that are computed from scratch."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.drawbridge.encoding.codecs import CODINGS
from custom_components.drawbridge.operations.revealed import Item, reveal
from custom_components.drawbridge.operations.visible_registries import SUBJECTS, VisibleRegistries
from custom_components.drawbridge.scope.model import EntityFacts, Scope
from custom_components.drawbridge.scope.redaction import Redaction
from tests.integration.house import Bridge
from tests.unit.test_scope_properties import obviously_in_scope

_ALL = Redaction(images=True, location=True)

NUMBERS = count()
NAMES = ("a", "b", "c")
ENTITY_IDS = tuple(f"{domain}.{name}" for domain in ("light", "switch") for name in ("x", "y", "z"))
SCOPES: dict[str, dict[str, Any]] = {
    "area": {"areas": ["a"]},
    "floor": {"floors": ["a"], "exclude": {"areas": ["b"]}},
    "label": {"labels": ["a", "b"], "exclude": {"labels": ["c"]}},
    "domain": {"domains": ["light"], "exclude": {"globs": ["*.y*"]}},
    "glob": {"globs": ["*.x*", "switch.?"], "exclude": {"floors": ["b"]}},
    "everything": {"everything": True, "exclude": {"entities": ["light.z"], "areas": ["c"]}},
}


@dataclass(frozen=True)
class House:
    """The registries, and what may happen to them. Every change can be asked for at any time."""

    hass: HomeAssistant
    bridge: Bridge

    def area(self, name: str) -> str:
        """Return an area's id; make it where there is none."""
        return ar.async_get(self.hass).async_get_or_create(name).id

    def floor(self, name: str) -> str:
        """Return a floor's id; make it where there is none."""
        floors = fr.async_get(self.hass)
        return (floors.async_get_floor_by_name(name) or floors.async_create(name)).floor_id

    def label(self, name: str) -> str:
        """Return a label's id; make it where there is none."""
        labels = lr.async_get(self.hass)
        return (labels.async_get_label_by_name(name) or labels.async_create(name)).label_id

    def device(self, name: str) -> str:
        """Return a device's id; make it where there is none."""
        entry = self.bridge.entry.entry_id
        return dr.async_get(self.hass).async_get_or_create(config_entry_id=entry, identifiers={("x", name)}).id

    def entity(self, entity_id: str) -> str:
        """Return an entity that is registered, by its id if that is free, and has a state."""
        entities = er.async_get(self.hass)
        if entities.async_get(entity_id) is None:
            domain, name = entity_id.split(".")
            entry = entities.async_get_or_create(
                domain, "test", f"{next(NUMBERS)}", suggested_object_id=name, original_name=name
            )
            entity_id = entry.entity_id
        self.hass.states.async_set(entity_id, "on")
        return entity_id

    def place(self, entity_id: str, name: str) -> None:
        """Put an entity into an area, or out of any."""
        area = None if name == "c" else self.area(name)
        er.async_get(self.hass).async_update_entity(self.entity(entity_id), area_id=area)

    def mount(self, entity_id: str, name: str) -> None:
        """Make an entity part of a device."""
        er.async_get(self.hass).async_update_entity(self.entity(entity_id), device_id=self.device(name))

    def tag(self, entity_id: str, name: str) -> None:
        """Label an entity."""
        er.async_get(self.hass).async_update_entity(self.entity(entity_id), labels={self.label(name)})

    def move_device(self, _entity_id: str, name: str) -> None:
        """Put a device into an area."""
        dr.async_get(self.hass).async_update_device(self.device("a"), area_id=self.area(name))

    def tag_device(self, _entity_id: str, name: str) -> None:
        """Label a device."""
        dr.async_get(self.hass).async_update_device(self.device("a"), labels={self.label(name)})

    def add_child(self, entity_id: str, name: str) -> None:
        """Assign an entity to a child device."""
        devices: Any = dr.async_get(self.hass)
        if hasattr(devices, "async_get_or_create_child"):
            child = devices.async_get_or_create_child(
                config_entry_id=self.bridge.entry.entry_id,
                identifiers={("x", f"child of {name}")},
                parent_device_id=self.device(name),
            )
            er.async_get(self.hass).async_update_entity(self.entity(entity_id), device_id=child.id)

    def remove_device(self, _entity_id: str, name: str) -> None:
        """Remove a device, with what hangs on it."""
        dr.async_get(self.hass).async_remove_device(self.device(name))

    def raise_area(self, _entity_id: str, name: str) -> None:
        """Put an area on a floor."""
        ar.async_get(self.hass).async_update(self.area("a"), floor_id=self.floor(name))

    def tag_area(self, _entity_id: str, name: str) -> None:
        """Label an area."""
        ar.async_get(self.hass).async_update(self.area("b"), labels={self.label(name)})

    def remove_area(self, _entity_id: str, name: str) -> None:
        """Remove an area."""
        ar.async_get(self.hass).async_delete(self.area(name))

    def remove_floor(self, _entity_id: str, name: str) -> None:
        """Remove a floor."""
        fr.async_get(self.hass).async_delete(self.floor(name))

    def remove_label(self, _entity_id: str, name: str) -> None:
        """Remove a label."""
        lr.async_get(self.hass).async_delete(self.label(name))

    def rename(self, entity_id: str, name: str) -> None:
        """Give an entity another id, and its state with it."""
        old = self.entity(entity_id)
        new = f"{old.split('.')[0]}.{name}_renamed"
        if er.async_get(self.hass).async_get(new) is None and self.hass.states.get(new) is None:
            self.hass.states.async_remove(old)
            er.async_get(self.hass).async_update_entity(old, new_entity_id=new)
            self.hass.states.async_set(new, "on")

    def unregister(self, entity_id: str, _name: str) -> None:
        """Forget an entity; its state stays."""
        er.async_get(self.hass).async_remove(self.entity(entity_id))

    def vanish(self, entity_id: str, _name: str) -> None:
        """Remove the state of an entity."""
        self.hass.states.async_remove(self.entity(entity_id))

    def change(self, entity_id: str, name: str) -> None:
        """Change the state of an entity that may not be registered."""
        self.hass.states.async_set(entity_id, name)


CHANGES: tuple[Callable[[House, str, str], None], ...] = (
    House.place, House.mount, House.tag, House.move_device, House.tag_device, House.remove_device, House.raise_area,
    House.add_child, House.tag_area, House.remove_area, House.remove_floor, House.remove_label, House.rename,
    House.unregister, House.vanish, House.change,
)  # fmt: skip


_EXAMPLES = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_STEPS = given(
    st.lists(
        st.tuples(st.sampled_from(CHANGES), st.sampled_from(ENTITY_IDS), st.sampled_from(NAMES)),
        min_size=1,
        max_size=12,
    )
)


@_EXAMPLES
@_STEPS
async def test_scopes_follow_every_change(
    bridge: Bridge, hass: HomeAssistant, steps: list[tuple[Callable[[House, str, str], None], str, str]]
) -> None:
    """After each step each key sees just what an obvious look at the registries says, in bulk and one by one."""
    random.seed()  # Hypothesis fixes it, and Home Assistant makes the ids of its registries from it
    keys = await keys_of(bridge)
    house, directory = House(hass, bridge), bridge.entry.runtime_data.directory
    for change, entity_id, name in steps:
        change(house, entity_id, name)
        for key in bridge.entry.runtime_data.keys:
            live = directory.live(key.scope)
            expected = {
                state.entity_id
                for state in hass.states.async_all()
                if obviously_in_scope(key.scope, facts(hass, state.entity_id))
            }
            assert {state.entity_id for state in hass.states.async_all() if live.allows(state.entity_id)} == expected
            assert await seen_in_cache(bridge, key.scope) == expected
    for name, secret in keys.items():
        key = next(item for item in bridge.entry.runtime_data.keys if item.name == name)
        seen = await bridge.entity_ids(secret)
        assert all(obviously_in_scope(key.scope, facts(hass, entity_id)) for entity_id in seen)


@_EXAMPLES
@_STEPS
async def test_events_follow_what_lists_reveal(
    bridge: Bridge, hass: HomeAssistant, steps: list[tuple[Callable[[House, str, str], None], str, str]]
) -> None:
    """After each change, the items that registry events are sent for are those that the registry lists reveal."""
    random.seed()  # Hypothesis fixes the seed, and Home Assistant creates registry IDs from random numbers.
    await keys_of(bridge)
    directory = bridge.entry.runtime_data.directory
    views = [VisibleRegistries(hass, directory.live(key.scope)) for key in bridge.entry.runtime_data.keys]
    for view in views:
        await view.build()

    @callback
    def note(event: Event[Any]) -> None:
        for view in views:
            view.note(event)

    stop_listening = [hass.bus.async_listen(event_type, note) for event_type in SUBJECTS]
    house = House(hass, bridge)
    for change, entity_id, name in steps:
        change(house, entity_id, name)
        await hass.async_block_till_done()
        for view in views:
            revealed = reveal(hass, view.scope)
            assert view.items == revealed.items | entities_of(revealed.entries), (change.__name__, view.scope.scope)
    for stop in stop_listening:
        stop()


def entities_of(entries: Iterable[er.RegistryEntry]) -> frozenset[Item]:
    """Return entries as items."""
    return frozenset(("entity", entry.entity_id) for entry in entries)


async def seen_in_cache(bridge: Bridge, scope: Scope) -> set[str]:
    """Return the entities in the prepared answer."""
    states = bridge.entry.runtime_data.caches.states
    payload = await states.body_in_slices(states.view(scope, _ALL), CODINGS["identity"])
    return {state["entity_id"] for state in json.loads(b"".join(payload.pieces))}


async def keys_of(bridge: Bridge) -> dict[str, str]:
    """Return a key for every scope; the areas, floors and labels have their names for ids."""
    made: dict[str, str] = bridge.__dict__.setdefault("scoped_keys", {})
    house = House(bridge.hass, bridge)
    for name in NAMES if len(made) < len(SCOPES) else ():
        # A new key may name only what exists.
        house.area(name), house.floor(name), house.label(name)
    for name, scope in SCOPES.items():
        if name not in made:
            made[name] = (await bridge.act("create_key", name=name, per_minute=0, **scope))["secret"]
    return made


def area_of(hass: HomeAssistant, device: Any) -> str | None:
    """Return the area of a device, as Home Assistant has it."""
    find: Any = getattr(dr, "async_get_effective_area_id", None)
    area_id: str | None = device.area_id if find is None else find(hass, device)
    return area_id


def facts(hass: HomeAssistant, entity_id: str) -> EntityFacts:
    """Look an entity up, without anything that is remembered."""
    entry = er.async_get(hass).entities.get(entity_id)
    if entry is None:
        return EntityFacts(entity_id)
    device: Any = dr.async_get(hass).async_get(entry.device_id) if entry.device_id else None
    parent_id = getattr(device, "parent_device_id", None)
    lines: list[Any] = [item for item in (device, parent_id and dr.async_get(hass).async_get(parent_id)) if item]
    area_id = entry.area_id or (area_of(hass, device) if device else None)
    area = ar.async_get(hass).areas.get(area_id) if area_id else None
    labels = {*entry.labels, *(label for item in lines for label in item.labels), *(area.labels if area else ())}
    floor_id, guarded = area.floor_id if area else None, entry.platform == "drawbridge"
    return EntityFacts(entity_id, area_id, floor_id, frozenset(item.id for item in lines), frozenset(labels), guarded)
