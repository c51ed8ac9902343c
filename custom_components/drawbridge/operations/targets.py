"""Resolves the IDs in service data to entities, and checks them against a scope."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ..masking import holds_key, holds_secret
from ..scope.references import MAX_DEPTH, MAX_TARGET_IDS, TARGET_FIELDS, References, TooManyIdsError, target_field
from ..scope.service_fields import split_ids

_GROUP: Final = "group."
_MAX_OPENED: Final = 20_000


@dataclass(slots=True)
class Reach:
    """The result of resolving IDs: the entities, and the IDs that match nothing."""

    entities: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    is_endless: bool = False
    """Whether Home Assistant would take very long, or forever, to expand a group."""


def ensure_bounded(data: Mapping[str, Any], found: References) -> None:
    """Refuse targets of the wrong type and calls with too many IDs, before anything is expanded.

    Raises:
        TooManyIdsError: There are more than ``MAX_TARGET_IDS`` IDs.
        ValueError: A target is neither a string nor a list of strings, or contains a secret.

    """
    count = len(found.entities) + len(found.registry_ids)
    for target in (data, *found.targets):
        for name in TARGET_FIELDS:
            _ensure_texts(name, target.get(name))
        count += sum(len(split_ids(value)) for name, value in target.items() if target_field(name))
    if count > MAX_TARGET_IDS:
        raise TooManyIdsError(f"The data names more than {MAX_TARGET_IDS} entities, devices, areas, floors and labels.")


def resolve(hass: HomeAssistant, found: References) -> Reach:
    """Resolve the references in untyped data."""
    reach = Reach(set(found.entities))
    for item in found.registry_ids:
        _add(reach, item, registry_entities(hass, item))
    for target in found.targets:
        _add_target(hass, reach, target)
    return reach


def resolve_target(hass: HomeAssistant, target: Mapping[str, Any]) -> Reach:
    """Resolve a target."""
    reach = Reach()
    _add_target(hass, reach, target)
    return reach


def registry_entities(hass: HomeAssistant, item: str) -> set[str]:
    """Return the entities of an entity registry ID or a device ID."""
    entity_id = er.async_resolve_entity_id(er.async_get(hass), item)
    return {entity_id} if entity_id is not None else _expand(hass, "device_id", [item])


def holds(reach: Reach, in_scope: Callable[[str], bool], *, sees_everything: bool) -> bool:
    """Return whether every ID resolves to entities in scope, and to nothing else.

    In a limited scope, an ID that matches nothing is treated like an ID outside the scope.
    """
    return not reach.is_endless and all(map(in_scope, reach.entities)) and (sees_everything or not reach.unknown)


def _ensure_texts(name: str, value: object) -> None:
    items = value if isinstance(value, list) else [value]
    if value is not None and not all(isinstance(item, str) for item in items):
        raise ValueError(f"'{name}' must be a text or a list of texts.")
    if any(map(_is_secret, split_ids(value))):
        # Home Assistant logs a warning for targets that it does not find.
        raise ValueError(f"'{name}' holds a secret.")


def _is_secret(item: str) -> bool:
    return holds_key(item) or (holds_secret(item) and not valid_entity_id(item))


def _add_target(hass: HomeAssistant, reach: Reach, target: Mapping[str, Any]) -> None:
    for name, value in target.items():
        if (kind := target_field(name)) is None:
            continue
        if kind == "entity_id":
            _add_entities(hass, reach, split_ids(value))
            continue
        for item in split_ids(value):
            _add(reach, item, _expand(hass, kind, [item]))


def _add_entities(hass: HomeAssistant, reach: Reach, items: list[str]) -> None:
    registry = er.async_get(hass)
    resolved = {item: item if "." in item else er.async_resolve_entity_id(registry, item) for item in items}
    reach.unknown += [item for item, entity_id in resolved.items() if entity_id is None]
    found = [entity_id for entity_id in resolved.values() if entity_id is not None]
    costs: dict[str, int] = {}
    if sum(_cost(hass, item, costs) for item in found) > _MAX_OPENED:
        reach.is_endless = True
        return
    reach.entities |= {*found, *_expand(hass, "entity_id", found)}


def _cost(hass: HomeAssistant, entity_id: str, costs: dict[str, int], depth: int = 0) -> int:
    """Return how many entities Home Assistant expands for one ID: it expands a group each time that it is listed.

    Groups that contain each other or are nested too deeply exceed the allowed cost.
    """
    if not entity_id.startswith(_GROUP):
        return 1
    if depth > MAX_DEPTH:
        return _MAX_OPENED + 1
    if entity_id not in costs:
        costs[entity_id] = _MAX_OPENED + 1  # A member that leads back here gets this cost.
        state = hass.states.get(entity_id)
        listed = state.attributes.get(ATTR_ENTITY_ID) if state is not None else None
        members = listed if isinstance(listed, list | tuple) else ()
        costs[entity_id] = 1 + sum(_cost(hass, item, costs, depth + 1) for item in members if isinstance(item, str))
    return costs[entity_id]


def _expand(hass: HomeAssistant, kind: str, items: list[str]) -> set[str]:
    selected = async_extract_referenced_entity_ids(hass, TargetSelection({kind: items}))
    return {entity for entity in selected.referenced | selected.indirectly_referenced if "." in entity}


def _add(reach: Reach, item: str, entities: Iterable[str]) -> None:
    before = set(entities)
    reach.entities |= before
    if not before:
        reach.unknown.append(item)
