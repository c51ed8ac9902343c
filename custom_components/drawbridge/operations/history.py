"""History: the states of entities in a period, read from the recorder's database."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, State, valid_entity_id
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..refusal import bad_request
from ..scope.redaction import Redaction, without_bearer_text
from .caller import Caller
from .declaration import Operation
from .json_stream import JsonArrayStream
from .periods import DAY, windows

if TYPE_CHECKING:
    from homeassistant.components.recorder.core import Recorder

READ: Final = Operation("history.read", Capability.HISTORY, names=("filter_entity_id",))

type _Period = tuple[datetime, datetime]
type _States = list[State | dict[str, Any]]

_SECOND: Final = timedelta(seconds=1)
_ENTITIES_AT_ONCE: Final = 16
_MAX_ENTITIES: Final = 2_000


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A query. Entities outside the scope are left out of the response.

    Attributes:
        start: The start of the period, in UTC.
        end: Its end, in UTC.
        entity_ids: The entities.
        initial_state: Whether to include the state at the start of the period.
        significant: Whether to leave out changes that affect only attributes, for most domains.
        minimal: Whether to return only state and time, except for the first state of an entity.
        no_attributes: Whether to leave out attributes.

    """

    start: datetime
    end: datetime
    entity_ids: Sequence[str]
    initial_state: bool = True
    significant: bool = True
    minimal: bool = False
    no_attributes: bool = False


def ensure_available(caller: Caller) -> None:
    """Raise ``RefusedError`` if the integrations for history are not set up."""
    caller.home.require("recorder", "history")


def in_scope(caller: Caller, names: Iterable[str]) -> list[str]:
    """Return the named entities that are in scope.

    Raises:
        RefusedError: There are too many names, or one is not a valid entity ID.

    """
    entity_ids = dict.fromkeys(names)
    if len(entity_ids) > _MAX_ENTITIES:
        raise bad_request(f"Invalid filter_entity_id: {_MAX_ENTITIES} entities are the limit.")
    if not all(caller.home.has_state(item) or valid_entity_id(item) for item in entity_ids):
        raise bad_request("Invalid filter_entity_id")
    return [item for item in entity_ids if caller.home.allows(item)]


async def pieces(caller: Caller, query: HistoryQuery) -> AsyncIterator[bytes]:
    """Yield the pieces of a JSON array. Each entity with states has one array of states, oldest first.

    Memory use is bounded: at most one day of a few entities is loaded at a time.
    """
    query = replace(query, entity_ids=[item for item in query.entity_ids if caller.home.allows(item)])
    array = JsonArrayStream()
    if _may_have_states(caller, query):
        periods = list(_bounded(query, _recorder(caller).states_manager.oldest_ts))
        read = partial(_at_once, period=periods[0]) if len(periods) == 1 else partial(_day_by_day, periods=periods)
        async for piece in read(caller, query, array):
            yield piece
    yield array.end()


def _may_have_states(caller: Caller, query: HistoryQuery) -> bool:
    """Return whether the database can have states for the query."""
    oldest = _recorder(caller).states_manager.oldest_ts
    if not query.entity_ids or oldest is None or query.end.timestamp() < oldest:
        return False
    return query.initial_state or any(_changed_after(caller, query, item) for item in query.entity_ids)


def _changed_after(caller: Caller, query: HistoryQuery, entity_id: str) -> bool:
    state = caller.home.state(entity_id)
    if state is None:
        return True
    return (state.last_changed if query.no_attributes else state.last_updated) > query.start


async def _at_once(
    caller: Caller, query: HistoryQuery, array: JsonArrayStream, period: _Period
) -> AsyncIterator[bytes]:
    """Yield complete lists. Several entities are read with one query."""
    hass, recorder, redaction = caller.hass, _recorder(caller), caller.redaction
    for entity_ids in batched(query.entity_ids, _ENTITIES_AT_ONCE, strict=False):

        def read(entity_ids: tuple[str, ...] = entity_ids) -> list[bytes]:
            found = _fetch(hass, query, entity_ids, period, initial_state=query.initial_state)
            return [b"[" + _encode(entity_id, states, redaction) + b"]" for entity_id, states in found.items()]

        for encoded in await recorder.async_add_executor_job(read):
            yield array.items(encoded)


