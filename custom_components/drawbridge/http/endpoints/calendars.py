"""``/api/calendars``: the calendars in scope, and their events."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.util import dt as dt_util

from ...operations import calendars as operations
from ...refusal import bad_request
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import MOMENT, OBJECT, TEXT, Answer, Parameter, array, ok
from ..times import parse

router = Router()

_LISTED: Final = {
    "type": "object",
    "required": ["name", "entity_id"],
    "properties": {"name": TEXT, "entity_id": TEXT},
}


@router.endpoint(
    "GET",
    "/api/calendars",
    operation=operations.LIST,
    about=ok(
        Answer("The calendars.", array(_LISTED), [{"name": "Household", "entity_id": "calendar.household"}]),
        HTTPStatus.NOT_FOUND,
    ),
)
def calendars(call: Call) -> web.StreamResponse:
    """Return the calendars in scope, by name."""
    return json_response(operations.listed(call.caller))


@router.endpoint(
    "GET",
    "/api/calendars/{entity_id}",
    operation=operations.EVENTS,
    about=ok(
        Answer("The events.", array(OBJECT), [{"summary": "Bins", "start": {"date": "2026-11-02"}}]),
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        parameters=(
            Parameter("start", "The start of the period.", MOMENT, required=True),
            Parameter("end", "The end of the period.", MOMENT, required=True),
        ),
    ),
)
async def calendar_events(call: Call) -> web.StreamResponse:
    """Return the events of a calendar in a period."""
    caller = call.caller
    calendar = operations.find(caller, call.entity_id)
    start, end = _moment(call, "start"), _moment(call, "end")
    return json_response(await operations.events(caller, calendar, start, end))


def _moment(call: Call, name: str) -> datetime:
    text = call.request.query.get(name)
    if text is None:
        raise bad_request(f"'{name}' is missing: it should look like 2026-11-01T12:00:00+00:00.")
    return dt_util.as_local(parse(text, name))
