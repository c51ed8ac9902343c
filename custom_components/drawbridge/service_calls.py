"""Holds calls of services against what a key may do, with Home Assistant's own expansion."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .cache.directory import LiveScope
from .keys import ApiKey, Capability
from .policy.references import TARGET_FIELDS, References, find_references
from .policy.services import (
    GENERIC_ENTITY_SERVICES,
    Decision,
    decide_reach,
    decide_service,
)

_SCRIPT: Final = "script"
_HOMEASSISTANT: Final = "homeassistant"


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call as it would be made, what it reaches, and whether the key may make it."""

    data: dict[str, Any]
    reached: frozenset[str]
    decision: Decision


class CallPlanner:
    """Plans calls for one key. Decides; calls nothing."""

    def __init__(self, hass: HomeAssistant, key: ApiKey, scope: LiveScope) -> None:
        """Plan for a key within its scope."""
        self._hass = hass
        self._key = key
        self._scope = scope

    def plan(self, domain: str, service: str, data: Mapping[str, Any]) -> PlannedCall:
        """Plan a call.

        ``entity_id: all`` becomes all that is in scope. Raises ``TooDeepError`` for data
        nested too deep, and ``ValueError`` for a target that is no text or list of texts.
        """
        _ensure_targets(data)
        of_entities = self._is_of_entities(domain, service)
        decision = decide_service(domain, service, self._key.services, of_entities=of_entities)
        if not decision.allowed:
            return PlannedCall(dict(data), frozenset(), decision)
        narrowed = self._narrow(domain, data)
        found = find_references(narrowed, self._scope.known_domains())
        if found.templated:
            refused = Decision(allowed=False, rule="templates in the data are not allowed")
            return PlannedCall(narrowed, frozenset(), refused)
        reached = self._reached(found) | self._implied(domain, service)
        decision = decide_reach(domain, reached, self._scope.allows, needs_target=of_entities)
        return PlannedCall(narrowed, frozenset(reached), decision)

    def offers(self, domain: str, service: str, domains: Collection[str]) -> bool:
        """Tell whether there is a call of a service that the key may make.

        ``domains`` are those of the entities in scope: a service of entities needs one to act on.
        """
        if Capability.CONTROL not in self._key.capabilities:
            return False
        of_entities = self._is_of_entities(domain, service)
        if not decide_service(domain, service, self._key.services, of_entities=of_entities).allowed:
            return False
        if of_entities and not (domains if domain == _HOMEASSISTANT else domain in domains):
            return False
        return all(self._scope.allows(item) for item in self._implied(domain, service))

    def _is_of_entities(self, domain: str, service: str) -> bool:
        if f"{domain}.{service}" in GENERIC_ENTITY_SERVICES:
            return True
        registered = self._hass.services.async_services_internal().get(domain, {}).get(service)
        schema = registered.schema if registered is not None else None
        return schema is not None and cv.is_entity_service_schema(schema)

    def _narrow(self, domain: str, data: Mapping[str, Any]) -> dict[str, Any]:
        asked = data.get(ATTR_ENTITY_ID)
        if not isinstance(asked, str) or asked.strip().lower() != ENTITY_MATCH_ALL:
            return dict(data)
        wanted = None if domain == _HOMEASSISTANT else domain
        candidates = self._hass.states.async_entity_ids(wanted)
        return {**data, ATTR_ENTITY_ID: [item for item in candidates if self._scope.allows(item)]}

    def _reached(self, found: References) -> set[str]:
        entities = er.async_get(self._hass)
        reached = set(found.entities)
        for item in found.registry_ids:
            if (entity_id := er.async_resolve_entity_id(entities, item)) is not None:
                reached.add(entity_id)
            reached |= self._expand({"device_id": [item]})
        for target in found.targets:
            reached |= self._expand(target)
        return reached

    def _expand(self, target: Mapping[str, Any]) -> set[str]:
        selected = async_extract_referenced_entity_ids(
            self._hass, TargetSelection({name: _ids(target.get(name)) for name in TARGET_FIELDS})
        )
        return {item for item in selected.referenced | selected.indirectly_referenced if "." in item}

    def _implied(self, domain: str, service: str) -> set[str]:
        """Return what the service's own name reaches: a script's service runs that script."""
        script = f"{domain}.{service}"
        return {script} if domain == _SCRIPT and self._hass.states.get(script) else set()


def _ids(value: str | list[str] | None) -> list[str]:
    items = [value] if isinstance(value, str) else value or []
    return [part.strip().lower() for item in items for part in item.split(",") if part.strip()]


def _ensure_targets(data: Mapping[str, Any]) -> None:
    for name in TARGET_FIELDS:
        value = data.get(name)
        items = value if isinstance(value, list) else [value]
        if value is not None and not all(isinstance(item, str) for item in items):
            raise ValueError(f"'{name}' must be a text or a list of texts.")
