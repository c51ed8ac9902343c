"""``/api/history/period``: what the entities in scope did."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from homeassistant.core import HomeAssistant, State, valid_entity_id
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ...keys import Capability
from ...scope.redaction import Redaction, without_bearer_text
from ..call import Call, json_response
from ..endpoint import Router
from ..integrations import require
from ..problem import bad_request
from ..spec import FLAG, MOMENT, OBJECT, Answer, Parameter, array, ok
from ..streaming import json_pieces
from ..times import parse, windows

if TYPE_CHECKING:
    from homeassistant.components.recorder.core import Recorder

type _Period = tuple[datetime, datetime]
type _States = list[State | dict[str, Any]]

router = Router()

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_TOGETHER: Final = 16
_MOST_ENTITIES: Final = 2_000

_ABOUT: Final = ok(
    Answer(
        "For each entity that has some, the list of its states, oldest first.",
        array(array(OBJECT)),
        [[{"entity_id": "light.living_room", "state": "on", "last_changed": "2026-11-01T12:00:00+00:00"}]],
    ),
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    parameters=(
        Parameter("filter_entity_id", "The entities, separated by commas.", required=True),
        Parameter("end_time", "The end of the period; without it, a day after its start.", MOMENT),
        Parameter("minimal_response", "Only the state and its time, but for the first of each entity.", FLAG),
        Parameter("no_attributes", "Without attributes.", FLAG),
        Parameter("skip_initial_state", "Without the state at the start of the period.", FLAG),
        Parameter("significant_changes_only", "`0` for every change, of attributes too.", FLAG),
    ),
)


@dataclass(frozen=True, slots=True)
class _Query:
    """What is asked for, of entities in scope."""

    start: datetime
    end: datetime
    entity_ids: list[str]
    initial_state: bool
    significant: bool
    minimal: bool
    no_attributes: bool


@router.endpoint("GET", "/api/history/period", capability=Capability.HISTORY, about=_ABOUT)
@router.endpoint("GET", "/api/history/period/{start}", capability=Capability.HISTORY, about=_ABOUT)
async def history(call: Call) -> web.StreamResponse:
    """Return what entities did in a period, of the last day where it names no start."""
    require(call, "recorder", "history")
    query = _read(call)
    if query is None or not _may_have_states(call, query):
        return json_response([])
    return await json_pieces(call, _pieces(call, query))


def _read(call: Call) -> _Query | None:
    """Read the request, in Home Assistant's order of checks; ``None`` where there can be nothing."""
    asked, now = call.request.query, dt_util.utcnow()
    begin = call.request.match_info.get("start")
    start = dt_util.as_utc(parse(begin, "datetime")) if begin else now - _DAY
    entity_ids = [item for item in _entity_ids(call, asked.get("filter_entity_id")) if call.scope.allows(item)]
    if not entity_ids or start > now:
        return None
    end_time = asked.get("end_time")
    return _Query(
        start=start,
        end=dt_util.as_utc(parse(end_time, "end_time")) if end_time else start + _DAY,
        entity_ids=entity_ids,
        initial_state="skip_initial_state" not in asked,
        significant=asked.get("significant_changes_only", "1") != "0",
        minimal="minimal_response" in asked,
        no_attributes="no_attributes" in asked,
    )


def _entity_ids(call: Call, text: str | None) -> Iterable[str]:
    if not text:
        raise bad_request("filter_entity_id is missing")
    entity_ids = dict.fromkeys(text.strip().lower().split(","))
    if len(entity_ids) > _MOST_ENTITIES:
        raise bad_request(f"Invalid filter_entity_id: {_MOST_ENTITIES} entities are the limit.")
    for entity_id in entity_ids:
        if not call.bridge.hass.states.get(entity_id) and not valid_entity_id(entity_id):
            raise bad_request("Invalid filter_entity_id")
    return entity_ids


