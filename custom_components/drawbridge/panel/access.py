"""The commands that show which key sees and controls what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import area_registry as ar

from ..bridge import Bridge
from ..keys import ApiKey, Capability
from ..operations.service_calls import CallPlanner
from ..scope.model import EntityFacts
from ..scope.resolver import LiveScope
from ..scope.reviewed_services import REVIEWED
from ..scope.service_rules import decide_service
from .commands import KEY_ID, Request, command, not_found
from .record_json import name_of
from .turns import every_entity

_GENERIC: Final = ("turn_on", "turn_off", "toggle")
_HOMEASSISTANT: Final = "homeassistant"
_SCRIPT: Final = "script"
_MAX_ENTITIES: Final = 2000
_ENTITY_ID: Final = "entity_id"


class Sight:
    """What a key sees and controls. For one answer: it does not follow changes."""

    def __init__(self, bridge: Bridge, key: ApiKey) -> None:
        """Create the sight of a key, as it is in force."""
        self.key = key
        self._hass = bridge.hass
        self._planner = CallPlanner(bridge.hass, key, LiveScope(key.scope, bridge.directory))
        self._actions: dict[str, list[tuple[str, str]]] = {}

    def of(self, facts: EntityFacts) -> tuple[bool, bool, bool]:
        """Return whether the key can read an entity, control it and read its history."""
        capabilities = self.key.capabilities
        if not self.key.scope.matches(facts):
            return False, False, False
        controls = Capability.CONTROL in capabilities and self._controls(facts)
        return Capability.READ in capabilities, controls, Capability.HISTORY in capabilities

    def _controls(self, facts: EntityFacts) -> bool:
        """Tell whether the key may make a call of any action on an entity in its scope."""
        actions = self._of_domain(facts.domain)
        if facts.domain == _SCRIPT and facts.entity_id in self.key.services:
            actions = [*actions, (_SCRIPT, facts.entity_id.removeprefix(f"{_SCRIPT}."))]
        if not actions or not self._planner.opens_by_id(facts.entity_id):
            return bool(actions)
        # Settings, and entities that act on others, have rules of their own. Ask for each action.
        return any(self._may_call(action, facts.entity_id) for action in actions)

    def _may_call(self, action: tuple[str, str], entity_id: str) -> bool:
        try:
            return self._planner.plan(*action, {_ENTITY_ID: entity_id}).decision.allowed
        except ValueError:
            return False

    def _of_domain(self, domain: str) -> list[tuple[str, str]]:
        """Return the actions of entities that the key may call on a domain."""
        if domain not in self._actions:
            services = self._hass.services.async_services_for_domain(domain)
            names = [(domain, item) for item in services if f"{domain}.{item}" in REVIEWED]
            names += [(_HOMEASSISTANT, item) for item in _GENERIC if item in services]
            self._actions[domain] = [name for name in names if decide_service(*name, self.key.services).allowed]
        return self._actions[domain]


@dataclass(slots=True)
class _Area:
    """The entities of an area, and how many of them each key reads and controls."""

    entities: int = 0
    keys: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, sights: Iterable[Sight], facts: EntityFacts) -> None:
        self.entities += 1
        for sight in sights:
            reads, controls, _ = sight.of(facts)
            if reads or controls:
                counts = self.keys.setdefault(sight.key.id, {"read": 0, "control": 0})
                counts["read"] += reads
                counts["control"] += controls


@command("access/areas")
async def areas(request: Request) -> dict[str, Any]:
    """Return how many entities of each area each key sees and controls."""
    bridge = request.bridge
    sights = [Sight(bridge, key) for key in bridge.keys]
    found: dict[str | None, _Area] = {area.id: _Area() for area in ar.async_get(request.hass).async_list_areas()}
    async for facts in every_entity(bridge):
        found.setdefault(facts.area, _Area()).add(sights, facts)
    return {
        "areas": [_described(request, area_id, area) for area_id, area in found.items()],
        "keys": {key.id: key.name for key in bridge.keys},
    }


@command("access/key", {vol.Required(KEY_ID): str})
async def of_key(request: Request) -> dict[str, Any]:
    """Return the entities that a key sees or controls."""
    bridge, sight = request.bridge, Sight(request.bridge, request.key())
    found: list[dict[str, Any]] = []
    more = 0
    async for facts in every_entity(bridge):
        if not sight.key.scope.matches(facts):
            continue
        if len(found) >= _MAX_ENTITIES:
            more += 1
        else:
            found.append(_entity(request, sight, facts))
    return {"entities": found, "more": more}


@command("access/entity", {vol.Required(_ENTITY_ID): str})
async def of_entity(request: Request) -> dict[str, Any]:
    """Return what each key can do with an entity."""
    bridge, entity_id = request.bridge, request.data[_ENTITY_ID]
    if not bridge.directory.exists(entity_id):
        raise not_found("There is no entity with this ID.")
    return {"keys": list(_keys(bridge, bridge.directory.facts(entity_id)))}


def _entity(request: Request, sight: Sight, facts: EntityFacts) -> dict[str, Any]:
    reads, controls, _ = sight.of(facts)
    return {
        _ENTITY_ID: facts.entity_id,
        "name": name_of(request.hass, facts.entity_id),
        "area_id": facts.area,
        "read": reads,
        "control": controls,
        "rule": sight.key.scope.rule(facts),
    }


def _keys(bridge: Bridge, facts: EntityFacts) -> Iterator[dict[str, Any]]:
    for key in bridge.keys:
        reads, controls, history = Sight(bridge, key).of(facts)
        yield {
            KEY_ID: key.id,
            "name": key.name,
            "enabled": key.enabled,
            "read": reads,
            "control": controls,
            "history": history,
            "rule": key.scope.rule(facts),
        }


def _described(request: Request, area_id: str | None, area: _Area) -> dict[str, Any]:
    entry = None if area_id is None else ar.async_get(request.hass).async_get_area(area_id)
    name = None if entry is None else entry.name
    return {"area_id": area_id, "name": name, "entities": area.entities, "keys": area.keys}


COMMANDS: Final = (areas, of_key, of_entity)
