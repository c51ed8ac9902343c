"""Which entities changed since when."""

from collections.abc import Callable
from dataclasses import dataclass

from ..scope.resolver import EntityDirectory
from .cursor import Position
from .index import StateIndex


@dataclass(frozen=True, slots=True)
class Change:
    """An entity whose state changed, or that is gone."""

    entity_id: str
    gone: bool


class ChangeLog:
    """The entities that changed after a position, each once.

    A registry change may move an entity into a scope or out of it. The log cannot tell readers who saw the entity
    before from readers who must never hear of it, so it starts a new epoch, and every reader starts over. So does a
    reader who asks for changes that the index has forgotten.
    """

    def __init__(self, index: StateIndex, directory: EntityDirectory) -> None:
        """Read from an index; ``start`` makes the log follow the registries."""
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
        """Return what changed after a position; ``None`` when the log cannot tell and the reader must start over."""
        index = self._index
        index.sync()
        if position is None or position.epoch != self._epoch:
            return None
        if not index.horizon <= position.sequence <= index.version:
            return None
        return [Change(item, not index.holds(item)) for item in index.changed_since(position.sequence)]

    def _entity_moved(self, _entity_id: str) -> None:
        self._epoch += 1