def _may_have_states(call: Call, query: _Query) -> bool:
    """Tell whether the database need be asked at all."""
    oldest = _recorder(call).states_manager.oldest_ts
    if oldest is None or query.end.timestamp() < oldest:
        return False
    return query.initial_state or any(_changed_after(call, query, item) for item in query.entity_ids)


def _changed_after(call: Call, query: _Query, entity_id: str) -> bool:
    state = call.bridge.hass.states.get(entity_id)
    if state is None:
        return True
    return (state.last_changed if query.no_attributes else state.last_updated) > query.start


async def _pieces(call: Call, query: _Query) -> AsyncIterator[bytes]:
    """Yield the JSON of all lists. No more is held of it than one day of a few entities."""
    periods = list(_bounded(query, _recorder(call).states_manager.oldest_ts))
    lists = _at_once(call, query, periods[0]) if len(periods) == 1 else _day_by_day(call, query, periods)
    between = b"["
    async for opens, piece in lists:
        yield between + piece if opens else piece
        between = b"," if opens else between
    yield b"]" if between == b"," else b"[]"


async def _at_once(call: Call, query: _Query, period: _Period) -> AsyncIterator[tuple[bool, bytes]]:
    """Yield whole lists, read for some entities together."""
    hass, recorder = call.bridge.hass, _recorder(call)
    for entity_ids in batched(query.entity_ids, _TOGETHER, strict=False):

        def read(entity_ids: tuple[str, ...] = entity_ids) -> list[bytes]:
            found = _fetch(hass, query, entity_ids, period, initial_state=query.initial_state)
            return [b"[" + _encode(entity_id, states, call.redaction) + b"]" for entity_id, states in found.items()]

        for encoded in await recorder.async_add_executor_job(read):
            yield True, encoded


async def _day_by_day(call: Call, query: _Query, periods: Sequence[_Period]) -> AsyncIterator[tuple[bool, bytes]]:
    """Yield lists in pieces, and whether a piece opens a list."""
    for entity_id in query.entity_ids:
        opens = True
        async for states in _days(call, query, entity_id, periods):
            yield opens, (b"[" if opens else b",") + states
            opens = False
        if not opens:
            yield False, b"]"


async def _days(call: Call, query: _Query, entity_id: str, periods: Sequence[_Period]) -> AsyncIterator[bytes]:
    """Yield the states of an entity as JSON without the brackets, day by day."""
    hass, recorder, last = call.bridge.hass, _recorder(call), None
    for number, period in enumerate(periods):
        first = query.initial_state and number == 0
        fetch = partial(_fetch, hass, query, (entity_id,), period, initial_state=first)
        states = (await recorder.async_add_executor_job(fetch)).get(entity_id, [])
        if query.minimal and last is not None:
            states = _continued(states, last)
        if states:
            last = _state_of(states[-1])
            yield await hass.async_add_executor_job(partial(_encode, entity_id, states, call.redaction))


def _bounded(query: _Query, oldest: float | None) -> Iterator[_Period]:
    """Cut the period into days, without those before the oldest state, and those to come."""
    start, end = query.start, min(query.end, dt_util.utcnow() + _DAY)
    if oldest is not None:
        start = max(start, dt_util.utc_from_timestamp(oldest) - _SECOND)
    return windows(start, max(end, start) if query.end > query.start else query.end, _DAY)


def _fetch(
    hass: HomeAssistant, query: _Query, entity_ids: Sequence[str], period: _Period, *, initial_state: bool
) -> dict[str, _States]:
    """Read the states of entities from the database. To be called in the recorder's executor."""
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
    """Continue a minimal list: only its very first state has all members, and none repeats the one before."""
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
    found: list[dict[str, Any]] = [item if isinstance(item, dict) else dict(item.as_dict()) for item in states]
    for item in found:
        item["state"] = without_bearer_text(item["state"])
        if "attributes" in item:
            item["attributes"] = redaction.attributes(entity_id, item["attributes"])
    return json_bytes(found)[1:-1]


def _recorder(call: Call) -> Recorder:
    return get_instance(call.bridge.hass)
