"""Clients that subscribe to events of the panel."""

from collections.abc import Callable, Mapping
from typing import Any

type Send = Callable[[Mapping[str, Any]], None]
"""Sends an event to one client."""


class Subscribers:
    """The clients that follow the same events."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self._sends: dict[Send, None] = {}

    def __bool__(self) -> bool:
        """Tell whether there are any clients."""
        return bool(self._sends)

    def add(self, send: Send) -> Callable[[], None]:
        """Add a client. Returns a function that removes it."""
        self._sends[send] = None
        return lambda: self.remove(send)

    def remove(self, send: Send) -> None:
        """Remove a client, if it is subscribed."""
        self._sends.pop(send, None)

    def send(self, event: Mapping[str, Any]) -> None:
        """Send an event to all clients."""
        for send in tuple(self._sends):
            send(event)

    def close(self) -> None:
        """Tell all clients that there will be no more events."""
        self.send({"closed": True})
        self._sends.clear()
