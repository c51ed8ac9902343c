"""The sentences of the panel: English texts with placeholders, which the panel shows in the language of its user."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from ..scope.model import EntityFacts, Scope
from ..scope.rule_texts import RULE_TEXTS, recognize

RULE: Final = "rule_"
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "key_missing": "The request had no key.",
        "key_ambiguous": "The request had more than one key.",
        "key_malformed": "What was sent is not a Drawbridge key.",
        "key_unknown": "There is no key with this secret. It was replaced or deleted, or never existed.",
        "key_expired": "The key or its old secret has expired.",
        "key_disabled": "The key is disabled.",
        "key_changed": "The key was changed while the request was in progress.",
        "key_session_over": "The session of the browser has ended.",
        "locked_out": "Too many invalid keys came from this address.",
        "network": "The key may not be used from this address.",
        "new_network": "The key was used from a network (IPv4 /24 or IPv6 /64) from which it was not used before.",
        "certificate": "The key is bound to another client certificate.",
        "rate_limited": "The key made more requests than its rate limit allows.",
        "capability": "The key does not have the capability.",
        "busy": "The key had too many requests in progress.",
        "unread": "The key had too many responses that were not read.",
        "unfinished": "The key had too many calls that were still running.",
        "too_many_connections": "There were too many live connections.",
        "too_many_subscriptions": "The connection had too many subscriptions.",
        "origin": "The origin of the web page is not allowed for the key.",
        "scope": "The entity is not in the scope of the key.",
        "service": "The action is not allowed, or an entity is not in the scope of the key.",
        "service_scope": "The action is not allowed, or an entity is not in the scope of the key.",
        "administrator": "Home Assistant allows this action to administrators only.",
        "event": "The event type is not on the list of the key.",
        "event_scope": "The data of the event names something that is not in the scope of the key.",
        "too_many_states": "The key has created as many states as it may.",
        "template_function": "The template uses a function that is not allowed.",
        "template_scope": "The template reads an entity that is not in the scope of the key.",
        "template_budget": "The templates of the key have used up their processor time.",
        "template_busy": "Another template of the key was being rendered.",
        "camera_off": "The camera was off.",
        "bad_request": "The request was not valid.",
        "too_large": "The request was too large.",
        "approval_denied": "A person denied the call.",
        "approval_timed_out": "Nobody approved the call in time.",
        "approvals_pending": "Too many calls of the key were waiting for a person.",
    }
)
_ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "network": "The key has a list of networks. Edit its limits if this address is yours.",
        "certificate": "Only the certificate that the key is bound to allows this.",
        "rate_limited": "Wait, or edit the limits of the key.",
        "locked_out": "The address is allowed again after a while, or with a valid key.",
        "key_disabled": "Enable the key.",
        "key_expired": "Edit the expiry of the key, or replace its secret.",
        "origin": "Add the origin to the limits of the key if the page is yours.",
        "event_scope": "The record does not say what the data of the event names.",
        "too_many_states": "Remove states that the key created, or add their entities to its scope.",
        "approval_denied": "The key asks again with its next call. What has to wait is in its permissions.",
    }
)
_OTHERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reason_unnamed": "The reason is {reason}.",
        "advice_general": "A change of the permissions of the key would not allow this request.",
        "needs_capability": "It needs the capability {capability}.",
        "has_capability": "The key has the capability {capability}.",
        "needs_none": "No capability is needed.",
        "scope_excluded": "Excluded by {kind} {item}.",
        "scope_included": "Included by {kind} {item}.",
        "scope_everything": "Included by everything.",
        "scope_own": "Drawbridge's own entities must be listed by their entity ID.",
        "scope_not_included": "Not included.",
        "was_allowed": "The request was allowed.",
        "failed_otherwise": "The key may do this. The request failed for another reason.",
        "no_valid_key": "The request had no valid key, or the key does not exist anymore.",
        "no_list_helps": "A change of the lists of the key would not allow this call.",
        "nothing_missing": "The key lacks nothing of what this request needs.",
        "not_all_named": "The record does not name all entities of the request.",
        "entity_gone": "{entity} does not exist.",
        "own_entities": "Drawbridge's own entities are never offered.",
        "excluded": "The key excludes {entity}. Edit its exclusions.",
        "too_many_entities": "The key has too many entities.",
        "no_action": "The record does not name the action.",
        "dangerous": "{action} can do more than act on entities in scope, so it is never offered.",
        "has_actions": "The key has a list of actions that it may not call now. Edit its permissions.",
        "no_event": "The record does not name the event type.",
        "event_never": "Events of the type {event} are never offered.",
        "has_events": "The key has a list of events that it may not fire now. Edit its permissions.",
        "setting": "{entity} is a setting of its device. Add it by hand if you want that.",
        "reach_unknown": "What {entity} acts on cannot be determined. Add it by hand if you want that.",
        "reaches_many": "{entity} acts on too many others to name them all. Add it by hand if you want that.",
        "reaches_excluded": "{entity} acts on {other}, which the key excludes or is a part of Drawbridge.",
        "reaches_setting": "{entity} acts on {other}, which is a setting of a device. Add it by hand if you want that.",
        "invalid_call": "The call is not valid as it was recorded.",
        "still_refused": "The call would still be refused.",
        "not_named": "The record does not name what is missing.",
        "more_by_capability": "The capability applies to everything in the scope of the key.",
        "more_by_event": "The key can also receive events of this type.",
        "more_by_action": "The key can call the action on every entity in its scope that has it.",
        "more_on_entities": "The key can then also use: {others}.",
        "reaches": "{entity} acts on others. Through it, the key can also control: {entities}.",
    }
)
SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{f"reason_{name}": text for name, text in _REASONS.items()},
        **{f"advice_{name}": text for name, text in _ADVICE.items()},
        **{f"{RULE}{name}": f"The rule: {text}." for name, text in RULE_TEXTS.items()},
        **_OTHERS,
    }
)
"""All sentences, in English. The panel has each of them in each of its languages."""

_BY_ITEM: Final = re.compile(r"(excluded|included) by (entity|domain|area|floor|device|label|glob) (.*)", re.DOTALL)
_SCOPE_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {"included by everything": "scope_everything", "not included": "scope_not_included"}
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its name and the values of its placeholders. A name that is not in ``SENTENCES`` has its own text."""

    name: str
    values: Mapping[str, str | Sequence[str]]
    own_text: str | None = None

    @property
    def text(self) -> str:
        """The sentence in English."""
        if self.own_text is not None:
            return self.own_text
        shown = {name: item if isinstance(item, str) else ", ".join(item) for name, item in self.values.items()}
        return SENTENCES[self.name].format(**shown)

    def as_dict(self) -> dict[str, Any]:
        """Return the sentence as JSON."""
        values = {name: item if isinstance(item, str) else list(item) for name, item in self.values.items()}
        return {"name": self.name, "values": values, "text": self.text}


