"""Which entities changed since when."""

from dataclasses import dataclass

from ..cache.directory import EntityDirectory
from .cursor import Position
from .index import Ledger


@dataclass(frozen=True, slots=True)
class Change:
    """An entity whose state changed, or is gone."""

    entity_id: str
    gone: bool


class ChangeLog:
    """Which entities changed after a position, each once, as the ledger has it.

    A registry change may move an entity into a scope or out of it. The log cannot tell those who saw it before from
    those who must never hear of it, so it begins a new epoch, and readers begin anew; so do those who ask for what
    the ledger has forgotten.
    """

    def __init__(self, ledger: Ledger, directory: EntityDirectory) -> None:
        """Read from a ledger."""
        self._ledger = ledger
        self._epoch = 0
        directory.listen(self._entity_moved)

    @property
    def position(self) -> Position:
        """Where the log stands now."""
        self._ledger.sync()
        return Position(self._epoch, self._ledger.version)

    def since(self, position: Position | None) -> list[Change] | None:
        """Return what changed after a position, each entity once; ``None`` when the log does not know."""
        ledger = self._ledger
        ledger.sync()
        if position is None or position.epoch != self._epoch:
            return None
        if not ledger.horizon <= position.sequence <= ledger.version:
            return None
        return [Change(item, not ledger.holds(item)) for item in ledger.changed_since(position.sequence)]

    def _entity_moved(self, _entity_id: str) -> None:
        self._epoch += 1
