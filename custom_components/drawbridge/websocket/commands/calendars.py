"""Commands for the events of calendars."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.const import ERR_INVALID_FORMAT
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from ...operations import calendars as operations
from ..command import ANSWERED, Answered, Commands, Request
from ..errors import CommandError, failure_told

commands = Commands()


def _event(value: object) -> object:
    """Validate an event like Home Assistant does."""
    from homeassistant.components.calendar import WEBSOCKET_EVENT_SCHEMA  # noqa: PLC0415 - may not be set up

    return WEBSOCKET_EVENT_SCHEMA(value)


def _empty_as_none(value: str) -> str | None:
    return value or None


_NAMED: Final = {
    vol.Required("entity_id"): cv.entity_id,
    vol.Required("uid"): cv.string,
    vol.Optional("recurrence_id"): vol.Any(vol.All(cv.string, _empty_as_none), None),
    vol.Optional("recurrence_range"): cv.string,
}


@commands.command(
    "calendar/event/subscribe",
    operations.FOLLOW,
    {
        vol.Required("entity_id"): cv.entity_domain("calendar"),
        vol.Required("start"): cv.datetime,
        vol.Required("end"): cv.datetime,
    },
)
def subscribe(request: Request) -> Answered:
    """Send the events of a calendar in a period, and again whenever they change."""
    message = request.message
    calendar = operations.find_to_follow(request.caller, message["entity_id"])
    start, end = dt_util.as_local(message["start"]), dt_util.as_local(message["end"])
    if start >= end:
        raise CommandError(ERR_INVALID_FORMAT, "Start must be before end")

    def send(events: JsonValueType) -> None:
        request.send_event({"events": events})

    stop, send_now = operations.follow(calendar, start, end, request.current, send)
    request.subscribe(stop)
    request.send_result()
    send_now()
    return ANSWERED


# Home Assistant answers a message without an event with an unknown error.
@commands.command(
    "calendar/event/create", operations.CREATE, {vol.Required("entity_id"): cv.entity_id, vol.Required("event"): _event}
)
async def create(request: Request) -> None:
    """Create an event in a calendar."""
    message = request.message
    with failure_told():
        await operations.create(request.caller, message["entity_id"], message["event"])


@commands.command("calendar/event/update", operations.UPDATE, {**_NAMED, vol.Required("event"): _event})
async def update(request: Request) -> None:
    """Change an event of a calendar."""
    message = request.message
    with failure_told():
        await operations.update(
            request.caller, message["entity_id"], message["uid"], message["event"], _recurrence(message)
        )


@commands.command("calendar/event/delete", operations.DELETE, _NAMED)
async def delete(request: Request) -> None:
    """Delete an event of a calendar."""
    message = request.message
    with failure_told():
        await operations.delete(request.caller, message["entity_id"], message["uid"], _recurrence(message))


def _recurrence(message: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: message.get(name) for name in ("recurrence_id", "recurrence_range")}
