"""States as JSON, redacted for the capabilities of a key: the one way by which states leave."""

from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads_object

from ..scope.redaction import Redaction, without_bearer_text

_MAX_KEPT: Final = 8192


class StateJson:
    """States as JSON, each redacted once for each redaction.

    The states that redaction could change are kept until they change. Bounded: it begins anew when full.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self._redacted: dict[tuple[str, Redaction], tuple[State, bytes]] = {}

    def encode(self, state: State, redaction: Redaction) -> bytes:
        """Return a state as Home Assistant itself writes it, less what is redacted."""
        encoded: bytes = state.as_dict_json
        if not redaction.may_change(state.attributes, encoded):
            return encoded
        key = state.entity_id, redaction
        found = self._redacted.get(key)
        if found is not None and found[0] is state:
            return found[1]
        if len(self._redacted) >= _MAX_KEPT:
            self._redacted.clear()
        redacted = json_bytes(state_dict(state, redaction))
        self._redacted[key] = (state, redacted)
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
