"""The items that are related to an item: its place in the registries, its members, and what refers to it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from types import MappingProxyType
from typing import Any, Final

from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.entity import entity_sources

from ..keys import Capability
from ..scope.devices import Device, children_of, effective_area, parent_of
from .caller import Caller
from .declaration import Operation
from .registries import prepare, revealed_to

SEARCH: Final = Operation("registries.related", Capability.READ)

type Related = dict[str, set[str]]

_SEARCH: Final = "search"
_MAX_LENGTH_ID: Final = 256
_ENTITY_TYPES: Final = frozenset({"automation", "entity", "group", "person", "scene", "script"})
_OF_EVERYTHING: Final = frozenset({"automation_blueprint", "script_blueprint"})
_MEMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {"group": "entity_id", "person": "device_trackers", "scene": "entity_id"}
)
"""State attributes that contain entity IDs."""


async def search(caller: Caller, item_type: str, item_id: str, *, includes_disabled: bool) -> Related:
    """Return the IDs of the items that are related to an item, by type.

    An item that is not revealed has no related items, like one that does not exist. Config entries are never included.
    For a limited scope, what automations and scripts refer to is not included, only which of them refer to an item.
    """
    if _SEARCH not in caller.hass.config.components or len(item_id) > _MAX_LENGTH_ID:
        return {}
    if item_type in _ENTITY_TYPES:
        caller.activity.reached = frozenset({item_id})
    await prepare(caller)
    visible = _Visible(caller)
    if not visible.shows(item_type, item_id):
        return {}
    found: Mapping[str, set[str]] | None = None
    if caller.home.scope.scope.is_everything:
        found = _own_search(caller, item_type, item_id, includes_disabled=includes_disabled)
    if found is None:
        found = _Search(caller, includes_disabled=includes_disabled).search(item_type, item_id)
    shown = {kind: {item for item in items if visible.shows(kind, item)} for kind, items in found.items()}
    shown.get(item_type, set()).discard(item_id)
    return {kind: items for kind, items in shown.items() if items}


def _own_search(
    caller: Caller, item_type: str, item_id: str, *, includes_disabled: bool
) -> Mapping[str, set[str]] | None:
    """Return the result of Home Assistant's own search; ``None`` if it fails."""
    from homeassistant.components.search import ItemType, Searcher  # noqa: PLC0415 - may not be set up

    if not hasattr(Searcher, f"_async_search_{item_type}"):
        # Before 2026.8, the type `integration` exists, but cannot be searched for.
        return None
    # Before 2026.8, disabled entities are never included.
    knows = "include_disabled_entities" in signature(Searcher).parameters
    options: dict[str, Any] = {"include_disabled_entities": includes_disabled} if knows else {}
    searcher = Searcher(caller.hass, entity_sources(caller.hass), **options)
    found: Mapping[str, set[str]] = searcher.async_search(ItemType(item_type), item_id)
    return {str(kind): items for kind, items in found.items()}


class _Visible:
    """The items that a caller may know of."""

    def __init__(self, caller: Caller) -> None:
        """Look through the scope of a caller."""
        self._home = caller.home
        self._revealed = revealed_to(caller)
        self._components = frozenset(caller.home.components())

    def shows(self, item_type: str, item_id: str) -> bool:
        """Return whether an item is revealed, if it exists."""
        if item_type in _ENTITY_TYPES:
            return self._home.allows(item_id)
        if item_type in _OF_EVERYTHING:
            return self._revealed.everything
        decide: Mapping[str, Callable[[str], bool]] = {
            "area": self._revealed.has_area,
            "device": self._revealed.has_device,
            "floor": self._revealed.has_floor,
            "integration": self._has_integration,
            "label": self._revealed.has_label,
        }
        return item_type in decide and decide[item_type](item_id)

    def _has_integration(self, domain: str) -> bool:
        return self._revealed.everything or domain in self._components