def say(name: str, **values: str | Sequence[str]) -> Sentence:
    """Return a sentence."""
    return Sentence(name, values)


def reason_of(reason: str) -> Sentence:
    """Return what a reason of the audit trail means."""
    return say(f"reason_{reason}") if reason in _REASONS else say("reason_unnamed", reason=reason)


def advice_for(reason: str) -> Sentence:
    """Return why no change is offered for a reason that has nothing to do with the permissions of a key."""
    return say(f"advice_{reason}") if reason in _ADVICE else say("advice_general")


def rule_of(text: str) -> Sentence:
    """Return the rule that refused a call, which has a text of its own if it is too long to be recognized."""
    found = recognize(text)
    if found is None:
        return Sentence("rule", {}, f"The rule: {text}.")
    name, values = found
    return Sentence(f"{RULE}{name}", values)


def scope_of(scope: Scope, facts: EntityFacts, *, with_entity: bool = False) -> Sentence:
    """Return the rule of a scope that decides about an entity, which the sentence can name."""
    rule = scope.rule(facts)
    values = {"entity": facts.entity_id} if with_entity else {}
    text = f"{facts.entity_id} is {rule}." if with_entity else rule
    if (found := _BY_ITEM.fullmatch(rule)) is not None:
        decided, kind, item = found.groups()
        return Sentence(f"scope_{decided}", {**values, "kind": kind, "item": item}, text)
    return Sentence(_SCOPE_RULES.get(rule, "scope_own"), values, text)


def joined(sentences: Sequence[Sentence]) -> str:
    """Return sentences as one English text."""
    return " ".join(item.text for item in sentences)
