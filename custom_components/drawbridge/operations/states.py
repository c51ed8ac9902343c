"""States: reading and writing states of entities in scope."""

from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Context, State
from homeassistant.exceptions import InvalidEntityFormatError, InvalidStateError
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..limits.created_states import MAX_CREATED_STATES
from ..refusal import Refusal, RefusedError, bad_request, failed
from .caller import Caller
from .declaration import Operation
from .home import entity_not_found

LIST: Final = Operation("states.list", Capability.READ, names=("entity_id",), everything=True)
READ: Final = Operation("states.read", Capability.READ, names=("entity_id",))
FOLLOW: Final = Operation("states.follow", Capability.READ, names=("entity_ids",), everything=True)
SET: Final = Operation("states.set", Capability.SET_STATE, names=("entity_id",))
REMOVE: Final = Operation("states.remove", Capability.SET_STATE, names=("entity_id",))

_MAX_AUDITED_CHARACTERS: Final = 255
_MAX_ATTRIBUTES_BYTES: Final = 16_384
"""The maximum size that Home Assistant's recorder stores for one state."""


def find(caller: Caller, entity_id: str) -> State:
    """Return the state of an entity. Raises ``RefusedError`` if it is not in scope."""
    return caller.home.find(entity_id)


def encoded(caller: Caller, state: State) -> bytes:
    """Return a state as JSON, redacted for the key."""
    return caller.resources.state_json.encode(state, caller.redaction)


def as_event(caller: Caller, entity_id: str) -> bytes:
    """Return the state of an entity as JSON, in the form of a ``state_changed`` event without an old state."""
    state = caller.home.state(entity_id)
    data = {
        "entity_id": entity_id,
        "old_state": None,
        "new_state": None if state is None else json_fragment(encoded(caller, state)),
    }
    return json_bytes(
        {
            "event_type": EVENT_STATE_CHANGED,
            "data": data,
            "origin": "LOCAL",
            "time_fired": (dt_util.utcnow() if state is None else state.last_updated).isoformat(),
            "context": (Context() if state is None else state.context).as_dict(),
        }
    )


def ensure_writable(caller: Caller, entity_id: str) -> str:
    """Return the normalized ID for writing a state. Raises ``RefusedError`` if it is not in scope."""
    # Home Assistant writes states under lower-case IDs, so compare the lower-case ID with the scope.
    entity_id = entity_id.lower()
    caller.activity.target = f"state of {entity_id[:_MAX_AUDITED_CHARACTERS]}"
    if not caller.home.allows(entity_id):
        raise entity_not_found(hidden=Refusal.SCOPE)
    return entity_id


async def set_state(caller: Caller, entity_id: str, data: object) -> tuple[State, bool]:
    """Create or replace the state of an entity. This does not control its device.

    Args:
        caller: The key.
        entity_id: The entity.
        data: The new state, as sent by the client: ``state``, ``attributes`` and ``force_update``.

    Returns:
        The stored state, and whether it was created.

    Raises:
        RefusedError: The entity is not in scope, the state is not valid, or the key has created too many.

    """
    new = _new_state(data)
    context = await caller.context()
    # Check again, since the entity may have left the scope in the meantime.
    entity_id = ensure_writable(caller, entity_id)
    home = caller.home
    is_new = not home.has_state(entity_id)
    if is_new:
        _ensure_may_create(caller, entity_id)
    try:
        home.set_state(entity_id, new["state"], new.get("attributes"), context, force=bool(new.get("force_update")))
    except InvalidEntityFormatError as err:
        raise bad_request("Invalid entity ID specified.") from err
    except InvalidStateError as err:
        raise bad_request("Invalid state specified: 255 characters are the limit.") from err
    if (state := home.state(entity_id)) is None:
        raise failed("Error storing state.")
    return state, is_new


async def remove_state(caller: Caller, entity_id: str) -> None:
    """Remove the state of an entity. An entity of an integration gets a new state with its next change.

    Raises:
        RefusedError: The entity has no state, or is not in scope.

    """
    context = await caller.context()
    if not caller.home.remove_state(ensure_writable(caller, entity_id), context):
        raise entity_not_found()


def _new_state(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise bad_request("State data should be a JSON object.")
    if data.get("state") is None:
        raise bad_request("No state specified.")
    if not isinstance(data.get("attributes"), dict | None):
        raise bad_request("'attributes' should be a JSON object.")
    if len(json_bytes(data.get("attributes"))) > _MAX_ATTRIBUTES_BYTES:
        raise RefusedError(Refusal.TOO_LARGE, {"limit": _MAX_ATTRIBUTES_BYTES})
    return data


def _ensure_may_create(caller: Caller, entity_id: str) -> None:
    """Refuse a new state if the key has created too many. Entities that its scope lists by ID are always allowed."""
    if entity_id in caller.key.scope.include.entities:
        return
    if not caller.resources.created_states.reserve(caller.key.id, entity_id, caller.home.has_state):
        raise RefusedError(Refusal.TOO_MANY_STATES, {"limit": MAX_CREATED_STATES})
