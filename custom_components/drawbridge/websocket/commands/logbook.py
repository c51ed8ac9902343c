"""Commands for the logbook."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.const import ERR_UNKNOWN_ERROR
from homeassistant.util import dt as dt_util

from ...operations import logbook, logbook_stream as operations
from ..available import ensure_available
from ..catch_up import CatchUpClient, follow, moment, nothing, period
from ..command import Answered, Commands, Request
from ..errors import CommandError
from ..large import send_result

commands = Commands()

_FIELDS: Final = {
    vol.Required("start_time"): str,
    vol.Optional("end_time"): str,
    vol.Optional("entity_ids"): [str],
    vol.Optional("device_ids"): [str],
}


@commands.command("logbook/get_events", operations.PERIOD, {**_FIELDS, vol.Optional("context_id"): str})
async def get_events(request: Request) -> Answered | list[Any]:
    """Return the logbook entries of a period."""
    ensure_available(request, logbook.ensure_available)
    message = request.message
    start, now = moment(request, "start_time"), dt_util.utcnow()
    end = moment(request, "end_time") if message.get("end_time") else now
    if start > now:
        return []
    selection = operations.select(request.caller, message.get("entity_ids"), message.get("device_ids"))
    if selection is None:
        return []
    if context_id := message.get("context_id"):
        if selection.is_limited:
            # Home Assistant's own command fails in this way, because its database query takes only one of the two.
            raise CommandError(ERR_UNKNOWN_ERROR, "Unknown error")
        selection = operations.Selection(context_id=context_id)
    return await send_result(request, await operations.in_period(request.caller, selection, start, end))


@commands.command("logbook/event_stream", operations.FOLLOW, _FIELDS)
async def event_stream(request: Request) -> Answered:
    """Send the logbook entries of a period, then new entries until the period ends."""
    ensure_available(request, logbook.ensure_available)
    message = request.message
    start, end = period(request)
    selection = operations.select(request.caller, message.get("entity_ids"), message.get("device_ids"))
    if selection is None:
        ends = end or dt_util.utcnow()
        return nothing(request, {"events": [], "start_time": start.timestamp(), "end_time": ends.timestamp()})
    return await follow(request, operations.LogbookStream(CatchUpClient(request), selection, start, end))
