"""``/api/calendars``: the calendars in scope, and what is in them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..cache.scrub import redacted_json
from ..keys import Capability
from .call import Call, json_response
from .endpoint import Router
from .integrations import entity, entity_component
from .problem import bad_request, failed
from .spec import MOMENT, OBJECT, TEXT, Answer, Parameter, array, ok
from .times import parse

router = Router()

_CALENDAR: Final = "calendar"
_LISTED: Final = {
    "type": "object",
    "required": ["name", "entity_id"],
    "properties": {"name": TEXT, "entity_id": TEXT},
}


@router.endpoint(
    "GET",
    "/api/calendars",
    capability=Capability.READ,
    about=ok(
        Answer("The calendars.", array(_LISTED), [{"name": "Household", "entity_id": "calendar.household"}]),
        HTTPStatus.NOT_FOUND,
    ),
)
def calendars(call: Call) -> web.StreamResponse:
    """Return the calendars in scope, by name."""
    states, allows = call.bridge.hass.states, call.scope.allows
    found = (states.get(item.entity_id) for item in entity_component(call, _CALENDAR).entities)
    shown = [{"name": state.name, "entity_id": state.entity_id} for state in found if state and allows(state.entity_id)]
    return json_response(call.redaction.value(sorted(shown, key=lambda item: item["name"])))


@router.endpoint(
    "GET",
    "/api/calendars/{entity_id}",
    capability=Capability.READ,
    about=ok(
        Answer("The events.", array(OBJECT), [{"summary": "Bins", "start": {"date": "2026-11-02"}}]),
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        parameters=(
            Parameter("start", "From when.", MOMENT, required=True),
            Parameter("end", "Until when.", MOMENT, required=True),
        ),
    ),
)
async def calendar_events(call: Call) -> web.StreamResponse:
    """Return the events of a calendar in a period."""
    # 400 is Home Assistant's own status for a calendar that does not exist.
    calendar = entity(call, _CALENDAR, lambda reason: bad_request("Calendar not found.", hidden=reason))
    start, end = _moment(call, "start"), _moment(call, "end")
    if start > end:
        raise bad_request("The start should be before the end.")
    try:
        events = await calendar.async_get_events(call.bridge.hass, start, end)
    except HomeAssistantError as err:
        raise failed(f"Error reading events: {err}") from err
    return json_response(redacted_json([asdict(event, dict_factory=_as_json) for event in events], call.redaction))


def _moment(call: Call, name: str) -> datetime:
    text = call.request.query.get(name)
    if text is None:
        raise bad_request(f"'{name}' is missing: it should look like 2026-11-01T12:00:00+00:00.")
    return dt_util.as_local(parse(text, name))


def _as_json(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _json_value(value) for name, value in items}


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return {"dateTime": dt_util.as_local(value).isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else value
