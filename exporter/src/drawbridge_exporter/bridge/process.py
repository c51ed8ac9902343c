"""The part of the snapshot about Home Assistant's process."""

from dataclasses import dataclass

from .document import Node
from .readers import optional_amount, optional_count, require_unique


@dataclass(frozen=True, slots=True)
class CollectorRuns:
    """The runs of Python's garbage collector for one generation, and their duration."""

    generation: int
    collections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ProcessUse:
    """What Home Assistant's process uses. A value is None if the bridge cannot read it on its system."""

    cpu_seconds: float | None
    resident_bytes: int | None
    threads: int | None
    open_files: int | None
    max_files: int | None
    sockets: int | None
    collector: tuple[CollectorRuns, ...]


def parse_process(node: Node | None) -> ProcessUse | None:
    """Return the part, or None for a bridge that does not report it."""
    if node is None:
        return None
    return ProcessUse(
        cpu_seconds=optional_amount(node, "cpu_seconds"),
        resident_bytes=optional_count(node, "resident_bytes"),
        threads=optional_count(node, "threads"),
        open_files=optional_count(node, "open_files"),
        max_files=optional_count(node, "max_files"),
        sockets=optional_count(node, "sockets"),
        collector=_collector(node.member("collector")),
    )


def _collector(node: Node) -> tuple[CollectorRuns, ...]:
    rows = tuple(
        CollectorRuns(
            item.member("generation").count(), item.member("collections").count(), item.member("seconds").amount()
        )
        for item in node.items()
    )
    require_unique(node, rows, lambda row: row.generation)
    return rows