async def _day_by_day(
    caller: Caller, query: HistoryQuery, array: JsonArrayStream, periods: Sequence[_Period]
) -> AsyncIterator[bytes]:
    """Yield lists in parts, one day at a time."""
    for entity_id in query.entity_ids:
        listed = JsonArrayStream()
        async for states in _days(caller, query, entity_id, periods):
            is_first = listed.is_empty
            piece = listed.items(states)
            yield array.items(piece) if is_first else piece
        if not listed.is_empty:
            yield listed.end()


async def _days(
    caller: Caller, query: HistoryQuery, entity_id: str, periods: Sequence[_Period]
) -> AsyncIterator[bytes]:
    """Yield the states of an entity, day by day, as JSON without the enclosing brackets."""
    hass, recorder, last = caller.hass, _recorder(caller), None
    for number, period in enumerate(periods):
        first = query.initial_state and number == 0
        fetch = partial(_fetch, hass, query, (entity_id,), period, initial_state=first)
        states = (await recorder.async_add_executor_job(fetch)).get(entity_id, [])
        if query.minimal and last is not None:
            states = _continued(states, last)
        if states:
            last = _state_of(states[-1])
            yield await caller.compute(partial(_encode, entity_id, states, caller.redaction))


def _bounded(query: HistoryQuery, oldest: float | None) -> Iterator[_Period]:
    """Split the period into days. Days before the oldest state and days in the future are left out."""
    start, end = query.start, min(query.end, dt_util.utcnow() + DAY)
    if oldest is not None:
        start = max(start, dt_util.utc_from_timestamp(oldest) - _SECOND)
    return windows(start, max(end, start) if query.end > query.start else query.end, DAY)


def _fetch(
    hass: HomeAssistant, query: HistoryQuery, entity_ids: Sequence[str], period: _Period, *, initial_state: bool
) -> dict[str, _States]:
    """Read the states of entities from the database. Call this in the recorder's executor."""
    from homeassistant.components.recorder.history import get_significant_states  # noqa: PLC0415 - may not be set up

    return get_significant_states(
        hass,
        *period,
        list(entity_ids),
        include_start_time_state=initial_state,
        significant_changes_only=query.significant,
        minimal_response=query.minimal,
        no_attributes=query.no_attributes,
    )


def _continued(states: _States, last: str) -> _States:
    """Return a part of a minimal list that continues the previous part.

    Only the first state of the list has all members, and consecutive states differ.
    """
    from homeassistant.components.recorder.history import NEED_ATTRIBUTE_DOMAINS  # noqa: PLC0415 - may not be set up

    first = states[0] if states else None
    if not isinstance(first, State) or first.entity_id.partition(".")[0] in NEED_ATTRIBUTE_DOMAINS:
        return states
    if first.state == last:
        return states[1:]
    return [{"state": first.state, "last_changed": first.last_updated.isoformat()}, *states[1:]]


def _state_of(item: State | dict[str, Any]) -> str:
    state: str = item["state"] if isinstance(item, dict) else item.state
    return state


def _encode(entity_id: str, states: _States, redaction: Redaction) -> bytes:
    """Return the states as JSON without the enclosing brackets. Equal values are redacted once."""
    found: list[dict[str, Any]] = [item if isinstance(item, dict) else dict(item.as_dict()) for item in states]
    texts: dict[str, str] = {}
    # States with the same attributes share an object. It is kept, so that no other gets its number.
    attributes: dict[int, tuple[object, dict[str, Any]]] = {}
    for item in found:
        # In a minimal list, null marks the removal of an entity.
        if (text := item["state"]) is not None:
            if text not in texts:
                texts[text] = without_bearer_text(text)
            item["state"] = texts[text]
        if "attributes" in item:
            shared = item["attributes"]
            if id(shared) not in attributes:
                attributes[id(shared)] = shared, redaction.attributes(entity_id, shared)
            item["attributes"] = attributes[id(shared)][1]
    return json_bytes(found)[1:-1]


def _recorder(caller: Caller) -> Recorder:
    return get_instance(caller.hass)
