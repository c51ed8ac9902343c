"""Calendars: which are in scope, and their events in a period."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..refusal import Refusal, bad_request, failed
from ..states.state_json import redacted_json
from .caller import Caller
from .declaration import Operation

LIST: Final = Operation("calendars.list", Capability.READ, everything=True)
EVENTS: Final = Operation("calendars.events", Capability.READ, names=("entity_id",))

_CALENDAR: Final = "calendar"


def listed(caller: Caller) -> object:
    """Return name and entity id of the calendars in scope, sorted by name."""
    states = (caller.home.state(entity.entity_id) for entity in caller.home.entities(_CALENDAR))
    shown = [{"name": state.name, "entity_id": state.entity_id} for state in states if state is not None]
    return caller.redaction.value(sorted(shown, key=lambda item: item["name"]))


def find(caller: Caller, entity_id: str) -> Any:  # noqa: ANN401 - the class is of an integration that may not be set up
    """Return a calendar. Raises ``RefusedError`` if there is none in scope, with 400, as Home Assistant does."""
    return caller.home.entity(_CALENDAR, entity_id, Refusal.BAD_REQUEST, "Calendar not found.")


async def events(caller: Caller, calendar: Any, start: datetime, end: datetime) -> object:  # noqa: ANN401 - the same
    """Return the events of a calendar that overlap a period, as JSON values.

    Raises:
        RefusedError: The period ends before it starts, or the calendar cannot be read.

    """
    if start > end:
        raise bad_request("The start should be before the end.")
    try:
        found = await calendar.async_get_events(caller.hass, start, end)
    except HomeAssistantError as err:
        raise failed(f"Error reading events: {err}") from err
    return redacted_json([asdict(event, dict_factory=_as_json) for event in found], caller.redaction)


def _as_json(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _json_value(value) for name, value in items}


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return {"dateTime": dt_util.as_local(value).isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else value
