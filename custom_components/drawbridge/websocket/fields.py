"""Validators for fields that Home Assistant's own commands do not limit."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

MAX_DEPTH: Final = 16
MAX_PARTS: Final = 5_000


def objects(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Validate that a value is an object, or a list of objects."""
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, Mapping):
            raise vol.Invalid("expected a dictionary")
    return value


def shallow(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Validate that a value is not nested too deeply, before a recursive schema reads it."""
    stack, parts = [(value, 0)], 0
    while stack:
        item, depth = stack.pop()
        if not isinstance(item, Mapping | list):
            continue
        parts += len(item)
        if depth > MAX_DEPTH or parts > MAX_PARTS:
            raise vol.Invalid("The value is nested too deep, or has too many parts")
        stack += [(child, depth + 1) for child in (item.values() if isinstance(item, Mapping) else item)]
    return value
