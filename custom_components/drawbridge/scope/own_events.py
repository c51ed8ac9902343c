"""Which types of events the event list of a key stands for."""

import re
from collections.abc import Collection
from typing import Final

from ..const import DOMAIN

ALL_EVENTS: Final = "*"
"""Stands on an event list for all types of events."""

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
"""Integrations close their files and connections on some of these, and never open them again."""


def is_own_event(kind: str) -> bool:
    """Tell whether an event type is Drawbridge's own, such as ``drawbridge_audit``, in any case.

    They tell of keys, so no key fires one, or learns who listens to one.
    """
    return _OWN.match(kind) is not None


def may_receive(kind: str, listed: Collection[str]) -> bool:
    """Tell whether an event list lets a key receive events of a type."""
    return (kind in listed or ALL_EVENTS in listed) and not is_own_event(kind)


def may_fire(kind: str, listed: Collection[str]) -> bool:
    """Tell whether an event list lets a key fire events of a type.

    Those of Home Assistant's start and stop must be listed by their names.
    """
    return may_receive(kind, listed) and (kind in listed or kind not in _START_AND_STOP)
