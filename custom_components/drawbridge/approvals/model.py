"""The model of an approval: what a key asks for, and what a person answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SHORT_SECONDS: Final = 15 * 60
"""How long `Answer.SHORT` allows a call without asking again."""


class Answer(StrEnum):
    """What a person answers."""

    ONCE = "once"
    SHORT = "15_minutes"
    ALWAYS = "always"
    DENY = "deny"


class Outcome(StrEnum):
    """How the wait for an answer ended."""

    ALLOWED = "allowed"
    DENIED = "denied"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    """The client disconnected, or the key was changed."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A call that a key asks for: the service, such as ``lock.unlock``, and the entities that the call names."""

    service: str
    entities: frozenset[str] = frozenset()

    @property
    def items(self) -> frozenset[str]:
        """The items that an approval is stored as: the service with each entity, or the service alone."""
        return frozenset(f"{self.service} {item}" for item in self.entities) or frozenset({self.service})


@dataclass(frozen=True, slots=True)
class Approval:
    """The answer of a person. ``at`` is a Unix time in seconds, and ``by`` is the name of the user."""

    answer: Answer
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Pending:
    """Calls that wait for an answer. Times are Unix times in seconds.

    Attributes:
        id: A random ID, which is needed to answer.
        key_id: The ID of the key.
        key_name: Its name.
        calls: The calls, in order. All of them are answered together.
        asked_at: When the key asked.
        until: When the wait ends.

    """

    id: str
    key_id: str
    key_name: str
    calls: tuple[Requested, ...]
    asked_at: float
    until: float

    @property
    def items(self) -> frozenset[str]:
        """The items of all calls."""
        return frozenset().union(*(item.items for item in self.calls))
