"""The capabilities of a key."""

from enum import StrEnum


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
