"""Checks service calls against the permissions of a key, using Home Assistant's own target expansion."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Self

from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.network import is_hass_url

from ..keys import ApiKey, Capability
from ..scope.media import MediaRules
from ..scope.references import MAX_TARGET_IDS, TARGET_FIELDS, References, TooManyIdsError, find_references
from ..scope.resolver import LiveScope
from ..scope.reviewed_services import GENERIC_SERVICES, REVIEWED
from ..scope.rule_texts import rule_text
from ..scope.service_fields import Surroundings, entities, split_ids
from ..scope.service_rules import Decision, all_fields, decide_reach, decide_service, is_opened
from .caller import Caller
from .delegates import chain, may_act_on_others
from .entity_attributes import listed_attributes
from .targets import Reach, ensure_bounded, holds, resolve, resolve_target

_SCRIPT: Final = "script"
_OF_ALL_SCRIPTS: Final = frozenset({"reload", "toggle", "turn_off", "turn_on"})
"""Services of the integration for scripts. All others run the script of that name."""
_HOMEASSISTANT: Final = "homeassistant"
_EXCLUDE: Final = "exclude"
_TARGET: Final = frozenset({*TARGET_FIELDS, _EXCLUDE})
_ACTED_ON: Final = frozenset(name.partition(".")[0] for name in REVIEWED)
_OLD_GROUP: Final = "group."


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call, the entities that it reaches, and whether the key may make it."""

    data: dict[str, Any]
    reached: frozenset[str]
    decision: Decision
    is_opened: bool = False
    """Whether the key may use the service with all fields, not only the reviewed ones."""


