"""Parsers that several parts of the snapshot share."""

import itertools
from collections.abc import Callable, Hashable

from .document import Node


def counts(node: Node) -> dict[str, int]:
    """Return counts by name."""
    return {name: value.count() for name, value in node.members()}


def optional_amount(parent: Node, name: str) -> float | None:
    """Return a number that may be null or missing."""
    node = parent.present(name)
    return None if node is None else node.amount()


def optional_count(parent: Node, name: str) -> int | None:
    """Return a count that may be null or missing."""
    node = parent.present(name)
    return None if node is None else node.count()


def optional_truth(parent: Node, name: str) -> bool | None:
    """Return a boolean that may be null or missing."""
    node = parent.present(name)
    return None if node is None else node.truth()


def bounds(node: Node) -> tuple[float, ...]:
    """Return the upper bounds of the buckets of a histogram."""
    found = tuple(item.amount() for item in node.items())
    ascending = all(low < high for low, high in itertools.pairwise(found))
    node.require(ascending, "is not in ascending order")
    return found


def buckets(node: Node, length: int) -> tuple[int, ...]:
    """Return the counts of a histogram, which has one bucket more than bounds."""
    found = tuple(entry.count() for entry in node.items())
    node.require(len(found) == length, f"does not have {length} entries, one more than there are bounds")
    return found


def require_unique[Row](node: Node, rows: tuple[Row, ...], label: Callable[[Row], Hashable]) -> None:
    """Raise InvalidDocumentError for rows with equal labels: Prometheus rejects duplicate series."""
    node.require(len({label(row) for row in rows}) == len(rows), "has a duplicate entry")
