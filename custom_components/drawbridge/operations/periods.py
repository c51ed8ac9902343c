"""Splits periods into windows for database queries."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)

_TICK: Final = timedelta(microseconds=1)


def windows(start: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Split a period into windows, for queries that exclude both ends.

    Home Assistant stores times with a resolution of one microsecond, so each window ends one microsecond after the next
    begins.
    """
    while end - start > length:
        yield start, start + length + _TICK
        start += length
    yield start, end
