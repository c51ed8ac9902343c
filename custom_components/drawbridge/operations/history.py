"""History: the states of entities in a period, read from the recorder's database."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..refusal import bad_request
from ..scope.redaction import Redaction
from .caller import Caller
from .declaration import Operation
from .history_states import CompressedState, HistoryQuery, any_changed, read_states
from .json_stream import JsonArrayStream
from .periods import DAY, windows

if TYPE_CHECKING:
    from homeassistant.components.recorder.core import Recorder

READ: Final = Operation("history.read", Capability.HISTORY, names=("filter_entity_id",))

type _Period = tuple[datetime, datetime]

_SECOND: Final = timedelta(seconds=1)
_ENTITIES_AT_ONCE: Final = 16
_MAX_ENTITIES: Final = 2_000


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
        if len(periods) == 1:
            start, end = periods[0]
            read = _at_once(caller, replace(query, start=start, end=end), array)
        else:
            read = _day_by_day(caller, query, array, periods)
        async for piece in read:
            yield piece
    yield array.end()


def _may_have_states(caller: Caller, query: HistoryQuery) -> bool:
    """Return whether the database can have states for the query."""
    oldest = _recorder(caller).states_manager.oldest_ts
    if not query.entity_ids or oldest is None or query.end.timestamp() < oldest:
        return False
    return query.initial_state or any_changed(caller, query)


async def _at_once(caller: Caller, query: HistoryQuery, array: JsonArrayStream) -> AsyncIterator[bytes]:
    """Yield complete lists. Several entities are read with one query."""
    for entity_ids in batched(query.entity_ids, _ENTITIES_AT_ONCE, strict=False):
        for states in await _read(caller, replace(query, entity_ids=entity_ids), {}):
            yield array.items(b"[" + states + b"]")


async def _day_by_day(
    caller: Caller, query: HistoryQuery, array: JsonArrayStream, periods: Sequence[_Period]
) -> AsyncIterator[bytes]:
    """Yield lists in parts, one day at a time."""
    for entity_id in query.entity_ids:
        listed, endings = JsonArrayStream(), dict[str, str | None]()
        for number, (start, end) in enumerate(periods):
            first = query.initial_state and number == 0
            part = replace(query, start=start, end=end, entity_ids=[entity_id], initial_state=first)
            for states in await _read(caller, part, endings):
                is_first = listed.is_empty
                piece = listed.items(states)
                yield array.items(piece) if is_first else piece
        if not listed.is_empty:
            yield listed.end()


def _bounded(query: HistoryQuery, oldest: float | None) -> Iterator[_Period]:
    """Split the period into days. Days before the oldest state and days in the future are left out."""
    start, end = query.start, min(query.end, dt_util.utcnow() + DAY)
    if oldest is not None:
        start = max(start, dt_util.utc_from_timestamp(oldest) - _SECOND)
    return windows(start, max(end, start) if query.end > query.start else query.end, DAY)


async def _read(caller: Caller, query: HistoryQuery, endings: dict[str, str | None]) -> list[bytes]:
    """Read the states of entities, each as JSON without the enclosing brackets."""
    read = partial(_read_encoded, caller.hass, query, endings, caller.redaction)
    found = await _recorder(caller).async_add_executor_job(read)
    # The scope may have changed in the meantime.
    return [states for entity_id, states in found if caller.home.allows(entity_id)]


def _read_encoded(
    hass: HomeAssistant, query: HistoryQuery, endings: dict[str, str | None], redaction: Redaction
) -> list[tuple[str, bytes]]:
    """Read and encode the states of each entity that has some. Call this in the recorder's executor."""
    previous = frozenset(endings)
    found = read_states(hass, query, endings, redaction)
    return [(item, _encoded(item, states, continues=item in previous)) for item, states in found.items()]


def _encoded(entity_id: str, states: Sequence[CompressedState], *, continues: bool) -> bytes:
    """Return states in the form of Home Assistant's REST API, as JSON without the enclosing brackets.

    In a minimal list, all states but the first have no attributes. They are encoded as state and time.
    """
    if not continues:
        states[0].setdefault("a", {})
    found: list[dict[str, Any]] = []
    for item in states:
        updated = dt_util.utc_from_timestamp(item["lu"])
        if "a" not in item:
            found.append({"state": item["s"], "last_changed": updated})
            continue
        changed = dt_util.utc_from_timestamp(item["lc"]) if "lc" in item else updated
        found.append(
            {
                "entity_id": entity_id,
                "state": item["s"] or "",
                "attributes": item["a"],
                "last_changed": changed,
                "last_updated": updated,
            }
        )
    return json_bytes(found)[1:-1]


def _recorder(caller: Caller) -> Recorder:
    return get_instance(caller.hass)
