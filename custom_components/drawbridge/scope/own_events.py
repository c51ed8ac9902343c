"""The event types that the event list of a key allows."""

import re
from collections.abc import Collection
from typing import Final

from ..const import DOMAIN

ALL_EVENTS: Final = "*"
"""The item of an event list that allows all event types."""

_OWN: Final = re.compile(rf"{DOMAIN}(?![a-z0-9])", re.IGNORECASE)
_START_AND_STOP: Final = frozenset(
    {
        "homeassistant_close",
        "homeassistant_final_write",
        "homeassistant_start",
        "homeassistant_started",
        "homeassistant_stop",
    }
)
"""Event types that make integrations close files and connections until the next start."""


def is_own_event(kind: str) -> bool:
    """Tell whether an event type is Drawbridge's own, such as ``drawbridge_audit``. Ignores case.

    These events contain data about keys, so no key may fire them or list their listeners.
    """
    return _OWN.match(kind) is not None


def may_receive(kind: str, listed: Collection[str]) -> bool:
    """Tell whether an event list allows receiving an event type."""
    return (kind in listed or ALL_EVENTS in listed) and not is_own_event(kind)


def may_fire(kind: str, listed: Collection[str]) -> bool:
    """Tell whether an event list allows firing an event type.

    The start and stop events of Home Assistant must be listed by name.
    """
    return may_receive(kind, listed) and (kind in listed or kind not in _START_AND_STOP)