class CallPlanner:
    """Plans service calls for one key. It makes decisions, and calls nothing."""

    def __init__(self, hass: HomeAssistant, key: ApiKey, scope: LiveScope) -> None:
        """Create a planner for a key and its scope."""
        self._hass = hass
        self._key = key
        self._scope = scope

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """Return the planner of a caller."""
        return cls(caller.hass, caller.key, caller.home.scope)

    @property
    def media(self) -> MediaRules:
        """The rules for the media that the key may play and list."""
        return MediaRules(self._scope.allows, self._key.media_hosts, lambda url: is_hass_url(self._hass, url))

    def plan(self, domain: str, service: str, data: Mapping[str, Any]) -> PlannedCall:
        """Plan a call.

        ``entity_id: all`` is replaced by all entities in scope, except settings of devices that the key may not change.

        Raises:
            ValueError: The data is nested too deeply, contains too many IDs, or has a target of the wrong type.

        """
        name = f"{domain}.{service}"
        found = find_references(data)
        ensure_bounded(data, found)
        opened = is_opened(domain, service, self._key.services)
        decision = decide_service(domain, service, self._key.services)
        if decision.allowed and found.templated:
            decision = _refused(rule_text("templated"))
        if not decision.allowed:
            return PlannedCall(dict(data), frozenset(), decision, opened)
        if name in GENERIC_SERVICES:
            # Pass only the target on. Home Assistant would pass all other data to every domain without a check.
            data = {field: value for field, value in data.items() if field in _TARGET}
        narrowed = self._narrow(domain, service, data) if _is_reviewed(name) else dict(data)
        target = {field: value for field, value in narrowed.items() if field in _TARGET}
        reach = self._target(target)
        reach.entities |= self._implied(domain, service)
        decision = self._decide(domain, service, narrowed, reach)
        return PlannedCall(narrowed, frozenset(reach.entities), decision, opened)

    def offers(self, domain: str, service: str, domains: Collection[str]) -> bool:
        """Return whether the key may make at least one call of a service.

        ``domains`` are the domains of the entities in scope: a reviewed service needs an entity to act on.
        """
        if Capability.CONTROL not in self._key.capabilities:
            return False
        if not decide_service(domain, service, self._key.services).allowed:
            return False
        if _is_reviewed(f"{domain}.{service}") and not (domains if domain == _HOMEASSISTANT else domain in domains):
            return False
        return all(self._scope.allows(item) for item in self._implied(domain, service))

    def opens_by_id(self, entity_id: str) -> bool:
        """Return whether listing an entity by ID in the scope would allow the key to do more with it.

        It allows changing settings, and using entities that act on others outside the scope.
        """
        if Capability.CONTROL not in self._key.capabilities:
            return False
        return self.is_setting(entity_id) or (not self._sees_everything and may_act_on_others(self._hass, entity_id))

    def allows_data(self, data: Mapping[str, Any]) -> bool:
        """Return whether data of unknown types refers only to entities in scope.

        Raises:
            ValueError: The data is nested too deeply, contains too many IDs, or has a target of the wrong type.

        """
        found = find_references(data)
        ensure_bounded(data, found)
        return self._allows_untyped(found)

    def _target(self, target: Mapping[str, Any]) -> Reach:
        reach = resolve_target(self._hass, target)
        excluded = target.get(_EXCLUDE)
        if isinstance(excluded, Mapping):
            # An exclusion only reduces what the call reaches, but could reveal what exists.
            ids = resolve_target(self._hass, excluded)
            if not self._holds(ids):
                reach.unknown.append(_EXCLUDE)
        return reach

    def _decide(self, domain: str, service: str, data: Mapping[str, Any], reach: Reach) -> Decision:
        name = f"{domain}.{service}"
        decision = decide_reach(domain, reach.entities, self._scope.allows, needs_target=_is_reviewed(name))
        if not decision.allowed:
            return decision
        if not self._holds(reach):
            return Decision(allowed=False, rule=rule_text("target_outside"), lacks="entity")
        acting = self._acting(domain, name, data, reach)
        for refusal in (
            self._field_refusal(domain, service, data, reach),
            self._generic_refusal(service, reach) if name in GENERIC_SERVICES else None,
            self._category_refusal(domain, service, acting),
            self._delegate_refusal(acting),
        ):
            if refusal is not None:
                return _refused(refusal)
        return decision

    @staticmethod
    def _acting(domain: str, name: str, data: Mapping[str, Any], reach: Reach) -> set[str]:
        """Return the entities that a service acts on: if it is reviewed, those of its domain and of its fields."""
        if (fields := REVIEWED.get(name)) is None:
            return reach.entities
        named = (item for field, kind in fields.items() if kind is entities for item in split_ids(data.get(field)))
        return {*(item for item in reach.entities if _is_of(domain, item)), *named}

    def _field_refusal(self, domain: str, service: str, data: Mapping[str, Any], reach: Reach) -> str | None:
        fields = REVIEWED.get(f"{domain}.{service}", {})
        acting = reach.entities if fields.keys() & data.keys() else ()
        listed = [listed_attributes(self._hass, item) for item in acting if _is_of(domain, item)]
        opened = is_opened(domain, service, self._key.services)
        around = Surroundings(self._scope.allows, listed, self.media, opened)
        untyped = {field: value for field, value in data.items() if field not in fields and field not in _TARGET}
        for field, value in data.items():
            if field in fields and not fields[field](value, around):
                return rule_text("field_value", field=field)
        if untyped and not opened:
            return rule_text("field_not_reviewed", field=next(iter(untyped))[:64])
        if not self._allows_untyped(find_references(untyped)):
            return rule_text("data_outside")
        return None

    def _allows_untyped(self, found: References) -> bool:
        if found.matches_all and not self._sees_everything:
            return False
        media = self.media
        return all(map(media.may_play, found.paths)) and self._holds(resolve(self._hass, found))

    def _generic_refusal(self, service: str, reach: Reach) -> str | None:
        """Check a generic service like the service of the same name in each domain that it reaches."""
        if service == "update_entity":
            return None
        listed = self._key.services
        has = self._hass.services.has_service
        domains = {item.partition(".")[0] for item in reach.entities if not item.startswith(_OLD_GROUP)}
        # Home Assistant passes over the entities of other domains, such as sensors.
        domains = {domain for domain in domains if has(domain, service)}
        if not domains:
            return rule_text("no_such_service", service=service)
        own = f"{_HOMEASSISTANT}.{service}"
        if listed & {own, all_fields(own), f"{_HOMEASSISTANT}.*"}:
            listed |= {f"{domain}.*" for domain in domains}
        for domain in sorted(domains):
            if not (decision := decide_service(domain, service, listed)).allowed:
                return decision.rule
        return None

    def _category_refusal(self, domain: str, service: str, acting: Collection[str]) -> str | None:
        """Refuse changes to settings, unless the scope lists the entity or the key has the service with all fields."""
        if is_opened(domain, service, self._key.services):
            return None
        for item in acting:
            if self._is_closed_setting(item):
                return rule_text("setting", entity=item)
        return None

    def _is_closed_setting(self, entity_id: str) -> bool:
        return self.is_setting(entity_id) and entity_id not in self._key.scope.include.entities

    def is_setting(self, entity_id: str) -> bool:
        """Return whether an entity that actions act on is a setting of its device."""
        if entity_id.partition(".")[0] not in _ACTED_ON:
            return False
        entry = er.async_get(self._hass).async_get(entity_id)
        return entry is not None and entry.entity_category is not None

    def _delegate_refusal(self, acting: Collection[str]) -> str | None:
        """Refuse entities that act on others outside the scope, also indirectly, unless the scope lists them by ID."""
        if self._sees_everything:
            return None
        chosen = self._key.scope.include.entities | self._key.services
        for item, acted_on in chain(self._hass, acting, chosen):
            if acted_on is None or not self._holds(acted_on):
                return rule_text("delegate", entity=item)
        return None

    @property
    def _sees_everything(self) -> bool:
        return self._key.scope.is_everything

    def _holds(self, reach: Reach) -> bool:
        return holds(reach, self._scope.allows, sees_everything=self._sees_everything)

    def _narrow(self, domain: str, service: str, data: Mapping[str, Any]) -> dict[str, Any]:
        asked = data.get(ATTR_ENTITY_ID)
        if not isinstance(asked, str) or asked.strip().lower() != ENTITY_MATCH_ALL:
            return dict(data)
        wanted = None if domain == _HOMEASSISTANT else domain
        in_scope = filter(self._scope.allows, self._hass.states.async_entity_ids(wanted))
        may_set = is_opened(domain, service, self._key.services)
        usable = (item for item in in_scope if may_set or not self._is_closed_setting(item))
        found = list(islice(usable, MAX_TARGET_IDS + 1))
        if len(found) > MAX_TARGET_IDS:
            raise TooManyIdsError(f"'all' stands for more than {MAX_TARGET_IDS} entities here.")
        return {**data, ATTR_ENTITY_ID: found}

    def _implied(self, domain: str, service: str) -> set[str]:
        """Return the entities that the name of a service implies: the service of a script runs that script.

        A script that does not exist is implied too, so that it is refused like one outside the scope.
        """
        if domain != _SCRIPT or service in _OF_ALL_SCRIPTS:
            return set()
        entity_id = er.async_get(self._hass).async_get_entity_id(_SCRIPT, _SCRIPT, service)
        return {f"{_SCRIPT}.{service}" if entity_id is None else entity_id}


def _is_reviewed(name: str) -> bool:
    return name in REVIEWED or name in GENERIC_SERVICES


def _is_of(domain: str, entity_id: str) -> bool:
    return entity_id.startswith(f"{domain}.")


def _refused(rule: str) -> Decision:
    return Decision(allowed=False, rule=rule)
