"""A log of the entities that changed."""

from collections.abc import Callable
from dataclasses import dataclass

from ..scope.resolver import EntityDirectory
from .cursor import Position
from .index import StateIndex


@dataclass(frozen=True, slots=True)
class Change:
    """An entity whose state changed or was removed."""

    entity_id: str
    gone: bool


class ChangeLog:
    """The log of changed entities. Each entity is returned once.

    A registry change can move an entity into or out of a scope. The log cannot distinguish readers that have seen the
    entity from readers that must never know of it, so it starts a new epoch and every reader starts over. A reader that
    asks for changes that are no longer in the index starts over too.
    """

    def __init__(self, index: StateIndex, directory: EntityDirectory) -> None:
        """Create a log that reads from an index. ``start`` makes it follow the registries."""
        self._index = index
        self._directory = directory
        self._epoch = 0

    def start(self) -> Callable[[], None]:
        """Follow the registries until the returned function is called."""
        return self._directory.listen(self._entity_moved)

    @property
    def position(self) -> Position:
        """The current end of the log."""
        self._index.sync()
        return Position(self._epoch, self._index.version)

    def since(self, position: Position | None) -> list[Change] | None:
        """Return the changes after a position; ``None`` if the reader must start over."""
        index = self._index
        index.sync()
        if position is None or position.epoch != self._epoch:
            return None
        if not index.horizon <= position.sequence <= index.version:
            return None
        return [Change(item, not index.holds(item)) for item in index.changed_since(position.sequence)]

    def _entity_moved(self, _entity_id: str) -> None:
        self._epoch += 1
