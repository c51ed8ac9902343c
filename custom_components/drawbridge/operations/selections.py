"""The entities, devices and areas that a target selects within a scope, and what can be used with them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition, device_registry as dr, entity_registry as er, trigger
from homeassistant.helpers.entity import entity_sources, get_device_class, get_supported_features
from homeassistant.helpers.group import GenericGroup, get_entity_ids, get_group_entities
from homeassistant.helpers.target import SelectedEntities, TargetSelection, async_extract_referenced_entity_ids

from ..keys import Capability
from ..refusal import bad_request
from ..scope.references import MAX_TARGET_IDS, TARGET_FIELDS
from . import services
from .caller import Caller
from .declaration import Operation
from .registries import prepare, revealed_to
from .revealed import Revealed

EXTRACT: Final = Operation("targets.extract", Capability.READ)
TRIGGERS: Final = Operation("targets.triggers", Capability.READ)
CONDITIONS: Final = Operation("targets.conditions", Capability.READ)
SERVICES: Final = Operation("targets.services", Capability.READ, adds=(Capability.CONTROL,))

type Target = Mapping[str, Any]
type Ids = dict[str, set[str]]
"""IDs by target field."""

_ENTITIES, _DEVICES, _AREAS, _FLOORS, _LABELS = TARGET_FIELDS
_EXCLUDE: Final = "exclude"
_TARGET: Final = "target"
_OLD_GROUP: Final = "group."


@dataclass(frozen=True, slots=True)
class Selected:
    """The result of resolving a target. Items that are not revealed count as missing.

    Attributes:
        named: The entities that the target lists, and the members of groups that it lists.
        reached: The entities that it selects by device, area, floor or label.
        devices: The devices.
        areas: The areas.
        missing: The IDs that match nothing, by target field.

    """

    named: set[str]
    reached: set[str]
    devices: set[str]
    areas: set[str]
    missing: Ids


async def select(caller: Caller, target: Target, *, expands_groups: bool, primary_only: bool) -> Selected:
    """Resolve a target.

    IDs of items that are not revealed are treated like IDs that do not exist.

    Args:
        caller: The key.
        target: The target, and what to exclude from it.
        expands_groups: Whether to replace groups by their members.
        primary_only: Whether to select configuration and diagnostic entities only by their ID or label.

    Raises:
        RefusedError: There are too many IDs.

    """
    named, excluded = _ids(target), _ids(target.get(_EXCLUDE) or {})
    if sum(map(len, (*named.values(), *excluded.values()))) > MAX_TARGET_IDS:
        raise bad_request(f"The target has more than {MAX_TARGET_IDS} ids.")
    await prepare(caller)
    visible = _Visible.of(caller)
    if not any(named.values()):
        return Selected(set(), set(), set(), set(), {})
    found = async_extract_referenced_entity_ids(
        caller.hass,
        _selection(visible, named, excluded, expands_groups=expands_groups),
        expand_group=False,
        primary_entities_only=primary_only,
    )
    caller.activity.reached = frozenset(found.referenced | found.indirectly_referenced)
    return _within(visible, found, named, excluded)


def _selection(visible: _Visible, named: Ids, excluded: Ids, *, expands_groups: bool) -> TargetSelection:
    """Return what Home Assistant resolves: the revealed IDs, and all entity IDs."""
    known, taken = visible.known(named), visible.known(excluded)
    known[_ENTITIES], taken[_ENTITIES] = named[_ENTITIES], excluded[_ENTITIES]
    if expands_groups:
        known[_ENTITIES] = visible.expanded(named[_ENTITIES])
        taken[_ENTITIES] = visible.expanded(excluded[_ENTITIES], keeps_groups=True)
    config: dict[str, Any] = {name: sorted(items) for name, items in known.items() if items}
    if any(taken.values()):
        config[_EXCLUDE] = {name: sorted(items) for name, items in taken.items() if items}
    return TargetSelection(config)


def _within(visible: _Visible, found: SelectedEntities, named: Ids, excluded: Ids) -> Selected:
    """Return the part of a selection that is revealed. The IDs that are not revealed count as missing."""
    allows, revealed, known = visible.allows, visible.revealed, visible.known(named)
    unknown = {name: items - known[name] for name, items in named.items()}
    return Selected(
        named={item for item in found.referenced if allows(item) or item in named[_ENTITIES]},
        reached=set(filter(allows, found.indirectly_referenced)),
        devices=set(filter(revealed.has_device, found.referenced_devices)) | (unknown[_DEVICES] - excluded[_DEVICES]),
        areas=set(filter(revealed.has_area, found.referenced_areas)) | (unknown[_AREAS] - excluded[_AREAS]),
        missing={
            _DEVICES: found.missing_devices | unknown[_DEVICES],
            _AREAS: found.missing_areas | unknown[_AREAS],
            _FLOORS: found.missing_floors | unknown[_FLOORS],
            _LABELS: found.missing_labels | unknown[_LABELS],
        },
    )


async def usable_triggers(caller: Caller, target: Target, *, expands_groups: bool) -> set[str]:
    """Return the triggers that can be used with entities of a target."""
    descriptions = await trigger.async_get_all_descriptions(caller.hass)
    return await _usable(caller, target, _revealed(caller, descriptions), expands_groups=expands_groups)


async def usable_conditions(caller: Caller, target: Target, *, expands_groups: bool) -> set[str]:
    """Return the conditions that can be used with entities of a target."""
    descriptions = await condition.async_get_all_descriptions(caller.hass)
    return await _usable(caller, target, _revealed(caller, descriptions), expands_groups=expands_groups)


async def usable_services(caller: Caller, target: Target, *, expands_groups: bool) -> set[str]:
    """Return the services that the key may call with entities of a target."""
    offered = services.offered(caller, await services.descriptions(caller))
    flat = {f"{domain}.{name}": text for domain, found in offered.items() for name, text in found.items()}
    return await _usable(caller, target, flat, expands_groups=expands_groups)


def _ids(target: Target) -> Ids:
    return {name: set(target.get(name) or ()) for name in TARGET_FIELDS}


@dataclass(frozen=True, slots=True)
class _Visible:
    """The IDs that a caller may know of."""

    hass: HomeAssistant
    allows: Callable[[str], bool]
    revealed: Revealed

    @classmethod
    def of(cls, caller: Caller) -> Self:
        return cls(caller.hass, caller.home.allows, revealed_to(caller))

    def has(self, name: str, item: str) -> bool:
        """Return whether an ID in a target field is revealed, if it exists."""
        if name == _DEVICES:
            return self.revealed.has_device(item) or self._is_composite(item)
        return {
            _ENTITIES: self.allows,
            _AREAS: self.revealed.has_area,
            _FLOORS: self.revealed.has_floor,
            _LABELS: self.revealed.has_label,
        }[name](item)

    def known(self, ids: Ids) -> Ids:
        """Return the IDs that are revealed, if they exist."""
        return {name: {item for item in items if self.has(name, item)} for name, items in ids.items()}

    def _is_composite(self, device_id: str) -> bool:
        """Return whether an ID belongs to a device that was split into several devices, one of which is revealed."""
        find: Any = getattr(dr.async_get(self.hass), "async_get_devices_for_composite_device_id", None)
        return find is not None and any(self.revealed.has_device(device.id) for device in find(device_id))

    def expanded(self, entity_ids: Iterable[str], *, keeps_groups: bool = False) -> set[str]:
        """Replace groups by their members. A group outside the scope has none."""
        todo, done, found = list(entity_ids), set[str](), set[str]()
        while todo:
            entity_id = todo.pop().lower()
            if entity_id in done:
                continue
            done.add(entity_id)
            members = self._members(entity_id)
            if members is None or keeps_groups:
                found.add(entity_id)
            todo += members or ()
        return found

    def _members(self, entity_id: str) -> list[str] | None:
        """Return the members of a group; ``None`` if the entity is not a group."""
        is_old = entity_id.startswith(_OLD_GROUP)
        if not self.allows(entity_id):
            return [] if is_old else None
        entity: Any = get_group_entities(self.hass).get(entity_id)
        if entity is not None and isinstance(entity.group, GenericGroup):
            return [item for item in entity.group.member_entity_ids if item != entity_id]
        return [item for item in get_entity_ids(self.hass, entity_id) if item != entity_id] if is_old else None


def _revealed(caller: Caller, descriptions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the descriptions that belong to integrations that the scope reveals."""
    if caller.home.scope.scope.is_everything:
        return descriptions
    shown = frozenset(caller.home.components())
    return {name: text for name, text in descriptions.items() if name.partition(".")[0] in shown}


