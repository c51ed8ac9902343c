"""Moments in paths and queries, read as Home Assistant reads them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from .problem import bad_request

_TICK: Final = timedelta(microseconds=1)


def parse(text: str, name: str) -> datetime:
    """Return the moment that a text names. Refuses what is none, or not within the years that a clock can show."""
    try:
        moment = dt_util.parse_datetime(text)
        if moment is not None:
            dt_util.as_utc(moment).timestamp()
    except (OverflowError, ValueError) as err:
        raise bad_request(f"Invalid {name}: {err}.") from err
    if moment is None:
        raise bad_request(f"Invalid {name}: it should look like 2026-11-01T12:00:00+00:00.")
    return moment


def windows(start: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Cut a period into windows, for queries that leave out both of their ends.

    Home Assistant keeps times to the microsecond, so a window ends one after the next begins.
    """
    while end - start > length:
        yield start, start + length + _TICK
        start += length
    yield start, end
