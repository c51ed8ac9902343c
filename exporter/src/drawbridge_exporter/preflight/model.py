"""The results of preflight: items with a status, evidence and instructions."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .context import Context


class Status(StrEnum):
    """The status of an item."""

    PASSED = "pass"
    FAILED = "fail"
    PERSON = "person"
    """Preflight cannot check the item, so a person has to."""
    SKIPPED = "skip"
    """The item was not checked, because another item failed or the time was up."""


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
    """Return the verdict of a check that needs a person."""
    return Verdict(Status.PERSON, evidence, fix)


def skipped(evidence: str) -> Verdict:
    """Return the verdict of a check that did not run."""
    return Verdict(Status.SKIPPED, evidence)


@dataclass(frozen=True, slots=True)
class Check:
    """One item of the checklist and the function that checks it.

    A check that needs the bridge is skipped if the bridge cannot be reached with the key. ``seconds`` is the time
    limit of the check. ``flag`` is the flag of the command line without which a person has to answer. ``question``
    is what a person has to confirm, for an item that no program can check.
    """

    section: str
    item: str
    title: str
    run: Callable[[Context], Awaitable[Verdict]]
    needs_bridge: bool = True
    seconds: float = 60.0
    flag: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One item with its verdict and the duration of its check in seconds."""

    section: str
    item: str
    title: str
    verdict: Verdict
    seconds: float


class Readiness(StrEnum):
    """The readiness of a run, of a section or of a box of the checklist."""

    READY = "ready"
    OPEN = "open"
    """Nothing failed, but a person has to check or confirm something."""
    NOT_READY = "not ready"


def readiness_of(statuses: set[Status]) -> Readiness:
    """Return the readiness of several items, which is that of the worst one."""
    if statuses & {Status.FAILED, Status.SKIPPED}:
        return Readiness.NOT_READY
    return Readiness.READY if statuses == {Status.PASSED} else Readiness.OPEN


@dataclass(frozen=True, slots=True)
class Report:
    """All results of one run. `started_at` is a Unix timestamp in seconds."""

    url: str
    started_at: float
    seconds: float
    versions: str
    profile: str
    results: tuple[Result, ...]
    figures: Mapping[str, float] = field(default_factory=dict)
    """Measurements that a later run compares itself with."""

    def count(self, status: Status) -> int:
        """Return how many items have ``status``."""
        return sum(result.verdict.status is status for result in self.results)

    @property
    def readiness(self) -> Readiness:
        """The readiness of all items."""
        return readiness_of({result.verdict.status for result in self.results})

    @property
    def has_failed(self) -> bool:
        """Whether an item failed or was not checked."""
        return self.readiness is Readiness.NOT_READY
