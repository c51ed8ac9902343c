"""The production checklist: its sections and boxes, and the items that answer each box."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Final

from .model import Readiness, Report, Status, readiness_of

HOUSEHOLD: Final = "household"
ORGANISATION: Final = "organisation"
PROFILES: Final = (ORGANISATION, HOUSEHOLD)


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the checklist and the IDs of the items that answer it."""

    section: str
    group: str
    title: str
    items: tuple[str, ...]
    household: bool


@dataclass(frozen=True, slots=True)
class BoxResult:
    """A box with its readiness."""

    box: Box
    readiness: Readiness


@dataclass(frozen=True, slots=True)
class SectionResult:
    """A section with its boxes. Its readiness is that of its worst box."""

    title: str
    boxes: tuple[BoxResult, ...]

    @property
    def readiness(self) -> Readiness:
        """The readiness of the section."""
        found = {box.readiness for box in self.boxes}
        return next(
            readiness for readiness in (Readiness.NOT_READY, Readiness.OPEN, Readiness.READY) if readiness in found
        )

    def count(self, readiness: Readiness) -> int:
        """Return how many boxes have the given readiness."""
        return sum(box.readiness is readiness for box in self.boxes)


@cache
def boxes() -> tuple[Box, ...]:
    """Return all boxes in the order of the checklist."""
    text = files(__package__).joinpath("checklist.csv").read_text(encoding="utf-8")
    return tuple(
        Box(row["section"], row["group"], row["box"], tuple(row["items"].split()), row["household"] == "yes")
        for row in csv.DictReader(text.splitlines())
    )


def is_asked(item: str, profile: str) -> bool:
    """Return whether an item is part of a profile. An item without a box is part of all profiles."""
    found = [box for box in boxes() if item in box.items]
    return profile == ORGANISATION or not found or any(box.household for box in found)


def sections(report: Report) -> Iterator[SectionResult]:
    """Yield the sections of a profile's checklist, with the results of a run."""
    statuses = {result.item: result.verdict.status for result in report.results}
    asked = [box for box in boxes() if box.household or report.profile == ORGANISATION]
    for title, group in groupby(asked, key=lambda box: box.section):
        yield SectionResult(title, tuple(_result(box, statuses) for box in group))


def _result(box: Box, statuses: dict[str, Status]) -> BoxResult:
    """Return the result of a box. An item that did not run, such as a load test, leaves it open."""
    return BoxResult(box, readiness_of({statuses.get(item, Status.PERSON) for item in box.items}))
