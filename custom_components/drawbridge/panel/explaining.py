"""Explains a record: the rule that decided, and the change that would allow the request."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..audit.reads import ReadSum
from ..audit.trail import AuditRecord
from ..bridge import Bridge
from ..keys import ApiKey
from ..policy_tests.replay import subject_of_reads
from .changes import Change, ChangeFinder, NothingMissingError, NotOfferedError
from .sentences import Sentence, joined, reason_of, rule_of, say, scope_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a record.

    Attributes:
        rule: The rule that decided.
        allowed_now: Whether the key lacks nothing of what the request needs anymore.
        change: The change that would allow the request.
        why_none: Why there is none.

    """

    rule: tuple[Sentence, ...]
    allowed_now: bool = False
    change: Change | None = None
    why_none: tuple[Sentence, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON."""
        return {
            "rule": joined(self.rule),
            "rule_sentences": [item.as_dict() for item in self.rule],
            "allowed_now": self.allowed_now,
            "changes": [] if self.change is None else [self.change.as_dict()],
            "why_none": joined(self.why_none) or None,
            "why_none_sentences": [item.as_dict() for item in self.why_none],
        }


def explain(bridge: Bridge, record: AuditRecord | ReadSum, stored: ApiKey | None) -> Explanation:
    """Explain a record. ``stored`` is its key without temporary permissions, if it still exists."""
    rule = tuple(_rule(bridge, record, stored))
    if isinstance(record, ReadSum) or record.outcome == "allowed":
        return Explanation(rule, allowed_now=stored is not None, why_none=(say("was_allowed"),))
    if record.outcome == "failed":
        return Explanation(rule, why_none=(say("failed_otherwise"),))
    if stored is None:
        return Explanation(rule, why_none=(say("no_valid_key"),))
    current = bridge.keys.get(stored.id) or stored
    allowed_now = _lacks_nothing(bridge, record, current)
    try:
        change = ChangeFinder(bridge, stored).find(record.subject, record.kind)
    except NotOfferedError as err:
        return Explanation(rule, allowed_now, why_none=err.sentences)
    return Explanation(rule, allowed_now, change)


def _lacks_nothing(bridge: Bridge, record: AuditRecord, key: ApiKey) -> bool:
    try:
        ChangeFinder(bridge, key).find(record.subject, record.kind)
    except NothingMissingError:
        return True
    except NotOfferedError:
        pass
    return False


def _rule(bridge: Bridge, record: AuditRecord | ReadSum, key: ApiKey | None) -> Iterator[Sentence]:
    """Yield the rule that decided. Scopes are those of today."""
    if isinstance(record, ReadSum):
        subject, reason = subject_of_reads(record), None
    else:
        subject, reason = record.subject, record.reason
    yield reason_of(reason) if reason else _allowed(subject.capability)
    if subject.lacking == "capability":
        yield say("needs_capability", capability=subject.capability or "")
    if subject.rule is not None:
        yield rule_of(subject.rule)
    if key is not None and subject.entities:
        yield scope_of(key.scope, bridge.directory.facts(subject.entities[0]), with_entity=True)


def _allowed(capability: str | None) -> Sentence:
    return say("needs_none") if capability is None else say("has_capability", capability=capability)
