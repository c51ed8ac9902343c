"""``/api/logbook``: the logbook of entities in scope."""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import voluptuous as vol
from aiohttp import web
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ...operations import logbook as operations
from ...operations.logbook import LogbookQuery
from ...refusal import bad_request
from ..call import Call
from ..endpoint import Router
from ..spec import MOMENT, OBJECT, WHOLE, Answer, Parameter, array, ok
from ..streaming import json_pieces
from ..times import parse

router = Router()

_MAX_DAYS: Final = 36_500
_DAYS: Final = re.compile(r"\s*[+-]?\d{1,6}\s*", re.ASCII)

_ABOUT: Final = ok(
    Answer(
        "The entries, oldest first.",
        array(OBJECT),
        [{"entity_id": "light.living_room", "name": "Living room", "state": "on", "when": "2026-11-01T12:00:00+00:00"}],
    ),
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    parameters=(
        Parameter("entity", "Only entries of these entities, separated by commas."),
        Parameter("end_time", "The end of the period.", MOMENT),
        Parameter("period", "The number of days, if there is no `end_time`.", WHOLE),
        Parameter("context_id", "Only entries of this context. Cannot be combined with `entity`."),
    ),
)


@router.endpoint("GET", "/api/logbook", operation=operations.READ, about=_ABOUT)
@router.endpoint("GET", "/api/logbook/{start}", operation=operations.READ, about=_ABOUT)
async def logbook(call: Call) -> web.StreamResponse:
    """Return the logbook entries for a period. The default is today."""
    operations.ensure_available(call.caller)
    return await json_pieces(call, operations.pieces(call.caller, _read(call)))


def _read(call: Call) -> LogbookQuery:
    """Parse the request, checking in Home Assistant's order."""
    asked = call.request.query
    begin = call.request.match_info.get("start")
    start = parse(begin, "datetime") if begin else dt_util.start_of_local_day()
    days = _days(asked.get("period"))
    named = _entity_ids(asked.get("entity"))
    start, end = _period(start, asked.get("end_time"), days)
    context_id = asked.get("context_id")
    if named and context_id:
        raise bad_request("Can't combine entity with context_id")
    return LogbookQuery(start, end, named, context_id)


def _days(text: str | None) -> int:
    if text is None:
        return 1
    if not _DAYS.fullmatch(text) or abs(int(text)) > _MAX_DAYS:
        raise bad_request(f"Invalid period: it must be a number of days, at most {_MAX_DAYS}.")
    return int(text)


def _entity_ids(text: str | None) -> list[str] | None:
    if not text:
        return None
    try:
        return list(cv.entity_ids(text))
    except vol.Invalid as err:
        shown = text[:64]
        detail = f"Invalid entity id(s) encountered: {shown}. Format should be <domain>.<object_id>"
        raise bad_request(detail) from err


def _period(start: datetime, end_time: str | None, days: int) -> tuple[datetime, datetime]:
    try:
        if end_time is not None:
            # Home Assistant interprets a time without a zone in the zone of the machine here.
            return _of_machine(start), _of_machine(parse(end_time, "end_time"))
        begin = dt_util.as_utc(start) - timedelta(days=days - 1)
        return begin, begin + timedelta(days=days)
    except OverflowError as err:
        raise bad_request("Invalid period: it is out of range.") from err


def _of_machine(moment: datetime) -> datetime:
    return dt_util.utc_from_timestamp(moment.timestamp())
