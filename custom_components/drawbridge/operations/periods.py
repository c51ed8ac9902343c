"""Periods of time, cut into windows that one query to the database can answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)

_TICK: Final = timedelta(microseconds=1)


def windows(start: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Cut a period into windows, for queries that leave out both of their ends.

    Home Assistant keeps times to the microsecond, so a window ends one after the next begins.
    """
    while end - start > length:
        yield start, start + length + _TICK
        start += length
    yield start, end
