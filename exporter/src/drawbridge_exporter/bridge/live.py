"""The part of the snapshot about live connections."""

from collections.abc import Mapping
from dataclasses import dataclass

from .document import Node
from .readers import bounds, buckets, counts, require_unique


@dataclass(frozen=True, slots=True)
class CommandCount:
    """The number of commands of one type that had one result."""

    type: str
    result: str
    count: int


@dataclass(frozen=True, slots=True)
class Live:
    """Live connections: clients by transport, and what was sent to them since the start."""

    clients: Mapping[str, int]
    events: int
    conflated: int
    dropped: int
    pending_bytes: int
    commands: tuple[CommandCount, ...]
    delay_bounds: tuple[float, ...]
    delay_counts: tuple[int, ...]
    delay_sum_seconds: float


def parse_live(node: Node | None) -> Live | None:
    """Return the part, or None for a bridge that does not report it."""
    if node is None:
        return None
    delay_bounds = bounds(node.member("delay_bounds"))
    delays = node.member("delays")
    return Live(
        clients=counts(node.member("clients")),
        events=node.member("events").count(),
        conflated=node.member("conflated").count(),
        dropped=node.member("dropped").count(),
        pending_bytes=node.member("pending_bytes").count(),
        commands=_commands(node.member("commands")),
        delay_bounds=delay_bounds,
        delay_counts=buckets(delays.member("counts"), len(delay_bounds) + 1),
        delay_sum_seconds=delays.member("sum").amount(),
    )


def _commands(node: Node) -> tuple[CommandCount, ...]:
    rows = tuple(
        CommandCount(item.member("type").text(), item.member("result").text(), item.member("count").count())
        for item in node.items()
    )
    require_unique(node, rows, lambda row: (row.type, row.result))
    return rows
