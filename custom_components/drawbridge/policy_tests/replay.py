"""Replays recorded requests of a key against other permissions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from ..audit.reads import ReadSum
from ..audit.subject import PERMISSION_REASONS, Subject
from ..audit.trail import AuditRecord
from ..keys import ApiKey
from ..scope.own_events import may_fire
from ..scope.service_rules import decide_service
from .home import Home
from .key_access import KeyAccess
from .turns import Turns

_MAX_CHANGES: Final = 50
_FILTERED: Final = ("history.", "logbook.", "statistics.", "states.list", "states.follow")
"""Operations that leave out what is not in scope. Others refuse it."""


class Outcome(IntEnum):
    """What becomes of recorded requests. More is worse."""

    ALLOWED = 0
    PARTLY = 1
    """They return less, or some of them are refused: a sum of reads does not tell them apart."""
    REFUSED = 2


@dataclass(frozen=True, slots=True)
class _Asked:
    """What requests were about, and whether they are a sum of reads."""

    subject: Subject
    is_sum: bool


@dataclass(slots=True)
class ReplayedChange:
    """Equal requests with another outcome.

    Attributes:
        subject: What they were about.
        outcome: What would become of them. ``ALLOWED`` if they are refused now.
        rule: The rule that would decide.
        count: The number of requests.
        latest: The Unix time of the latest record.

    """

    subject: Subject
    outcome: Outcome
    rule: str
    count: int = 0
    latest: float = 0.0


@dataclass(slots=True)
class Replay:
    """The recorded requests of a key, and those that would have another outcome.

    Attributes:
        requests: The number of all requests that depend on permissions.
        since: The Unix time of the oldest one; ``None`` if there is none.
        refused: The number of those that are allowed now and would be refused.
        partly: The number of those that would return less or be refused in part.
        allowed: The number of those that are refused now and would be allowed.
        changes: The first 50 groups of equal requests with another outcome, the worst and most frequent first.
        more: The number of further groups.

    """

    requests: int = 0
    since: float | None = None
    refused: int = 0
    partly: int = 0
    allowed: int = 0
    changes: list[ReplayedChange] = field(default_factory=list)
    more: int = 0


async def replay(
    home: Home, records: Iterable[AuditRecord | ReadSum], current: ApiKey, proposed: ApiKey, now: float
) -> Replay:
    """Replay records of a key, and let the event loop run in between.

    A record names up to 20 entities, and no other data of the request: what depends on that data counts as unchanged.
    A request for all entities at once counts as unchanged too, although it returns less from a smaller scope.

    Args:
        home: The bridge.
        records: The records of the key.
        current: The stored key.
        proposed: The key with other permissions.
        now: The Unix time, for temporary permissions.

    """
    before, after = (_Judge(home, key.in_force(now)) for key in (current, proposed))
    found, turns = Replay(), Turns()
    changes: dict[_Asked, ReplayedChange | None] = {}
    for record in records:
        if not _depends_on_permissions(record):
            continue
        asked, count = _asked(record)
        found.requests += count
        found.since = record.time if found.since is None else min(found.since, record.time)
        if asked not in changes:
            changes[asked] = _compare(asked, before, after)
            await turns.rest()
        if (change := changes[asked]) is not None:
            change.count += count
            change.latest = max(change.latest, record.time)
    _add(found, [change for change in changes.values() if change is not None])
    return found


def _compare(asked: _Asked, before: _Judge, after: _Judge) -> ReplayedChange | None:
    (was, _), (becomes, rule) = before.decide(asked), after.decide(asked)
    return None if was == becomes else ReplayedChange(asked.subject, becomes, rule)


def _add(found: Replay, changes: list[ReplayedChange]) -> None:
    changes.sort(key=lambda item: (-item.outcome, -item.count))
    for change in changes:
        if change.outcome is Outcome.REFUSED:
            found.refused += change.count
        elif change.outcome is Outcome.PARTLY:
            found.partly += change.count
        else:
            found.allowed += change.count
    found.changes, found.more = changes[:_MAX_CHANGES], max(0, len(changes) - _MAX_CHANGES)


def _depends_on_permissions(record: AuditRecord | ReadSum) -> bool:
    return isinstance(record, ReadSum) or record.outcome != "refused" or record.kind in PERMISSION_REASONS


def _asked(record: AuditRecord | ReadSum) -> tuple[_Asked, int]:
    if isinstance(record, ReadSum):
        return _Asked(subject_of_reads(record), is_sum=record.count > 1), record.count
    # What was lacking then is not what the request asked for.
    return _Asked(replace(record.subject, entities=_sorted(record.subject), lacking=None, rule=None), is_sum=False), 1


def _sorted(subject: Subject) -> tuple[str, ...]:
    return tuple(sorted(subject.entities))


def subject_of_reads(reads: ReadSum) -> Subject:
    """Return what a sum of reads is about."""
    shown = reads.shown
    more = len(reads.entities) - len(shown) + reads.has_more
    return Subject(reads.operation, shown, more, capability=reads.capability)


class _Judge:
    """Decides about recorded requests for one key."""

    def __init__(self, home: Home, key: ApiKey) -> None:
        self._access = KeyAccess(home, key)
        self._key = key
        self._facts = home.directory.facts

    def decide(self, asked: _Asked) -> tuple[Outcome, str]:
        """Return the outcome, and the rule that decides."""
        key, subject = self._key, asked.subject
        if subject.capability is not None and subject.capability not in key.capabilities:
            return Outcome.REFUSED, f"capability {subject.capability} is missing"
        if subject.event is not None and not may_fire(subject.event, key.events):
            return Outcome.REFUSED, f"event {subject.event} is not listed"
        if subject.action is not None:
            return self._decide_call(subject.action, subject)
        outside = [item for item in subject.entities if not key.scope.matches(self._facts(item))]
        if not outside:
            return Outcome.ALLOWED, "everything that it names is in scope"
        rule = f"{outside[0]} is {key.scope.rule(self._facts(outside[0]))}"
        some = subject.more or len(outside) < len(subject.entities)
        partly = subject.operation.startswith(_FILTERED) or (asked.is_sum and some)
        return (Outcome.PARTLY if partly else Outcome.REFUSED), rule

    def _decide_call(self, action: str, subject: Subject) -> tuple[Outcome, str]:
        domain, _, service = action.partition(".")
        if subject.entities:
            decision = self._access.decide(action, list(subject.entities))
        else:
            decision = decide_service(domain, service, self._key.services)
        return (Outcome.ALLOWED if decision.allowed else Outcome.REFUSED), decision.rule
