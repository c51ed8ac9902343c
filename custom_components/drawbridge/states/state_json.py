"""States as JSON, redacted for the capabilities of a key: the one way by which states leave."""

from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JsonValueType, json_loads, json_loads_object

from ..scope.redaction import Redaction, without_bearer_text

_MAX_KEPT: Final = 16_384


class StateJson:
    """States as JSON, each redacted once for each redaction.

    What a state looks like is remembered until it changes. Bounded: there are four redactions, and a table
    of one begins anew when it is full.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self._kept: dict[Redaction, dict[str, tuple[State, bytes]]] = {}

    def encode(self, state: State, redaction: Redaction) -> bytes:
        """Return a state as Home Assistant itself writes it, less what is redacted."""
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
        """Return the same for a caller that keeps it: what costs little is not remembered here too."""
        encoded: bytes = state.as_dict_json
        return self.encode(state, redaction) if redaction.may_change(state.attributes, encoded) else encoded


def _encoded(state: State, redaction: Redaction) -> bytes:
    encoded: bytes = state.as_dict_json
    if not redaction.may_change(state.attributes, encoded):
        return encoded
    return json_bytes(state_dict(state, redaction))


def redacted_json(value: object, redaction: Redaction) -> JsonValueType:
    """Return any value as JSON has it, less what is redacted: objects show their content only in JSON."""
    encoded = json_bytes(value)
    if not redaction.may_change_json(encoded):
        return json_loads(encoded)
    redacted: JsonValueType = redaction.value(json_loads(encoded))
    return redacted


def state_dict(state: State, redaction: Redaction) -> dict[str, Any]:
    """Return a state as a mapping of JSON values, less what is redacted."""
    content: dict[str, Any] = json_loads_object(state.as_dict_json)
    content["state"] = without_bearer_text(state.state)
    content["attributes"] = redaction.attributes(state.entity_id, content["attributes"])
    return content


def redacted_state(state: State, redaction: Redaction) -> State:
    """Return a state as an object, less what is redacted; itself where that is nothing."""
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
