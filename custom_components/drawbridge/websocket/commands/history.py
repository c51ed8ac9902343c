"""Commands for the history of states."""

from datetime import datetime
from typing import Any, Final

import voluptuous as vol
from homeassistant.util import dt as dt_util

from ...operations import history, history_stream as operations
from ...operations.history_states import HistoryQuery
from ...operations.periods import DAY
from ..available import ensure_available
from ..catch_up import CatchUpClient, follow, invalid, moment, nothing, period
from ..command import Answered, Commands, Request
from ..large import send_result

commands = Commands()

_FIELDS: Final = {
    vol.Required("start_time"): str,
    vol.Optional("end_time"): str,
    vol.Required("entity_ids"): [str],
    vol.Optional("include_start_time_state", default=True): bool,
    vol.Optional("significant_changes_only", default=True): bool,
    vol.Optional("minimal_response", default=False): bool,
    vol.Optional("no_attributes", default=False): bool,
}


@commands.command("history/history_during_period", operations.PERIOD, _FIELDS)
async def history_during_period(request: Request) -> Answered | dict[str, Any]:
    """Return the states of entities in a period."""
    ensure_available(request, history.ensure_available)
    start = moment(request, "start_time")
    end = moment(request, "end_time") if request.message.get("end_time") else None
    if start > dt_util.utcnow():
        return {}
    query = _query(request, start, end)
    return await send_result(request, await operations.in_period(request.caller, query, has_end=end is not None))


@commands.command("history/stream", operations.FOLLOW, _FIELDS)
async def stream(request: Request) -> Answered:
    """Send the states of entities in a period, then each change until the period ends."""
    ensure_available(request, history.ensure_available)
    start, end = period(request)
    query = _query(request, start, end)
    if not query.entity_ids:
        ends = end or dt_util.utcnow()
        empty = {"states": {}, "start_time": start.timestamp(), "end_time": ends.timestamp()}
        return nothing(request, empty)
    return await follow(request, operations.HistoryStream(CatchUpClient(request), query, end))


def _query(request: Request, start: datetime, end: datetime | None) -> HistoryQuery:
    message = request.message
    if not operations.are_valid(request.caller, message["entity_ids"]):
        raise invalid("entity_ids")
    return HistoryQuery(
        start,
        dt_util.utcnow() + DAY if end is None else end,
        message["entity_ids"],
        initial_state=message["include_start_time_state"],
        significant=message["significant_changes_only"],
        minimal=message["minimal_response"],
        no_attributes=message["no_attributes"],
    )
