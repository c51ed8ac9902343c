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
from ..operations.delegates import chain
from ..operations.service_calls import CallPlanner
from ..scope.own_events import ALL_EVENTS, may_fire
from ..scope.resolver import LiveScope
from ..scope.reviewed_services import GENERIC_SERVICES
from ..scope.rule_texts import recognize
from ..scope.service_rules import decide_service, is_dangerous
from .sentences import Sentence, advice_for, joined, rule_of, say

_MAX_ENTITIES: Final = 500
_MAX_REACHED: Final = 30
"""Entities that one entity acts on, which are all named."""
_OTHER_ACTIONS: Final = "other_actions"
_EVENT: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class NotOfferedError(Exception):
    """No change is offered. The sentences say why."""

    def __init__(self, *sentences: Sentence) -> None:
        """Create an error with its reasons."""
        super().__init__(joined(sentences))
        self.sentences = sentences


class NothingMissingError(NotOfferedError):
    """The key lacks nothing of what the request needed."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a key.

    Attributes:
        adds: What it adds. All of this was refused.
        beyond: What the key can do with it beyond the request.

    """

    adds: Additions
    beyond: tuple[Sentence, ...] = ()

    @property
    def id(self) -> str:
        """A text that is the same for the same change."""
        return hashlib.sha256(json.dumps(self.adds.as_dict()).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {
            "id": self.id,
            "text": " ".join(filter(None, (_sentence(self.adds), joined(self.beyond)))),
            "adds": self.adds.as_dict(),
            "beyond": [item.as_dict() for item in self.beyond],
            "broad": bool(self.beyond),
        }


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
            raise NotOfferedError(advice_for(reason))
        if subject.lacking is None and _delegate(subject) is None:
            raise NotOfferedError(say("no_list_helps"))
        adds = self._missing(subject)
        changed = self._key.with_additions(adds)
        reached = self._verify(changed, subject, adds)
        if not adds:
            self._ensure_known(subject)
            raise NothingMissingError(say("nothing_missing"))
        return Change(adds, (*self._beyond(changed, subject, adds), *reached))

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
            raise NotOfferedError(say("not_all_named"))
        if (delegate := _delegate(subject)) is not None and delegate not in {*missing, *scope.include.entities}:
            missing.append(delegate)
        for item in missing:
            if not self._bridge.directory.exists(item):
                raise NotOfferedError(say("entity_gone", entity=item))
            if facts(item).is_own:
                raise NotOfferedError(say("own_entities"))
            if scope.exclude.matches(facts(item)):
                raise NotOfferedError(say("excluded", entity=item))
        if len(scope.include.entities) + len(missing) > _MAX_ENTITIES:
            raise NotOfferedError(say("too_many_entities"))
        return missing

    def _action(self, subject: Subject, *, gains: bool) -> set[str]:
        key, action = self._key, subject.action
        if action is None:
            raise NotOfferedError(say("no_action"))
        domain, _, service = action.partition(".")
        if is_dangerous(domain, service):
            raise NotOfferedError(say("dangerous", action=action))
        if not gains:
            return set() if decide_service(domain, service, key.services).allowed else {action}
        if key.services:
            raise NotOfferedError(say("has_actions"))
        return {action}

    def _event(self, subject: Subject, *, gains: bool) -> set[str]:
        key, event = self._key, subject.event
        if event is None or not _EVENT.fullmatch(event):
            raise NotOfferedError(say("no_event"))
        if not may_fire(event, {ALL_EVENTS}):
            raise NotOfferedError(say("event_never", event=event))
        if not gains:
            return set() if may_fire(event, key.events) else {event}
        if key.events:
            raise NotOfferedError(say("has_events"))
        return {event}

    def _verify(self, changed: ApiKey, subject: Subject, adds: Additions) -> list[Sentence]:
        """Ensure that the change allows the request, as far as the record names it.

        Returns what the key then reaches through entities that act on others.
        """
        planner = self._planner(changed)
        opened = [item for item in sorted(adds.entities) if planner.opens_by_id(item)]
        reached = [say("reaches", entity=item, entities=self._reached(planner, item)) for item in opened]
        if subject.capability != Capability.CONTROL or subject.action is None or not subject.entities:
            return reached
        domain, _, service = subject.action.partition(".")
        try:
            decision = planner.plan(domain, service, {ATTR_ENTITY_ID: list(subject.entities)}).decision
        except ValueError as err:
            raise NotOfferedError(say("invalid_call")) from err
        if not decision.allowed:
            raise NotOfferedError(say("still_refused"), rule_of(decision.rule))
        return reached

    def _reached(self, planner: CallPlanner, entity_id: str) -> list[str]:
        """Return the entities that an entity acts on. If it is listed by its ID, the key can control them all.

        Raises:
            NotOfferedError: They are unknown, too many to be named, or must stay out of reach.

        """
        if planner.is_setting(entity_id):
            raise NotOfferedError(say("setting", entity=entity_id))
        reached: set[str] = set()
        for _, acted_on in chain(self._bridge.hass, {entity_id}):
            if acted_on is None or acted_on.unknown or acted_on.is_endless:
                raise NotOfferedError(say("reach_unknown", entity=entity_id))
            reached |= acted_on.entities
        reached.discard(entity_id)
        if not reached:
            # A helper without known members, such as one in YAML, may still act on others.
            raise NotOfferedError(say("reach_unknown", entity=entity_id))
        if len(reached) > _MAX_REACHED:
            raise NotOfferedError(say("reaches_many", entity=entity_id))
        for other in sorted(reached):
            facts = self._bridge.directory.facts(other)
            if facts.is_own or self._key.scope.exclude.matches(facts):
                raise NotOfferedError(say("reaches_excluded", entity=entity_id, other=other))
            if planner.is_setting(other):
                raise NotOfferedError(say("reaches_setting", entity=entity_id, other=other))
        return sorted(reached)

    def _planner(self, key: ApiKey) -> CallPlanner:
        # The live form of this scope is not kept, because no key has the scope.
        return CallPlanner(self._bridge.hass, key, LiveScope(key.scope, self._bridge.directory))

    @staticmethod
    def _ensure_known(subject: Subject) -> None:
        if subject.lacking == "entity" and not subject.entities:
            raise NotOfferedError(say("not_named"))

    def _beyond(self, changed: ApiKey, subject: Subject, adds: Additions) -> Iterator[Sentence]:
        """Yield what the key can do with a change beyond the request."""
        if adds.capabilities:
            yield say("more_by_capability")
        if adds.events:
            yield say("more_by_event")
        if adds.services and self._has_others(changed, subject):
            yield say("more_by_action")
        facts, scope = self._bridge.directory.facts, self._key.scope
        is_wider = any(not scope.matches(facts(item)) for item in adds.entities)
        if is_wider and (others := self._others_on_entities(changed, subject)):
            yield say("more_on_entities", others=others)

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
            others.append(_OTHER_ACTIONS)
        return others


def _delegate(subject: Subject) -> str | None:
    """Return the entity of a request that was refused only because it acts on what is not in scope."""
    found = recognize(subject.rule) if subject.rule is not None and subject.lacking is None else None
    if found is None or found[0] != "delegate" or found[1]["entity"] not in subject.entities:
        return None
    return found[1]["entity"]


def _sentence(adds: Additions) -> str:
    """Return what a change adds, as a sentence."""
    parts = [
        *(f"the capability {item}" for item in sorted(adds.capabilities)),
        *(f"the action {item}" for item in sorted(adds.services)),
        *(f"the event type {item}" for item in sorted(adds.events)),
        *(f"the entity {item}" for item in sorted(adds.entities)),
    ]
    return f"Adds {', '.join(parts)}."
