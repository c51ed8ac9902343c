"""Traced requests that are examples of the buckets of a histogram."""

from dataclasses import dataclass

from .document import Node


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A traced request: its span, its duration, and the Unix timestamp of its end."""

    trace_id: str
    span_id: str
    seconds: float
    time: float


def parse_exemplars(node: Node | None) -> dict[int, Exemplar]:
    """Return the exemplars by the number of their bucket; none for a bridge that does not report them."""
    if node is None:
        return {}
    return {
        item.member("bucket").count(): Exemplar(
            item.member("trace_id").text(),
            item.member("span_id").text(),
            item.member("seconds").amount(),
            item.member("time").amount(),
        )
        for item in node.items()
    }
