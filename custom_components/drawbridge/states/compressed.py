"""States and differences in the compressed form of ``subscribe_entities``, redacted."""

from typing import Any

from homeassistant.const import (
    COMPRESSED_STATE_ATTRIBUTES,
    COMPRESSED_STATE_CONTEXT,
    COMPRESSED_STATE_LAST_CHANGED,
    COMPRESSED_STATE_LAST_UPDATED,
    COMPRESSED_STATE_STATE,
)
from homeassistant.core import Context, State
from homeassistant.helpers.json import json_bytes

from ..scope.redaction import Redaction
from .state_json import redacted_state


def compressed_state(state: State, redaction: Redaction) -> bytes:
    """Return a state as a member of ``a``: its id, a colon, and its compressed form."""
    text: bytes = _redacted(state, redaction).as_compressed_state_json
    return text


def difference(old: State, new: State, redaction: Redaction) -> bytes:
    """Return the difference between two states of an entity as a member of ``c``."""
    found = _difference(_redacted(old, redaction), _redacted(new, redaction))
    return json_bytes({new.entity_id: found})[1:-1]


def update_time(state: State) -> bytes:
    """Return the time at which a state was last updated, as a member of ``c``."""
    return json_bytes({state.entity_id: {"+": {COMPRESSED_STATE_LAST_UPDATED: state.last_updated_timestamp}}})[1:-1]


def _redacted(state: State, redaction: Redaction) -> State:
    context = state.context
    # An object for the state, one for its attributes, and one for its context if the context is more than an ID.
    braces = 2 if context.parent_id is None and context.user_id is None else 3
    if not redaction.may_change(state.attributes, state.as_compressed_state_json, braces):
        return state
    return redacted_state(state, redaction)


def _difference(old: State, new: State) -> dict[str, Any]:
    """Return the new values of a state (``+``) and the removed attributes (``-``), like Home Assistant does."""
    added: dict[str, Any] = {}
    if old.state != new.state:
        added[COMPRESSED_STATE_STATE] = new.state
    if old.last_changed != new.last_changed:
        added[COMPRESSED_STATE_LAST_CHANGED] = new.last_changed_timestamp
    elif old.last_updated_timestamp != new.last_updated_timestamp:
        added[COMPRESSED_STATE_LAST_UPDATED] = new.last_updated_timestamp
    if (context := _context_difference(old.context, new.context)) is not None:
        added[COMPRESSED_STATE_CONTEXT] = context
    found: dict[str, Any] = {"+": added}
    if old.attributes != new.attributes:
        changed = {
            name: value
            for name, value in new.attributes.items()
            if name not in old.attributes or old.attributes[name] != value
        }
        if changed:
            added[COMPRESSED_STATE_ATTRIBUTES] = changed
        if gone := old.attributes.keys() - new.attributes.keys():
            found["-"] = {COMPRESSED_STATE_ATTRIBUTES: sorted(gone)}
    return found


def _context_difference(old: Context, new: Context) -> dict[str, str | None] | str | None:
    found: dict[str, str | None] = {}
    if old.parent_id != new.parent_id:
        found["parent_id"] = new.parent_id
    if old.user_id != new.user_id:
        found["user_id"] = new.user_id
    if old.id == new.id:
        return found or None
    return {**found, "id": new.id} if found else new.id
