"""The commands that show which key sees and controls what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import area_registry as ar

from ..bridge import Bridge
from ..keys import ApiKey
from ..policy_tests.key_access import KeyAccess
from ..policy_tests.turns import every_entity
from ..scope.model import EntityFacts
from .commands import KEY_ID, Request, command, not_found
from .record_json import name_of
from .sentences import scope_of

_MAX_ENTITIES: Final = 2000
_ENTITY_ID: Final = "entity_id"


@dataclass(slots=True)
class _Area:
    """The entities of an area, and how many of them each key reads and controls."""

    entities: int = 0
    keys: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, accesses: Iterable[KeyAccess], facts: EntityFacts) -> None:
        self.entities += 1
        for access in accesses:
            reads, controls, _ = access.of(facts)
            if reads or controls:
                counts = self.keys.setdefault(access.key.id, {"read": 0, "control": 0})
                counts["read"] += reads
                counts["control"] += controls


@command("access/areas")
async def areas(request: Request) -> dict[str, Any]:
    """Return how many entities of each area each key sees and controls."""
    bridge = request.bridge
    accesses = [KeyAccess(bridge, key) for key in bridge.keys]
    found: dict[str | None, _Area] = {area.id: _Area() for area in ar.async_get(request.hass).async_list_areas()}
    async for facts in every_entity(bridge):
        found.setdefault(facts.area, _Area()).add(accesses, facts)
    return {
        "areas": [_described(request, area_id, area) for area_id, area in found.items()],
        "keys": {key.id: key.name for key in bridge.keys},
    }


@command("access/key", {vol.Required(KEY_ID): str})
async def of_key(request: Request) -> dict[str, Any]:
    """Return the entities that a key sees or controls."""
    bridge, access = request.bridge, KeyAccess(request.bridge, request.key())
    found: list[dict[str, Any]] = []
    more = 0
    async for facts in every_entity(bridge):
        if not access.key.scope.matches(facts):
            continue
        if len(found) >= _MAX_ENTITIES:
            more += 1
        else:
            found.append(_entity(request, access, facts))
    return {"entities": found, "more": more}


@command("access/entity", {vol.Required(_ENTITY_ID): str})
async def of_entity(request: Request) -> dict[str, Any]:
    """Return what each key can do with an entity."""
    bridge, entity_id = request.bridge, request.data[_ENTITY_ID]
    if not bridge.directory.exists(entity_id):
        raise not_found("There is no entity with this ID.")
    return {"keys": list(_keys(bridge, bridge.directory.facts(entity_id)))}


def _entity(request: Request, access: KeyAccess, facts: EntityFacts) -> dict[str, Any]:
    reads, controls, _ = access.of(facts)
    return {
        _ENTITY_ID: facts.entity_id,
        "name": name_of(request.hass, facts.entity_id),
        "area_id": facts.area,
        "read": reads,
        "control": controls,
        **_rule(access.key, facts),
    }


def _keys(bridge: Bridge, facts: EntityFacts) -> Iterator[dict[str, Any]]:
    for key in bridge.keys:
        reads, controls, history = KeyAccess(bridge, key).of(facts)
        yield {
            KEY_ID: key.id,
            "name": key.name,
            "enabled": key.enabled,
            "read": reads,
            "control": controls,
            "history": history,
            **_rule(key, facts),
        }


def _rule(key: ApiKey, facts: EntityFacts) -> dict[str, Any]:
    sentence = scope_of(key.scope, facts)
    return {"rule": sentence.text, "rule_sentence": sentence.as_dict()}


def _described(request: Request, area_id: str | None, area: _Area) -> dict[str, Any]:
    entry = None if area_id is None else ar.async_get(request.hass).async_get_area(area_id)
    name = None if entry is None else entry.name
    return {"area_id": area_id, "name": name, "entities": area.entities, "keys": area.keys}


COMMANDS: Final = (areas, of_key, of_entity)
