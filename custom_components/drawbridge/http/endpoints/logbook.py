"""``/api/logbook``: what happened, as people read it."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import voluptuous as vol
from aiohttp import web
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ...keys import Capability
from ...operations.log_entries import LogFilter
from ..call import Call, json_response
from ..endpoint import Router
from ..integrations import require
from ..problem import bad_request
from ..spec import MOMENT, OBJECT, WHOLE, Answer, Parameter, array, ok
from ..streaming import json_pieces
from ..times import parse, windows

if TYPE_CHECKING:
    from homeassistant.components.logbook.processor import EventProcessor

router = Router()

_DAY: Final = timedelta(days=1)
_MOST_DAYS: Final = 36_500
_MOST_WINDOWS: Final = 366
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
        Parameter("period", "How many days, where there is no end.", WHOLE),
        Parameter("context_id", "Only what happened in this context. Not together with `entity`."),
    ),
)


@dataclass(frozen=True, slots=True)
class _Query:
    """What is asked for. ``entity_ids`` are in scope; ``None`` asks for all that is."""

    start: datetime
    end: datetime
    entity_ids: list[str] | None
    context_id: str | None


@router.endpoint("GET", "/api/logbook", capability=Capability.HISTORY, about=_ABOUT)
@router.endpoint("GET", "/api/logbook/{start}", capability=Capability.HISTORY, about=_ABOUT)
async def logbook(call: Call) -> web.StreamResponse:
    """Return what happened in a period, of today where it names no start."""
    require(call, "recorder", "logbook")
    query = _read(call)
    if query.entity_ids is not None and not query.entity_ids:
        return json_response([])
    return await json_pieces(call, _pieces(call, query))


def _read(call: Call) -> _Query:
    """Read the request, in Home Assistant's order of checks."""
    asked = call.request.query
    begin = call.request.match_info.get("start")
    start = parse(begin, "datetime") if begin else dt_util.start_of_local_day()
    days = _days(asked.get("period"))
    named = _entity_ids(asked.get("entity"))
    start, end = _period(start, asked.get("end_time"), days)
    context_id = asked.get("context_id")
    if named and context_id:
        raise bad_request("Can't combine entity with context_id")
    in_scope = None if named is None else [item for item in named if call.scope.allows(item)]
    return _Query(start, end, in_scope, context_id)


def _days(text: str | None) -> int:
    if text is None:
        return 1
    if not _DAYS.fullmatch(text) or abs(int(text)) > _MOST_DAYS:
        raise bad_request(f"Invalid period: it should be a number of days, {_MOST_DAYS} at most.")
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
            # Home Assistant takes a time without a zone for one of the machine's zone here.
            return _of_machine(start), _of_machine(parse(end_time, "end_time"))
        begin = dt_util.as_utc(start) - timedelta(days=days - 1)
        return begin, begin + timedelta(days=days)
    except OverflowError as err:
        raise bad_request("Invalid period: it ends where no calendar reaches.") from err


def _of_machine(moment: datetime) -> datetime:
    return dt_util.utc_from_timestamp(moment.timestamp())


async def _pieces(call: Call, query: _Query) -> AsyncIterator[bytes]:
    """Yield the JSON of the entries. Where all are asked for, no more is held of it than one day."""
    recorder, processor = get_instance(call.bridge.hass), _processor(call, query)
    end = min(query.end, dt_util.utcnow() + _DAY)
    whole = end - query.start
    length = whole if query.entity_ids or query.context_id else max(_DAY, whole / _MOST_WINDOWS)
    between = b"["
    for period in windows(query.start, end, length):
        entries = await recorder.async_add_executor_job(processor.get_events, *period)
        shown = _shown(call, entries)
        if shown:
            yield between + (await call.bridge.hass.async_add_executor_job(json_bytes, shown))[1:-1]
            between = b","
    yield b"]" if between == b"," else b"[]"


def _processor(call: Call, query: _Query) -> EventProcessor:
    from homeassistant.components.logbook import processor  # noqa: PLC0415 - may not be set up
    from homeassistant.components.logbook.helpers import async_determine_event_types  # noqa: PLC0415 - the same

    hass = call.bridge.hass
    return processor.EventProcessor(
        hass,
        async_determine_event_types(hass, query.entity_ids, None),
        query.entity_ids,
        None,
        query.context_id,
        timestamp=False,
        include_entity_name=True,
    )


def _shown(call: Call, entries: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the entries that the key may see, each with what it may see of it."""
    everything = call.key.scope.is_everything
    log_filter = LogFilter(
        call.scope.allows,
        call.scope.known_domains(),
        everything=everything,
        hidden_domain=DOMAIN,
        hidden_users=call.bridge.usage.users_of_others(call.key.id),
    )
    redact = call.redaction.value
    return [redact(shown) for entry in entries if (shown := log_filter.entry(entry)) is not None]
