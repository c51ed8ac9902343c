"""States as JSON, redacted for the capabilities of a key. All states that leave the bridge are encoded here."""

from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JsonValueType, json_loads, json_loads_object

from ..scope.redaction import Redaction, without_bearer_text

_MAX_KEPT: Final = 16_384


class StateJson:
    """A cache of states as JSON, by redaction.

    An entry is valid until the state changes. The size is bounded: there are four redactions, and a full table is
    cleared.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self._kept: dict[Redaction, dict[str, tuple[State, bytes]]] = {}

    def encode(self, state: State, redaction: Redaction) -> bytes:
        """Return the JSON of a state in Home Assistant's format, redacted."""
        kept = self._kept.get(redaction)
        if kept is None:
            kept = self._kept[redaction] = {}
        found = kept.get(state.entity_id)
        if found is not None and found[0] is state:
            return found[1]
        encoded = _encoded(state, redaction)
        if len(kept) >= _MAX_KEPT:
            kept.clear()
        kept[state.entity_id] = (state, encoded)
        return encoded

    def encode_once(self, state: State, redaction: Redaction) -> bytes:
        """Return the same for a caller with its own cache. Cheap results are not cached here."""
        encoded: bytes = state.as_dict_json
        return self.encode(state, redaction) if redaction.may_change(state.attributes, encoded) else encoded


def _encoded(state: State, redaction: Redaction) -> bytes:
    encoded: bytes = state.as_dict_json
    if not redaction.may_change(state.attributes, encoded):
        return encoded
    return json_bytes(state_dict(state, redaction))


def redacted_json(value: object, redaction: Redaction) -> JsonValueType:
    """Return a value as JSON values, redacted. This also redacts objects, whose content only shows in JSON."""
    encoded = json_bytes(value)
    if not redaction.may_change_json(encoded):
        return json_loads(encoded)
    redacted: JsonValueType = redaction.value(json_loads(encoded))
    return redacted


def state_dict(state: State, redaction: Redaction) -> dict[str, Any]:
    """Return a state as a redacted mapping of JSON values."""
    content: dict[str, Any] = json_loads_object(state.as_dict_json)
    content["state"] = without_bearer_text(state.state)
    content["attributes"] = redaction.attributes(state.entity_id, content["attributes"])
    return content


def redacted_state(state: State, redaction: Redaction) -> State:
    """Return a state as a redacted object; the state itself if nothing is redacted."""
    text, attributes = without_bearer_text(state.state), redaction.attributes(state.entity_id, state.attributes)
    if text == state.state and attributes == state.attributes:
        return state
    return State(
        state.entity_id,
        text,
        attributes,
        state.last_changed,
        state.last_reported,
        state.last_updated,
        state.context,
        validate_entity_id=False,
    )
