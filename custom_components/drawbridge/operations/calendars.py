"""Calendars in scope: list them, read and follow their events, and change events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..refusal import Refusal, bad_request, failed
from ..states.state_json import redacted_json
from . import item_writes
from .caller import Caller
from .declaration import Operation
from .following import Current, Send, passes_on

LIST: Final = Operation("calendars.list", Capability.READ, everything=True)
EVENTS: Final = Operation("calendars.events", Capability.READ, names=("entity_id",))
FOLLOW: Final = Operation("calendars.follow", Capability.READ, names=("entity_id",))
CREATE: Final = Operation("calendars.create_event", Capability.CONTROL, names=("entity_id",))
UPDATE: Final = Operation("calendars.update_event", Capability.CONTROL, names=("entity_id",))
DELETE: Final = Operation("calendars.delete_event", Capability.CONTROL, names=("entity_id",))

_CALENDAR: Final = "calendar"


def listed(caller: Caller) -> object:
    """Return the name and the entity ID of each calendar in scope, sorted by name."""
    states = (caller.home.state(entity.entity_id) for entity in caller.home.entities(_CALENDAR))
    shown = [{"name": state.name, "entity_id": state.entity_id} for state in states if state is not None]
    return caller.redaction.value(sorted(shown, key=lambda item: item["name"]))


def find(caller: Caller, entity_id: str) -> Any:  # noqa: ANN401 - the class is of an integration that may not be set up
    """Return a calendar. Raises ``RefusedError`` with status 400, as Home Assistant does, if it is not in scope."""
    return caller.home.entity(_CALENDAR, entity_id, Refusal.BAD_REQUEST, "Calendar not found.")


async def events(caller: Caller, calendar: Any, start: datetime, end: datetime) -> object:  # noqa: ANN401 - the same
    """Return the events of a calendar that overlap a period, as JSON values.

    Raises:
        RefusedError: The end is before the start, or the calendar cannot be read.

    """
    if start > end:
        raise bad_request("The start should be before the end.")
    try:
        found = await calendar.async_get_events(caller.hass, start, end)
    except HomeAssistantError as err:
        raise failed(f"Error reading events: {err}") from err
    return redacted_json([asdict(event, dict_factory=_as_json) for event in found], caller.redaction)


def find_to_follow(caller: Caller, entity_id: str) -> Any:  # noqa: ANN401 - the same
    """Return a calendar for a subscription. Raises ``RefusedError`` if it is not in scope."""
    return caller.home.find_entity(_CALENDAR, entity_id, f"Calendar entity not found: {entity_id}")


def follow(
    calendar: Any,  # noqa: ANN401 - the same
    start: datetime,
    end: datetime,
    current: Current,
    send: Send,
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Subscribe to the events in a period.

    Returns:
        Two functions: one unsubscribes, the other sends the current events.

    """
    listener = passes_on(calendar, current, send)
    stop = calendar.async_subscribe_events(start, end, listener)
    return stop, lambda: calendar.async_update_single_event_listener(start, end, listener)


async def create(caller: Caller, entity_id: str, event: Mapping[str, Any]) -> None:
    """Create an event, if the key may call ``calendar.create_event``.

    Unlike the action, this can create a recurring event. Home Assistant has validated the recurrence rule, which cannot
    refer to an entity.

    Raises:
        RefusedError: The calendar is not in scope, the key may not create events, the calendar does not support it, or
            it failed.

    """
    name = "calendar.create_event"
    calendar = item_writes.find(caller, _CALENDAR, entity_id, name)
    item_writes.ensure_like_service(caller, "calendar.create_event", {"entity_id": entity_id, **_service_data(event)})
    _ensure_supported(calendar, "CREATE_EVENT", "Calendar does not support event creation")
    await item_writes.write(caller, name, calendar.async_create_event(**event))


async def update(
    caller: Caller, entity_id: str, uid: str, event: Mapping[str, Any], recurrence: Mapping[str, str | None]
) -> None:
    """Update an event.

    Args:
        caller: The key.
        entity_id: The calendar.
        uid: The ID of the event.
        event: The new event.
        recurrence: For a recurring event, the ID and the range of the recurrence.

    Raises:
        RefusedError: The calendar is not in scope, the key may not update events, the calendar does not support it, or
            it failed.

    """
    name = "calendar.update_event"
    calendar = item_writes.find(caller, _CALENDAR, entity_id, name)
    item_writes.ensure_listed(caller, name)
    _ensure_supported(calendar, "UPDATE_EVENT", "Calendar does not support event update")
    await item_writes.write(caller, name, calendar.async_update_event(uid, event, **recurrence))


async def delete(caller: Caller, entity_id: str, uid: str, recurrence: Mapping[str, str | None]) -> None:
    """Delete an event. The arguments and exceptions are those of ``update``."""
    name = "calendar.delete_event"
    calendar = item_writes.find(caller, _CALENDAR, entity_id, name)
    item_writes.ensure_listed(caller, name)
    _ensure_supported(calendar, "DELETE_EVENT", "Calendar does not support event deletion")
    await item_writes.write(caller, name, calendar.async_delete_event(uid, **recurrence))


def _service_data(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of ``calendar.create_event`` for an event."""
    kind = "date_time" if isinstance(event["dtstart"], datetime) else "date"
    times = {f"{name}_{kind}": event[f"dt{name}"].isoformat() for name in ("start", "end")}
    return times | {name: event[name] for name in ("summary", "description", "location") if name in event}


def _ensure_supported(calendar: Any, feature: str, detail: str) -> None:  # noqa: ANN401 - the same
    from homeassistant.components.calendar.const import CalendarEntityFeature  # noqa: PLC0415 - may not be set up

    item_writes.ensure_supported(calendar, CalendarEntityFeature[feature], detail)


def _as_json(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _json_value(value) for name, value in items}


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return {"dateTime": dt_util.as_local(value).isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else value
