"""Which entities changed since when: a log that holds each entity once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback

from ..policy.cursor import Position
from .directory import EntityDirectory

_MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Change:
    """An entity whose state changed, or is gone."""

    entity_id: str
    gone: bool


class ChangeLog:
    """The last change of each entity, in the order of the changes.

    A registry change may move an entity into a scope or out of it. The log cannot tell those who saw it before from
    those who must never hear of it, so it begins a new epoch, and readers begin anew. Bounded: beyond 50,000
    entities the oldest are forgotten, and who asks for them begins anew too.
    """

    def __init__(self, hass: HomeAssistant, directory: EntityDirectory) -> None:
        """Log the changes in Home Assistant."""
        self._hass = hass
        self._epoch = 0
        self._sequence = 0
        self._forgotten = 0
        self._last: dict[str, tuple[int, bool]] = {}
        directory.listen(self._entity_moved)

    def start(self) -> CALLBACK_TYPE:
        """Follow state changes until the function returned is called."""
        return self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._state_changed)

    @property
    def position(self) -> Position:
        """Where the log stands now."""
        return Position(self._epoch, self._sequence)

    def since(self, position: Position | None) -> list[Change] | None:
        """Return what changed after a position, oldest first; ``None`` when the log does not know."""
        if position is None or position.epoch != self._epoch:
            return None
        if not self._forgotten <= position.sequence <= self._sequence:
            return None
        return list(self._newer(position.sequence))[::-1]

    def _newer(self, sequence: int) -> Iterator[Change]:
        for entity_id, (changed, gone) in reversed(self._last.items()):
            if changed <= sequence:
                return
            yield Change(entity_id, gone)

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        entity_id = event.data["entity_id"]
        self._sequence += 1
        self._last.pop(entity_id, None)
        self._last[entity_id] = (self._sequence, event.data["new_state"] is None)
        if len(self._last) > _MOST:
            oldest = next(iter(self._last))
            self._forgotten = self._last.pop(oldest)[0]

    def _entity_moved(self, _entity_id: str) -> None:
        self._epoch += 1
        self._last.clear()
