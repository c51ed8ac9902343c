"""``/api/history/period``: the history of entities in scope."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.util import dt as dt_util

from ...operations import history as operations
from ...operations.history_states import HistoryQuery
from ...operations.periods import DAY
from ...refusal import bad_request
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import FLAG, MOMENT, OBJECT, Answer, Parameter, array, ok
from ..streaming import json_pieces
from ..times import parse

router = Router()

_ABOUT: Final = ok(
    Answer(
        "For each entity with history, the list of its states, oldest first.",
        array(array(OBJECT)),
        [[{"entity_id": "light.living_room", "state": "on", "last_changed": "2026-11-01T12:00:00+00:00"}]],
    ),
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    parameters=(
        Parameter("filter_entity_id", "The entities, separated by commas.", required=True),
        Parameter("end_time", "The end of the period. The default is one day after the start.", MOMENT),
        Parameter("minimal_response", "Return only states and times after the first state of each entity.", FLAG),
        Parameter("no_attributes", "Omit attributes.", FLAG),
        Parameter("skip_initial_state", "Omit the state at the start of the period.", FLAG),
        Parameter("significant_changes_only", "`0` to include all changes, also of attributes only.", FLAG),
    ),
)


@router.endpoint("GET", "/api/history/period", operation=operations.READ, about=_ABOUT)
@router.endpoint("GET", "/api/history/period/{start}", operation=operations.READ, about=_ABOUT)
async def history(call: Call) -> web.StreamResponse:
    """Return the history of entities for a period. The default is the last day."""
    operations.ensure_available(call.caller)
    query = _read(call)
    if query is None:
        return json_response([])
    return await json_pieces(call, operations.pieces(call.caller, query))


def _read(call: Call) -> HistoryQuery | None:
    """Parse the request, checking in Home Assistant's order. Returns ``None`` if the result must be empty."""
    asked, now = call.request.query, dt_util.utcnow()
    begin = call.request.match_info.get("start")
    start = dt_util.as_utc(parse(begin, "datetime")) if begin else now - DAY
    if not (named := asked.get("filter_entity_id")):
        raise bad_request("filter_entity_id is missing")
    entity_ids = operations.in_scope(call.caller, named.strip().lower().split(","))
    if not entity_ids or start > now:
        return None
    end_time = asked.get("end_time")
    return HistoryQuery(
        start=start,
        end=dt_util.as_utc(parse(end_time, "end_time")) if end_time else start + DAY,
        entity_ids=entity_ids,
        initial_state="skip_initial_state" not in asked,
        significant=asked.get("significant_changes_only", "1") != "0",
        minimal="minimal_response" in asked,
        no_attributes="no_attributes" in asked,
    )
