"""Explains a record: the rule that decided, and the change that would allow the request."""

from dataclasses import dataclass
from typing import Any

from ..audit.reads import ReadSum
from ..audit.trail import AuditRecord
from ..bridge import Bridge
from ..keys import ApiKey
from ..policy_tests.replay import subject_of_reads
from .changes import Change, ChangeFinder, NothingMissingError, NotOfferedError
from .reasons import RULES


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a record.

    Attributes:
        rule: The rule that decided.
        allowed_now: Whether the key lacks nothing of what the request needs anymore.
        change: The change that would allow the request.
        why_none: Why there is none.

    """

    rule: str
    allowed_now: bool = False
    change: Change | None = None
    why_none: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON."""
        return {
            "rule": self.rule,
            "allowed_now": self.allowed_now,
            "changes": [] if self.change is None else [self.change.as_dict()],
            "why_none": self.why_none,
        }


def explain(bridge: Bridge, record: AuditRecord | ReadSum, stored: ApiKey | None) -> Explanation:
    """Explain a record. ``stored`` is its key without temporary permissions, if it still exists."""
    rule = _rule(bridge, record, stored)
    if isinstance(record, ReadSum) or record.outcome == "allowed":
        return Explanation(rule, allowed_now=stored is not None, why_none="The request was allowed.")
    if record.outcome == "failed":
        return Explanation(rule, why_none="The key may do this. The request failed for another reason.")
    if stored is None:
        return Explanation(rule, why_none="The request had no valid key, or the key does not exist anymore.")
    current = bridge.keys.get(stored.id) or stored
    allowed_now = _lacks_nothing(bridge, record, current)
    try:
        change = ChangeFinder(bridge, stored).find(record.subject, record.kind)
    except NotOfferedError as err:
        return Explanation(rule, allowed_now, why_none=str(err))
    return Explanation(rule, allowed_now, change)


def _lacks_nothing(bridge: Bridge, record: AuditRecord, key: ApiKey) -> bool:
    try:
        ChangeFinder(bridge, key).find(record.subject, record.kind)
    except NothingMissingError:
        return True
    except NotOfferedError:
        pass
    return False


def _rule(bridge: Bridge, record: AuditRecord | ReadSum, key: ApiKey | None) -> str:
    """Return the rule that decided, as a sentence. Scopes are those of today."""
    if isinstance(record, ReadSum):
        subject, reason = subject_of_reads(record), None
    else:
        subject, reason = record.subject, record.reason
    sentences = [RULES.get(reason, f"The reason is {reason}.") if reason else _allowed(subject.capability)]
    if subject.lacking == "capability":
        sentences.append(f"It needs the capability {subject.capability}.")
    if subject.rule is not None:
        sentences.append(f"The rule: {subject.rule}.")
    if key is not None and subject.entities:
        entity_id = subject.entities[0]
        sentences.append(f"{entity_id} is {key.scope.rule(bridge.directory.facts(entity_id))}.")
    return " ".join(sentences)


def _allowed(capability: str | None) -> str:
    return "No capability is needed." if capability is None else f"The key has the capability {capability}."
