"""Limits on open connections, in total and for each address."""

from collections.abc import Callable, Hashable
from typing import Final

MAX_CONNECTIONS: Final = 4096
MAX_CONNECTIONS_OF_ADDRESS: Final = 1024


class Place:
    """The place of one connection. It waits until it serves a request, and again after that."""

    __slots__ = ("_places", "abort", "group")

    def __init__(self, places: Places, group: Hashable, abort: Callable[[], None]) -> None:
        """Create the place of a connection, which ``abort`` closes at once."""
        self._places = places
        self.group = group
        self.abort = abort

    def serve(self) -> None:
        """Keep the connection, because it serves a request."""
        self._places.served(self)

    def wait(self) -> None:
        """Allow that another connection takes the place."""
        self._places.waits(self)

    def leave(self) -> None:
        """Give up the place, because the connection is closed."""
        self._places.left(self)


class Places:
    """The places of open connections.

    If all are taken, the connection that has waited longest for a request is closed, so that clients that are slow or
    silent cannot keep out others. A connection that serves a request, such as a WebSocket, is never closed.
    """

    def __init__(self, most: int = MAX_CONNECTIONS, most_of_group: int = MAX_CONNECTIONS_OF_ADDRESS) -> None:
        """Create places for this number of connections in total, and for each group, such as an address."""
        self.most = most
        self.most_of_group = most_of_group
        self._taken: dict[Place, None] = {}
        self._counts: dict[Hashable, int] = {}
        self._waiting: dict[Place, None] = {}
        self._waiting_of_group: dict[Hashable, dict[Place, None]] = {}
        self.dropped = 0
        """Connections that were closed for others, or for which there was no place."""

    def __len__(self) -> int:
        """Return the number of open connections."""
        return len(self._taken)

    def take(self, group: Hashable, abort: Callable[[], None], *, limited: bool = True) -> Place | None:
        """Return a place for a new connection, or ``None`` if there is none.

        Args:
            group: The group of the connection.
            abort: Closes the connection at once.
            limited: Whether the limit of the group applies.

        """
        if limited and self._counts.get(group, 0) >= self.most_of_group:
            if not self._free(self._waiting_of_group.get(group)):
                return None
        elif len(self._taken) >= self.most and not self._free(self._waiting):
            return None
        place = Place(self, group, abort)
        self._taken[place] = None
        self._counts[group] = self._counts.get(group, 0) + 1
        self.waits(place)
        return place

    def waits(self, place: Place) -> None:
        """Take note that a connection waits for a request."""
        if place in self._taken:
            self._waiting[place] = None
            self._waiting_of_group.setdefault(place.group, {})[place] = None

    def served(self, place: Place) -> None:
        """Take note that a connection serves a request."""
        self._waiting.pop(place, None)
        if (of_group := self._waiting_of_group.get(place.group)) is not None:
            of_group.pop(place, None)
            if not of_group:
                del self._waiting_of_group[place.group]

    def left(self, place: Place) -> None:
        """Free a place."""
        if place not in self._taken:
            return
        del self._taken[place]
        self.served(place)
        self._counts[place.group] -= 1
        if not self._counts[place.group]:
            del self._counts[place.group]

    def _free(self, waiting: dict[Place, None] | None) -> bool:
        """Close the connection that has waited longest. Returns whether there was one."""
        self.dropped += 1
        if not waiting:
            return False
        place = next(iter(waiting))
        self.left(place)
        place.abort()
        return True