async def _usable(
    caller: Caller, target: Target, descriptions: Mapping[str, Mapping[str, Any] | None], *, expands_groups: bool
) -> set[str]:
    """Return what can be used with at least one entity of a target."""
    caller.ensure_unchanged()
    selected = await select(caller, target, expands_groups=expands_groups, primary_only=False)
    allows = caller.home.allows
    kinds = {*_kinds(caller.hass, filter(allows, selected.named)), *_kinds(caller.hass, selected.reached, reached=True)}
    return {
        name
        for name, description in descriptions.items()
        if description is not None
        and _TARGET in description
        and any(_fits(description[_TARGET] or {}, kind) for kind in kinds)
    }


class _Kind(NamedTuple):
    """The properties that determine what can be used with an entity. Many entities share them."""

    domain: str
    integration: str
    device_class: str | None
    features: int
    is_secondary: bool
    """Whether it is a configuration or diagnostic entity that the target does not list."""


def _kinds(hass: HomeAssistant, entity_ids: Iterable[str], *, reached: bool = False) -> Iterator[_Kind]:
    sources, registry = entity_sources(hass), er.async_get(hass)
    for entity_id in entity_ids:
        source = sources.get(entity_id)
        if source is None:
            continue
        entry = registry.async_get(entity_id) if reached else None
        is_secondary = entry is not None and entry.entity_category is not None
        try:
            device_class, features = get_device_class(hass, entity_id), get_supported_features(hass, entity_id)
        except HomeAssistantError:
            # The entity has neither a state nor a registry entry.
            device_class, features = None, 0
        yield _Kind(entity_id.partition(".")[0], source["domain"], device_class, features, is_secondary)


def _fits(target: Mapping[str, Any], kind: _Kind) -> bool:
    """Return whether the target of a description accepts a kind of entity, by Home Assistant's rules."""
    if kind.is_secondary and target.get("primary_entities_only", True):
        return False
    filters = target.get("entity") or []
    return not filters or any(_passes(item, kind) for item in filters)


def _passes(wanted: Mapping[str, Any], kind: _Kind) -> bool:
    integration = wanted.get("integration")
    domains: Collection[str] = wanted.get("domain") or ()
    classes: Collection[str] = wanted.get("device_class") or ()
    features: Collection[int] = wanted.get("supported_features") or ()
    return (
        integration in {None, "", kind.integration}
        and (not domains or kind.domain in domains)
        and (not classes or kind.device_class in classes)
        and (not features or any(feature & kind.features == feature for feature in features))
    )
