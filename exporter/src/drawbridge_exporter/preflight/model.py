"""The results of preflight: items with a status, evidence and instructions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from .context import Context


class Status(StrEnum):
    """The status of an item."""

    PASSED = "pass"
    FAILED = "fail"
    PERSON = "person"
    """Preflight cannot check the item, so a person has to."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check. ``fix`` says how to fix it if it did not pass."""

    status: Status
    evidence: str
    fix: str = ""


def passed(evidence: str) -> Verdict:
    """Return the verdict of a check that passed."""
    return Verdict(Status.PASSED, evidence)


def failed(evidence: str, fix: str) -> Verdict:
    """Return the verdict of a check that failed."""
    return Verdict(Status.FAILED, evidence, fix)


def needs_person(evidence: str, fix: str) -> Verdict:
    """Return the verdict of a check that only a person can make."""
    return Verdict(Status.PERSON, evidence, fix)


@dataclass(frozen=True, slots=True)
class Check:
    """One item of the checklist and the function that checks it."""

    section: str
    item: str
    title: str
    run: Callable[[Context], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True)
class Result:
    """One item with its verdict and the duration of its check in seconds."""

    section: str
    item: str
    title: str
    verdict: Verdict
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """All results of one run. `started_at` is a Unix timestamp in seconds."""

    url: str
    started_at: float
    seconds: float
    versions: str
    results: tuple[Result, ...]

    def count(self, status: Status) -> int:
        """Return how many items have ``status``."""
        return sum(result.verdict.status is status for result in self.results)

    @property
    def is_ready(self) -> bool:
        """Whether no item failed."""
        return self.count(Status.FAILED) == 0
