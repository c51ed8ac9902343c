"""Finds the smallest change of a key that would allow a refused request."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID

from ..audit.subject import PERMISSION_REASONS, Subject
from ..bridge import Bridge
from ..keys import Additions, ApiKey, Capability
from ..keys.capability import ON_ENTITIES
from ..operations.service_calls import CallPlanner
from ..scope.own_events import ALL_EVENTS, may_fire
from ..scope.resolver import LiveScope
from ..scope.reviewed_services import GENERIC_SERVICES
from ..scope.service_rules import decide_service, is_dangerous
from .reasons import why_none

_MAX_ENTITIES: Final = 500
_EVENT: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class NotOfferedError(Exception):
    """No change is offered. The text says why."""


class NothingMissingError(NotOfferedError):
    """The key lacks nothing of what the request needed."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a key.

    Attributes:
        adds: What it adds. All of this was refused.
        text: The same in plain words.
        broad: Whether the key can do more with it than the request needs.

    """

    adds: Additions
    text: str
    broad: bool

    @property
    def id(self) -> str:
        """A text that is the same for the same change."""
        return hashlib.sha256(json.dumps(self.adds.as_dict()).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {"id": self.id, "text": self.text, "adds": self.adds.as_dict(), "broad": self.broad}


class ChangeFinder:
    """Finds the change of one key."""

    def __init__(self, bridge: Bridge, key: ApiKey) -> None:
        """Create a finder for a key, which the changes are relative to."""
        self._bridge = bridge
        self._key = key

    def find(self, subject: Subject, reason: str) -> Change:
        """Return the smallest change that would allow a refused request.

        It adds nothing that was not refused, no action that can do more than act on entities in scope, none of
        Drawbridge's own entities, and nothing that the key excludes.

        Raises:
            NotOfferedError: There is none.

        """
        if reason not in PERMISSION_REASONS:
            raise NotOfferedError(why_none(reason))
        if subject.lacking is None:
            raise NotOfferedError("A change of the lists of the key would not allow this call.")
        adds = self._missing(subject)
        changed = self._key.with_additions(adds)
        self._verify(changed, subject, adds)
        if not adds:
            self._ensure_known(subject)
            raise NothingMissingError("The key lacks nothing of what this request needs.")
        reasons = list(self._beyond(changed, subject, adds))
        return Change(adds, " ".join((_sentence(adds), *reasons)), bool(reasons))

    def _missing(self, subject: Subject) -> Additions:
        wanted = Capability(subject.capability) if subject.capability else None
        gains = wanted is not None and wanted not in self._key.capabilities
        return Additions(
            frozenset({wanted} if wanted is not None and gains else ()),
            frozenset(self._entities(subject)),
            frozenset(self._action(subject, gains=gains) if wanted is Capability.CONTROL else ()),
            frozenset(self._event(subject, gains=gains) if wanted is Capability.FIRE_EVENT else ()),
        )

    def _entities(self, subject: Subject) -> list[str]:
        facts, scope = self._bridge.directory.facts, self._key.scope
        missing = [item for item in subject.entities if not scope.matches(facts(item))]
        if missing and subject.more and len(missing) == len(subject.entities):
            raise NotOfferedError("The record does not name all entities of the request.")
        for item in missing:
            if not self._bridge.directory.exists(item):
                raise NotOfferedError(f"{item} does not exist.")
            if facts(item).is_own:
                raise NotOfferedError("Drawbridge's own entities are never offered.")
            if scope.exclude.matches(facts(item)):
                raise NotOfferedError(f"{item} is {scope.rule(facts(item))}. Edit the exclusions of the key.")
        if len(scope.include.entities) + len(missing) > _MAX_ENTITIES:
            raise NotOfferedError("The key has too many entities.")
        return missing

    def _action(self, subject: Subject, *, gains: bool) -> set[str]:
        key, action = self._key, subject.action
        if action is None:
            raise NotOfferedError("The record does not name the action.")
        domain, _, service = action.partition(".")
        if is_dangerous(domain, service):
            raise NotOfferedError(f"{action} can do more than act on entities in scope, so it is never offered.")
        if not gains:
            return set() if decide_service(domain, service, key.services).allowed else {action}
        if key.services:
            raise NotOfferedError("The key has a list of actions that it may not call now. Edit its permissions.")
        return {action}

    def _event(self, subject: Subject, *, gains: bool) -> set[str]:
        key, event = self._key, subject.event
        if event is None or not _EVENT.fullmatch(event):
            raise NotOfferedError("The record does not name the event type.")
        if not may_fire(event, {ALL_EVENTS}):
            raise NotOfferedError(f"Events of the type {event} are never offered.")
        if not gains:
            return set() if may_fire(event, key.events) else {event}
        if key.events:
            raise NotOfferedError("The key has a list of events that it may not fire now. Edit its permissions.")
        return {event}

    def _verify(self, changed: ApiKey, subject: Subject, adds: Additions) -> None:
        """Ensure that the change allows the request, as far as the record names it, and opens nothing else."""
        planner = self._planner(changed)
        for item in adds.entities:
            if planner.opens_by_id(item):
                raise NotOfferedError(f"{item} acts on others or is a setting. Add it by hand if you want that.")
        if subject.capability != Capability.CONTROL or subject.action is None or not subject.entities:
            return
        domain, _, service = subject.action.partition(".")
        try:
            decision = planner.plan(domain, service, {ATTR_ENTITY_ID: list(subject.entities)}).decision
        except ValueError as err:
            raise NotOfferedError(str(err)) from err
        if not decision.allowed:
            raise NotOfferedError(f"The call would still be refused: {decision.rule}.")

    def _planner(self, key: ApiKey) -> CallPlanner:
        # The live form of this scope is not kept, because no key has the scope.
        return CallPlanner(self._bridge.hass, key, LiveScope(key.scope, self._bridge.directory))

    @staticmethod
    def _ensure_known(subject: Subject) -> None:
        if subject.lacking == "entity" and not subject.entities:
            raise NotOfferedError("The record does not name what is missing.")

    def _beyond(self, changed: ApiKey, subject: Subject, adds: Additions) -> Iterator[str]:
        """Yield what the key can do with a change beyond the request."""
        if adds.capabilities:
            yield "The capability applies to everything in the scope of the key."
        if adds.events:
            yield "The key can also receive events of this type."
        if adds.services and self._has_others(changed, subject):
            yield "The key can call the action on every entity in its scope that has it."
        if adds.entities and (others := self._others_on_entities(changed, subject)):
            yield f"The key can then also use: {', '.join(others)}."

    def _has_others(self, changed: ApiKey, subject: Subject) -> bool:
        """Tell whether an action can be called on other entities than those of the request."""
        action = subject.action or ""
        domain = None if action in GENERIC_SERVICES else action.partition(".")[0]
        facts = self._bridge.directory.facts
        ids = self._bridge.hass.states.async_entity_ids(domain)
        return any(item not in subject.entities and changed.scope.matches(facts(item)) for item in ids)

    @staticmethod
    def _others_on_entities(changed: ApiKey, subject: Subject) -> list[str]:
        others: list[str] = sorted((changed.capabilities & ON_ENTITIES) - {subject.capability})
        if subject.capability == Capability.CONTROL and changed.services != {subject.action}:
            others.append("other actions")
        return others


def _sentence(adds: Additions) -> str:
    """Return what a change adds, as a sentence."""
    parts = [
        *(f"the capability {item}" for item in sorted(adds.capabilities)),
        *(f"the action {item}" for item in sorted(adds.services)),
        *(f"the event type {item}" for item in sorted(adds.events)),
        *(f"the entity {item}" for item in sorted(adds.entities)),
    ]
    return f"Adds {', '.join(parts)}."
