"""Commands for the recorder and its statistics."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.const import ERR_UNKNOWN_ERROR

from ...operations import statistics as operations
from ..available import ensure_available
from ..catch_up import moment
from ..command import Answered, Commands, Request
from ..errors import CommandError
from ..large import send_result

commands = Commands()


def _units(value: object) -> Any:  # noqa: ANN401 - what the schema returns
    from homeassistant.components.recorder.websocket_api import UNIT_SCHEMA  # noqa: PLC0415 - may not be set up

    return UNIT_SCHEMA(value)


def _period(name: str) -> Callable[[object], Any]:
    """Return the validator of one of the three forms of a period."""

    def validate(value: object) -> Any:  # noqa: ANN401 - what the schema returns
        from homeassistant.components.recorder.util import PERIOD_SCHEMA  # noqa: PLC0415 - may not be set up

        fields: Mapping[Any, Any] = PERIOD_SCHEMA.schema
        return vol.Schema(fields[name])(value)

    return validate


_SUMMARY_FIELDS: Final[Mapping[Any, Any]] = {
    vol.Required("statistic_id"): str,
    vol.Optional("types"): vol.All([vol.Any("max", "mean", "min", "change")], vol.Coerce(set)),
    vol.Optional("units"): _units,
    **{vol.Exclusive(name, "period"): _period(name) for name in ("calendar", "fixed_period", "rolling_window")},
}


def _unknown_info(_request: Request) -> dict[str, Any]:
    """Return that the recorder is in order. The pages ask for it, whatever the key."""
    return {
        "backlog": 0,
        "db_in_default_location": True,
        "max_backlog": 65_000,
        "migration_in_progress": False,
        "migration_is_live": False,
        "recording": True,
        "thread_running": True,
    }


@commands.command("recorder/info", operations.INFO, without=_unknown_info)
async def info(request: Request) -> dict[str, Any]:
    """Return the status of the recorder."""
    ensure_available(request, operations.ensure_available)
    return await operations.info(request.caller)


@commands.command(
    "recorder/list_statistic_ids", operations.LIST, {vol.Optional("statistic_type"): vol.Any("sum", "mean")}
)
async def list_statistic_ids(request: Request) -> Answered:
    """Return the metadata of the statistics in scope."""
    ensure_available(request, operations.ensure_available)
    found = await operations.listed(request.caller, request.message.get("statistic_type"))
    return await send_result(request, found)


@commands.command("recorder/get_statistics_metadata", operations.METADATA, {vol.Optional("statistic_ids"): [str]})
async def get_statistics_metadata(request: Request) -> Answered:
    """Return the metadata of the given statistics, such as their units."""
    ensure_available(request, operations.ensure_available)
    found = await operations.metadata(request.caller, request.message.get("statistic_ids", []))
    return await send_result(request, found)


@commands.command(
    "recorder/statistics_during_period",
    operations.PERIOD,
    {
        vol.Required("start_time"): str,
        vol.Optional("end_time"): str,
        vol.Required("statistic_ids"): vol.All([str], vol.Length(min=1)),
        vol.Required("period"): vol.Any("5minute", "hour", "day", "week", "month", "year"),
        vol.Optional("units"): _units,
        vol.Optional("types"): vol.All(
            [vol.Any("change", "last_reset", "max", "mean", "min", "state", "sum")], vol.Coerce(set)
        ),
    },
)
async def statistics_during_period(request: Request) -> Answered:
    """Return the rows of statistics in a period."""
    ensure_available(request, operations.ensure_available)
    message = request.message
    query = operations.StatisticsQuery(
        moment(request, "start_time"),
        moment(request, "end_time") if message.get("end_time") else None,
        message["statistic_ids"],
        message["period"],
        message.get("units"),
        message.get("types"),
    )
    try:
        return await send_result(request, await operations.in_period(request.caller, query))
    except (OverflowError, ValueError) as err:
        raise _beyond_the_calendar() from err


@commands.command("recorder/statistic_during_period", operations.SUMMARY, _SUMMARY_FIELDS)
async def statistic_during_period(request: Request) -> dict[str, Any]:
    """Return the change, maximum, mean and minimum of a statistic in a period."""
    from homeassistant.components.recorder.util import resolve_period  # noqa: PLC0415 - may not be set up

    ensure_available(request, operations.ensure_available)
    message: Any = request.message
    try:
        start, end = resolve_period(message)
        query = operations.SummaryQuery(message["statistic_id"], start, end, message.get("types"), message.get("units"))
        return await operations.summary(request.caller, query)
    except (OverflowError, ValueError) as err:
        raise _beyond_the_calendar() from err


def _beyond_the_calendar() -> CommandError:
    """Return Home Assistant's error for a period outside the supported range of dates."""
    return CommandError(ERR_UNKNOWN_ERROR, "Unknown error")
