"""Counters of live connections: WebSocket, event stream and streams of cameras."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ..door import Door

TRANSPORTS: Final = ("websocket", "stream", "camera")
DELAY_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the delivery delay histogram, in seconds."""
SUCCESS: Final = "success"
OTHER: Final = "other"
RESULTS: Final = frozenset(
    {
        SUCCESS, "busy", "home_assistant_error", "id_reuse", "invalid_format", "not_allowed", "not_found",
        "not_supported", "rate_limited", "service_validation_error", "template_error", "timeout", "unauthorized",
        "unknown_command", "unknown_error",
    }
)  # fmt: skip
"""The command results that are counted by name: success, and Home Assistant's error codes."""
_UNDECLARED: Final = ("id_reuse", "invalid_format", "unknown_command")
"""The usual results of unknown commands."""


@dataclass(slots=True)
class LiveCounters:
    """Counters of live connections since the start.

    Attributes:
        clients: Open connections, by transport.
        key_clients: Open connections, by key.
        door_clients: Open connections, by door.
        events: Sent events. A message about several changed entities counts as one event for each.
        conflated: Changes that were merged into a later one because the client was slow.
        dropped: Connections closed because clients read too slowly.
        commands: Commands, by type and result. Unknown types and results count as ``other``.
        delays: Publications by delay between the first change and sending, by bucket.
        delay_seconds: The sum of these delays.

    """

    clients: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int, dict.fromkeys(TRANSPORTS, 0)))
    key_clients: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    door_clients: dict[Door, int] = field(default_factory=lambda: dict.fromkeys(Door, 0))
    events: int = 0
    conflated: int = 0
    dropped: int = 0
    commands: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    delays: list[int] = field(default_factory=lambda: [0] * (len(DELAY_BOUNDS) + 1))
    delay_seconds: float = 0.0

    def opened(self, transport: str, key_id: str, door: Door) -> None:
        """Count a connection that was opened."""
        self.clients[transport] += 1
        self.door_clients[door] += 1
        self.key_clients[key_id] += 1

    def closed(self, transport: str, key_id: str, door: Door) -> None:
        """Count a connection that was closed."""
        self.clients[transport] -= 1
        self.door_clients[door] -= 1
        self.key_clients[key_id] -= 1
        if not self.key_clients[key_id]:
            del self.key_clients[key_id]

    def declare_commands(self, types: Iterable[str]) -> None:
        """Create the series of each command at 0, so that Prometheus sees the first increment."""
        for type_ in types:
            for result in (SUCCESS, "unauthorized"):
                self.commands[type_, result] += 0
        for result in _UNDECLARED:
            self.commands[OTHER, result] += 0

    def commanded(self, type_: str | None, result: str) -> None:
        """Count a command that was answered. ``type_`` is ``None`` for an unknown command."""
        self.commands[type_ or OTHER, result if result in RESULTS else OTHER] += 1

    def delivered(self, delay: float) -> None:
        """Count a publication, and its delay in seconds."""
        self.delays[bisect_left(DELAY_BOUNDS, delay)] += 1
        self.delay_seconds += delay
