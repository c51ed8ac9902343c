"""Changes that are published together."""

from collections.abc import Callable, Sequence

from homeassistant.core import Event, EventStateChangedData
from homeassistant.helpers.json import json_bytes, json_fragment

from ..scope.redaction import Redaction
from .compressed import difference
from .state_json import StateJson

type Encode = Callable[[int], bytes]
type StateChange = Event[EventStateChangedData]


class Window:
    """Changes that are published together. Each is encoded once for each redaction."""

    __slots__ = ("_differences", "_events", "changes", "since", "state_json")

    def __init__(self, changes: Sequence[StateChange], since: float, state_json: StateJson) -> None:
        """Create a window of changes, in order."""
        self.changes = changes
        self.since = since
        self.state_json = state_json
        self._differences: dict[Redaction, dict[int, bytes]] = {}
        self._events: dict[Redaction, dict[int, bytes]] = {}

    def differences(self, redaction: Redaction) -> Encode:
        """Return a function that encodes a change, by its number, as a difference: a member of ``c``."""
        kept = self._differences.setdefault(redaction, {})

        def encode(number: int) -> bytes:
            found = kept.get(number)
            if found is None:
                data = self.changes[number].data
                old, new = data["old_state"], data["new_state"]
                assert old is not None  # noqa: S101 - only changes of known entities have differences
                assert new is not None  # noqa: S101 - the same
                found = kept[number] = difference(old, new, redaction)
            return found

        return encode

    def events(self, redaction: Redaction) -> Encode:
        """Return a function that encodes a change, by its number, as a Home Assistant event."""
        kept = self._events.setdefault(redaction, {})

        def encode(number: int) -> bytes:
            found = kept.get(number)
            if found is None:
                found = kept[number] = _event_json(self.changes[number], redaction, self.state_json)
            return found

        return encode


def _event_json(event: StateChange, redaction: Redaction, state_json: StateJson) -> bytes:
    old, new = event.data["old_state"], event.data["new_state"]
    data = {
        "entity_id": event.data["entity_id"],
        "old_state": None if old is None else json_fragment(state_json.encode_once(old, redaction)),
        "new_state": None if new is None else json_fragment(state_json.encode(new, redaction)),
    }
    return json_bytes({**event.as_dict(), "data": data})