class _Search:
    """The search for a key with a limited scope. It only follows revealed items."""

    def __init__(self, caller: Caller, *, includes_disabled: bool) -> None:
        """Search within the scope of a caller."""
        self._hass = caller.hass
        self._home = caller.home
        self._revealed = revealed_to(caller)
        self._includes_disabled = includes_disabled
        self._found: defaultdict[str, set[str]] = defaultdict(set)

    def search(self, item_type: str, item_id: str) -> Related:
        """Return the items that are related to a revealed item."""
        kind = "entity" if item_type in _ENTITY_TYPES else item_type
        find: Callable[[str], None] | None = getattr(self, f"_search_{kind}", None)
        if find is not None:
            find(item_id)
        return self._found

    def _search_entity(self, entity_id: str) -> None:
        entry = er.async_get(self._hass).async_get(entity_id)
        if entry is not None:
            device = dr.async_get(self._hass).async_get(entry.device_id) if entry.device_id else None
            self._add("label", entry.labels)
            self._add("device", [entry.device_id])
            self._add("integration", [entry.platform])
            self._add_area(entry.area_id or (effective_area(self._hass, device) if device is not None else None))
        self._add_references(entity_id)
        state = self._home.state(entity_id)
        members = None if state is None else state.attributes.get(_MEMBERS.get(entity_id.partition(".")[0], ""))
        self._add("entity", members if isinstance(members, list | tuple | set) else ())

    def _search_device(self, device_id: str) -> None:
        device = dr.async_get(self._hass).async_get(device_id)
        if device is None:
            return
        self._add("label", device.labels)
        self._add("device", [parent_of(device)])
        self._add_area(effective_area(self._hass, device))
        for child in children_of(self._hass, device_id):
            self._add("device", [child.id])
            self._add_content(child)
        self._add_content(device)

    def _search_area(self, area_id: str) -> None:
        area = ar.async_get(self._hass).async_get_area(area_id)
        if area is not None:
            self._add("label", area.labels)
            self._add("floor", [area.floor_id])
            self._add_placed(area_id)

    def _search_floor(self, floor_id: str) -> None:
        self._add_referrers("floor", floor_id)
        for area in ar.async_entries_for_floor(ar.async_get(self._hass), floor_id):
            self._add_area(area.id)
            self._add_placed(area.id)

    def _search_label(self, label_id: str) -> None:
        self._add_referrers("label", label_id)
        for area in ar.async_entries_for_label(ar.async_get(self._hass), label_id):
            self._add_area(area.id)
        self._add("device", (item.id for item in dr.async_entries_for_label(dr.async_get(self._hass), label_id)))
        for entry in er.async_entries_for_label(er.async_get(self._hass), label_id):
            self._add_entity(entry.entity_id)

    def _search_integration(self, domain: str) -> None:
        sources = entity_sources(self._hass)
        for entity_id in {
            *(entry.entity_id for entry in self._revealed.entries if entry.platform == domain),
            *(entity_id for entity_id, source in sources.items() if source["domain"] == domain),
        }:
            self._add_entity(entity_id)

    def _add(self, item_type: str, items: Iterable[str | None]) -> None:
        self._found[item_type].update(item for item in items if item is not None)

    def _add_area(self, area_id: str | None) -> None:
        area = ar.async_get(self._hass).async_get_area(area_id) if area_id is not None else None
        if area is not None and self._revealed.has_area(area.id):
            self._add("area", [area.id])
            self._add("floor", [area.floor_id])

    def _add_placed(self, area_id: str) -> None:
        """Add the entities and devices in an area."""
        if not self._revealed.has_area(area_id):
            return
        self._add_referrers("area", area_id)
        for entry in er.async_entries_for_area(er.async_get(self._hass), area_id):
            self._add_entity(entry.entity_id)
        for device in dr.async_entries_for_area(dr.async_get(self._hass), area_id):
            self._add("device", [device.id])
            self._add_content(device, only_of_area=True)

    def _add_content(self, device: Device, *, only_of_area: bool = False) -> None:
        """Add the entities of a device, and the items that refer to it."""
        if not self._revealed.has_device(device.id):
            return
        self._add_referrers("device", device.id)
        for entry in er.async_entries_for_device(
            er.async_get(self._hass), device.id, include_disabled_entities=self._includes_disabled
        ):
            if not only_of_area or entry.area_id is None:
                self._add_entity(entry.entity_id)

    def _add_entity(self, entity_id: str) -> None:
        if self._home.allows(entity_id):
            domain = entity_id.partition(".")[0]
            self._add("entity", [entity_id])
            self._add(domain if domain in _ENTITY_TYPES else "entity", [entity_id])
            self._add_references(entity_id)

    def _add_references(self, entity_id: str) -> None:
        """Add the items that refer to an entity."""
        from homeassistant.components import group, person  # noqa: PLC0415 - may not be set up
        from homeassistant.components.homeassistant import scene  # noqa: PLC0415 - may not be set up

        self._add_referrers("entity", entity_id)
        self._add("group", group.groups_with_entity(self._hass, entity_id))
        self._add("person", person.persons_with_entity(self._hass, entity_id))
        self._add("scene", scene.scenes_with_entity(self._hass, entity_id))

    def _add_referrers(self, kind: str, item_id: str) -> None:
        """Add the automations and scripts that refer to an item."""
        from homeassistant.components import automation, script  # noqa: PLC0415 - may not be set up

        self._add("automation", getattr(automation, f"automations_with_{kind}")(self._hass, item_id))
        self._add("script", getattr(script, f"scripts_with_{kind}")(self._hass, item_id))
