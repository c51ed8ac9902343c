"""Moments in paths and queries, read as Home Assistant reads them."""

from datetime import datetime

from homeassistant.util import dt as dt_util

from ..refusal import bad_request


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
