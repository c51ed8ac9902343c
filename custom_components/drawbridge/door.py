"""The doors: the servers on which the transports are mounted."""

from enum import StrEnum


class Door(StrEnum):
    """A server on which the transports are mounted. The value is a metric label."""

    HOME_ASSISTANT = "home_assistant"
    """Home Assistant's own server, under the base path."""
    LISTENER = "listener"
    """The listener with its own port, at the root."""
