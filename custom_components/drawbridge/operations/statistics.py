"""Long-term statistics of entities, and the status of the recorder."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any, Final

from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import DATA_RECORDER, get_instance
from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..refusal import bad_request
from ..scope.redaction import Redaction
from .caller import Caller
from .declaration import Operation
from .history_stream import MAX_ANSWER_BYTES, too_large

INFO: Final = Operation("recorder.info", Capability.HISTORY)
LIST: Final = Operation("statistics.list", Capability.HISTORY, everything=True)
METADATA: Final = Operation("statistics.metadata", Capability.HISTORY, names=("statistic_ids",), everything=True)
PERIOD: Final = Operation("statistics.period", Capability.HISTORY, names=("statistic_ids",))
SUMMARY: Final = Operation("statistics.summary", Capability.HISTORY, names=("statistic_id",))

_MAX_STATISTICS: Final = 2_000
_AT_ONCE: Final = 1_000
_ROWS_AT_ONCE: Final = 200_000
_LONGEST: Final = timedelta(days=3_650)
"""The longest period for the estimate of the number of rows."""
_SHORT_TERM: Final = timedelta(days=10)
_ALL_TYPES: Final = frozenset({"change", "last_reset", "max", "mean", "min", "state", "sum"})


@dataclass(frozen=True, slots=True)
class StatisticsQuery:
    """A query.

    Attributes:
        start: The start of the period, in UTC.
        end: Its end; ``None`` for now.
        statistic_ids: The statistics. Those outside the scope are left out of the response.
        period: The length of each row, such as ``hour``.
        units: The units to convert to, by their class.
        types: What to return of each row; ``None`` for all.

    """

    start: datetime
    end: datetime | None
    statistic_ids: Sequence[str]
    period: str
    units: Mapping[str, str] | None = None
    types: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class SummaryQuery:
    """A query for ``change``, ``max``, ``mean`` or ``min`` of one statistic over a period."""

    statistic_id: str
    start: datetime | None
    end: datetime | None
    types: set[str] | None = None
    units: Mapping[str, str] | None = None


def ensure_available(caller: Caller) -> None:
    """Raise ``RefusedError`` if the recorder is not set up."""
    caller.home.require("recorder")


def allows(caller: Caller, statistic_id: str) -> bool:
    """Return whether a statistic is in scope.

    Only a scope without limits includes statistics that belong to no entity.
    """
    if valid_entity_id(statistic_id):
        return caller.home.allows(statistic_id)
    return caller.key.scope.is_everything


async def info(caller: Caller) -> dict[str, Any]:
    """Return the status of the recorder. Only a scope without limits includes the backlog of its queue."""
    from homeassistant.components.recorder import get_default_url  # noqa: PLC0415 - may not be set up

    await caller.hass.data[DATA_RECORDER].db_connected
    recorder = get_instance(caller.hass)
    return {
        "backlog": recorder.backlog if caller.key.scope.is_everything else 0,
        "db_in_default_location": recorder.db_url == get_default_url(caller.hass),
        "max_backlog": recorder.max_backlog,
        "migration_in_progress": recorder.migration_in_progress,
        "migration_is_live": recorder.migration_is_live,
        "recording": recorder.recording,
        "thread_running": recorder.is_running,
    }


async def listed(caller: Caller, statistic_type: str | None) -> bytes:
    """Return the available statistics of a type, as a JSON array."""
    from homeassistant.components.recorder.statistics import list_statistic_ids  # noqa: PLC0415 - may not be set up

    read: Any = list_statistic_ids
    found = await get_instance(caller.hass).async_add_executor_job(read, caller.hass, None, statistic_type)
    return await _described(caller, found)


async def metadata(caller: Caller, statistic_ids: Sequence[str]) -> bytes:
    """Return the metadata of statistics, or of all statistics if none are requested, as a JSON array."""
    from homeassistant.components.recorder.statistics import async_list_statistic_ids  # noqa: PLC0415 - the same

    _ensure_bounded(statistic_ids)
    if not statistic_ids:
        return await listed(caller, None)
    named = {item for item in statistic_ids if allows(caller, item)}
    return await _described(caller, await async_list_statistic_ids(caller.hass, named) if named else [])


async def in_period(caller: Caller, query: StatisticsQuery) -> bytes:
    """Return the rows of each statistic that has any, as a JSON object.

    Raises:
        RefusedError: The response is too large, or the key was changed in the meantime.
        OverflowError: The period is outside the supported range of dates.
        ValueError: The period is outside the supported range of dates.

    """
    _ensure_bounded(query.statistic_ids)
    named = [item for item in dict.fromkeys(query.statistic_ids) if allows(caller, item)]
    pieces: list[bytes] = []
    for some in batched(named, _statistics_at_once(query), strict=False):
        piece = await get_instance(caller.hass).async_add_executor_job(_rows, caller.hass, query, set(some))
        pieces += [piece] if piece else []
        if sum(map(len, pieces)) > MAX_ANSWER_BYTES:
            raise too_large()
    caller.ensure_unchanged()
    return b"{" + b",".join(pieces) + b"}"


async def summary(caller: Caller, query: SummaryQuery) -> dict[str, Any]:
    """Return the change, maximum, mean and minimum of a statistic over a period. Empty if it is not in scope."""
    from homeassistant.components.recorder.statistics import statistic_during_period  # noqa: PLC0415 - may not be set up

    if not allows(caller, query.statistic_id):
        return {}
    read: Any = statistic_during_period
    work = partial(read, caller.hass, query.start, query.end, query.statistic_id, query.types, units=query.units)
    found: dict[str, Any] = await get_instance(caller.hass).async_add_executor_job(work)
    caller.ensure_unchanged()
    return found if allows(caller, query.statistic_id) else {}


def _ensure_bounded(statistic_ids: Sequence[str]) -> None:
    if len(statistic_ids) > _MAX_STATISTICS:
        raise bad_request(f"Invalid statistic_ids: {_MAX_STATISTICS} statistics are the limit.")


async def _described(caller: Caller, found: Sequence[dict[str, Any]]) -> bytes:
    shown: list[dict[str, Any]] = []
    for some in batched(found, _AT_ONCE, strict=False):
        shown += [item for item in some if allows(caller, item["statistic_id"])]
        await asyncio.sleep(0)
    encoded = await caller.compute(partial(_encoded, shown, caller.redaction))
    caller.ensure_unchanged()
    return encoded


def _encoded(items: Sequence[dict[str, Any]], redaction: Redaction) -> bytes:
    return json_bytes([redaction.value(item) for item in items])


def _statistics_at_once(query: StatisticsQuery) -> int:
    """Return how many statistics to read with one query: all, unless they have very many rows."""
    is_short = query.period == "5minute"
    length = (query.end or dt_util.utcnow()) - query.start
    longest = min(length, _SHORT_TERM if is_short else _LONGEST)
    rows = longest / timedelta(minutes=5 if is_short else 60)
    return max(1, int(_ROWS_AT_ONCE / max(rows, 1)))


def _rows(hass: HomeAssistant, query: StatisticsQuery, statistic_ids: set[str]) -> bytes:
    """Read statistics, and return the members of a JSON object. Call this in the recorder's executor."""
    from homeassistant.components.recorder.statistics import statistics_during_period  # noqa: PLC0415 - may not be set up

    read: Any = statistics_during_period
    types = _ALL_TYPES if query.types is None else query.types
    found = read(hass, query.start, query.end, statistic_ids, query.period, query.units, set(types))
    for rows in found.values():
        for row in rows:
            row["start"], row["end"] = int(row["start"] * 1000), int(row["end"] * 1000)
            if "last_reset" in types and row["last_reset"] is not None:
                row["last_reset"] = int(row["last_reset"] * 1000)
    return json_bytes(found)[1:-1]
