"""Conversion of rendered templates to values."""

import re
from ast import literal_eval
from typing import Any, Final

from homeassistant.helpers.json import json_bytes

MAX_PARSED: Final = 8_192
"""Longer results stay strings, because parsing them would block the event loop."""

_NUMBER: Final = re.compile(r"[+-]?(?!0\d)\d*(?:\.\d*)?")


def parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value that a rendered string represents, by Home Assistant's rules for template results."""
    if len(text) > MAX_PARSED:
        return text
    try:
        value = literal_eval(text)
        json_bytes(value)
    except ValueError, TypeError, SyntaxError, MemoryError, RecursionError:
        return text
    if isinstance(value, str | complex):
        return text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text if is_number and _NUMBER.fullmatch(text) is None else value
