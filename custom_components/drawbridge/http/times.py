"""Parses times in paths and queries, in the same way as Home Assistant."""

from datetime import datetime

from homeassistant.util import dt as dt_util

from ..refusal import bad_request


def parse(text: str, name: str) -> datetime:
    """Return the time in ``text``. Refuses invalid times, and times outside the range of timestamps."""
    try:
        moment = dt_util.parse_datetime(text)
        if moment is not None:
            dt_util.as_utc(moment).timestamp()
    except (OverflowError, ValueError) as err:
        raise bad_request(f"Invalid {name}: {err}.") from err
    if moment is None:
        raise bad_request(f"Invalid {name}: it should look like 2026-11-01T12:00:00+00:00.")
    return moment
