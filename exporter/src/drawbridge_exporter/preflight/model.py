"""What preflight finds: items with a status, evidence, and how to mend them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from .context import Context


class Status(StrEnum):
    """What is known of an item."""

    PASSED = "pass"
    FAILED = "fail"
    PERSON = "person"
    """A person has to look, for the command cannot see it from where it runs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; ``mend`` says what to do where it did not pass."""

    status: Status
    evidence: str
    mend: str = ""


def passed(evidence: str) -> Finding:
    """Return the finding of a check that passed."""
    return Finding(Status.PASSED, evidence)


def failed(evidence: str, mend: str) -> Finding:
    """Return the finding of a check that failed."""
    return Finding(Status.FAILED, evidence, mend)


def needs_person(evidence: str, mend: str) -> Finding:
    """Return the finding of a check that only a person can make."""
    return Finding(Status.PERSON, evidence, mend)


@dataclass(frozen=True, slots=True)
class Check:
    """One item of the checklist and what finds out about it."""

    section: str
    item: str
    title: str
    run: Callable[[Context], Awaitable[Finding]]


@dataclass(frozen=True, slots=True)
class Result:
    """One item with what was found, and the seconds that it took."""

    section: str
    item: str
    title: str
    finding: Finding
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """All results of one run against one bridge; ``started_at`` is Unix seconds."""

    url: str
    started_at: float
    seconds: float
    versions: str
    results: tuple[Result, ...]

    def count(self, status: Status) -> int:
        """Return how many items have ``status``."""
        return sum(result.finding.status is status for result in self.results)

    @property
    def is_ready(self) -> bool:
        """Whether nothing failed."""
        return self.count(Status.FAILED) == 0
