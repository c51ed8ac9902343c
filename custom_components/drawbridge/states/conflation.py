"""Merges changes for a subscriber that is behind, into one pending difference for each entity."""

from datetime import datetime
from enum import Enum, auto

from homeassistant.core import HomeAssistant, State

from ..scope.redaction import Redaction
from .channels import EntityChannel
from .compressed import compressed_state, difference, update_time
from .entity_events import Shown, entity_event


class _Mark(Enum):
    REPLACED = auto()


class Conflation:
    """The state of each changed entity, as the subscriber last received it.

    Its size is limited to the number of entities that the subscriber sees or has seen.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Create an empty collection."""
        self._hass = hass
        self._before: dict[str, State | _Mark | None] = {}
        self.merged = 0
        """The number of changes that were merged into an earlier one since the last ``take``."""

    def __len__(self) -> int:
        """Return the number of entities that changed."""
        return len(self._before)

    def holds(self, entity_id: str) -> bool:
        """Return whether an entity changed."""
        return entity_id in self._before

    def add(self, shown: Shown) -> None:
        """Add a change. The state that the subscriber last received is kept."""
        if shown.entity_id in self._before:
            self.merged += 1
        else:
            self._before[shown.entity_id] = shown.before

    def replace(self, entity_id: str) -> None:
        """Send an entity again that the subscriber has in another form."""
        self._before[entity_id] = _Mark.REPLACED

    def payloads(self, channel: EntityChannel) -> list[bytes]:
        """Return the events that bring a subscriber up to date, one for each kind of change."""
        added, changed, updated, removed = [], [], [], []
        for entity_id, before in self._before.items():
            state = self._hass.states.get(entity_id) if entity_id in channel.members else None
            if state is None:
                if before is not None:
                    removed.append(b'"%s"' % entity_id.encode())
            elif before is None or before is _Mark.REPLACED:
                added.append(compressed_state(state, channel.redaction))
            elif state is not before:
                changed.append(_difference(before, state, channel.redaction))
                if state.last_updated > state.last_changed > _last_changed(before):
                    # A difference has only one of the two times. Clients use the time of the change for both.
                    updated.append(update_time(state))
        kinds = (("r", removed), ("a", added), ("c", changed), ("c", updated))
        return [entity_event(kind, texts) for kind, texts in kinds if texts]

    def take(self, channel: EntityChannel) -> list[bytes]:
        """Return the events, and clear the collection."""
        payloads = self.payloads(channel)
        self._before = {}
        self.merged = 0
        return payloads


def _last_changed(before: State | _Mark) -> datetime:
    assert isinstance(before, State)  # noqa: S101 - marks were handled
    return before.last_changed


def _difference(before: State | _Mark, state: State, redaction: Redaction) -> bytes:
    assert isinstance(before, State)  # noqa: S101 - marks were handled
    return difference(before, state, redaction)
