"""The capabilities of a key."""

from enum import StrEnum
from typing import Final


class Capability(StrEnum):
    """The capabilities of a key."""

    READ = "read"
    HISTORY = "history"
    CONTROL = "control"
    SET_STATE = "set_state"
    FIRE_EVENT = "fire_event"
    TEMPLATE = "template"
    IMAGES = "images"
    LOCATION = "location"
    DASHBOARD = "dashboard"
    METRICS = "metrics"


ON_ENTITIES: Final = frozenset(
    {
        Capability.READ,
        Capability.HISTORY,
        Capability.CONTROL,
        Capability.SET_STATE,
        Capability.TEMPLATE,
        Capability.IMAGES,
    }
)
"""The capabilities that apply to the entities in scope."""
