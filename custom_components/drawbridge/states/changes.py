"""A log of the entities that changed."""

from dataclasses import dataclass

from ..scope.resolver import LiveScope
from .cursor import Position
from .index import StateIndex


@dataclass(frozen=True, slots=True)
class Change:
    """An entity whose state changed or was removed."""

    entity_id: str
    gone: bool


class ChangeLog:
    """The log of changed entities. Each entity is returned once.

    A registry change can move an entity out of a scope. The log cannot distinguish readers that have seen the entity
    from readers that must never know of it, so the scope starts a new epoch and every reader of that scope starts over.
    A reader that asks for changes that are no longer in the index starts over too.
    """

    def __init__(self, index: StateIndex) -> None:
        """Create a log that reads from an index."""
        self._index = index

    def position(self, scope: LiveScope) -> Position:
        """Return the current end of the log, for the readers of a scope."""
        self._index.sync()
        return Position(scope.epoch, self._index.version)

    def since(self, position: Position | None, scope: LiveScope) -> list[Change] | None:
        """Return the changes after a position; ``None`` if the reader must start over."""
        index = self._index
        index.sync()
        if position is None or position.epoch != scope.epoch:
            return None
        if not index.horizon <= position.sequence <= index.version:
            return None
        return [Change(item, not index.holds(item)) for item in index.changed_since(position.sequence)]
