"""What a key sees and controls, as its requests are decided."""

from collections.abc import Collection
from typing import Final

from homeassistant.helpers import entity_registry as er

from ..keys import ApiKey, Capability
from ..operations.service_calls import CallPlanner
from ..scope.model import EntityFacts
from ..scope.resolver import LiveScope
from ..scope.reviewed_services import REVIEWED
from ..scope.service_rules import Decision, all_fields, decide_service
from .home import Home

_GENERIC: Final = ("turn_on", "turn_off", "toggle")
_HOMEASSISTANT: Final = "homeassistant"
_SCRIPT: Final = "script"
_ENTITY_ID: Final = "entity_id"


class KeyAccess:
    """What a key sees and controls. Create a new one for each answer, because it does not follow changes."""

    def __init__(self, home: Home, key: ApiKey) -> None:
        """Use the permissions that the key has in this object, which may differ from the stored ones."""
        self.key = key
        self._hass = home.hass
        # The live form of this scope is not kept, because no key may have the scope.
        self._planner = CallPlanner(home.hass, key, LiveScope(key.scope, home.directory))
        self._actions: dict[str, list[tuple[str, str]]] = {}

    def of(self, facts: EntityFacts) -> tuple[bool, bool, bool]:
        """Return whether the key can read an entity, control it and read its history."""
        capabilities = self.key.capabilities
        if not self.key.scope.matches(facts):
            return False, False, False
        controls = Capability.CONTROL in capabilities and self._controls(facts)
        return Capability.READ in capabilities, controls, Capability.HISTORY in capabilities

    def decide(self, action: str, entity_id: str | list[str]) -> Decision:
        """Decide about the call of an action on entities."""
        if Capability.CONTROL not in self.key.capabilities:
            return Decision(allowed=False, rule=f"capability {Capability.CONTROL} is missing")
        domain, _, service = action.partition(".")
        try:
            return self._planner.plan(domain, service, {_ENTITY_ID: entity_id}).decision
        except ValueError as err:
            return Decision(allowed=False, rule=str(err))

    def listed_actions(self, entity_id: str) -> list[str]:
        """Return the actions that the key lists by name and that can act on an entity.

        These are the actions of its domain and of its integration. They need not be reviewed.
        """
        entry = er.async_get(self._hass).async_get(entity_id)
        domains = {entity_id.partition(".")[0], *(() if entry is None else (entry.platform,))}
        has = self._hass.services.has_service
        found = []
        for item in self.key.services:
            domain, _, service = item.removesuffix(".*").partition(".")
            if domain in domains and item in {f"{domain}.{service}", all_fields(f"{domain}.{service}")}:
                found += [f"{domain}.{service}"] if has(domain, service) else []
        return sorted(found)

    def _controls(self, facts: EntityFacts) -> bool:
        """Tell whether the key may make a call of any action on an entity in its scope."""
        actions = self.actions_of(facts.domain)
        if facts.domain == _SCRIPT and facts.entity_id in self.key.services:
            actions = [*actions, (_SCRIPT, facts.entity_id.removeprefix(f"{_SCRIPT}."))]
        if not actions or not self._planner.opens_by_id(facts.entity_id):
            return bool(actions)
        # Settings, and entities that act on others, have rules of their own. Ask for each action.
        return any(self.decide(".".join(action), facts.entity_id).allowed for action in actions)

    def actions_of(self, domain: str) -> list[tuple[str, str]]:
        """Return the actions of entities that the key may call on a domain."""
        if domain not in self._actions:
            names = entity_actions(self._hass.services.async_services_for_domain(domain), domain)
            self._actions[domain] = [name for name in names if decide_service(*name, self.key.services).allowed]
        return self._actions[domain]


def entity_actions(services: Collection[str], domain: str) -> list[tuple[str, str]]:
    """Return the reviewed actions that entities of a domain have. ``services`` are the services of the domain."""
    return [
        *((domain, item) for item in services if f"{domain}.{item}" in REVIEWED),
        *((_HOMEASSISTANT, item) for item in _GENERIC if item in services),
    ]
