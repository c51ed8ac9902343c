"""Drawbridge's own operations, which do not exist in Home Assistant's API."""

from typing import Final

from ..keys import Capability
from .declaration import Access, Operation

HEALTH: Final = Operation("health.read", Access.PUBLIC)
KEY: Final = Operation("key.read", Access.ANY_KEY)
METRICS: Final = Operation("metrics.read", Capability.METRICS)
TRACES: Final = Operation("traces.read", Capability.METRICS)
DOCUMENT: Final = Operation("document.read", Access.PUBLIC)
COMMANDS: Final = Operation("commands.read", Access.PUBLIC)
NONE: Final = Operation("none", Access.PUBLIC)
"""Reads and changes nothing: a preflight request, or a path or method that does not exist."""
PING: Final = Operation("connection.ping", Access.ANY_KEY)
FEATURES: Final = Operation("connection.features", Access.ANY_KEY)
UNSUBSCRIBE: Final = Operation("connection.unsubscribe", Access.ANY_KEY)
CURRENT_USER: Final = Operation("connection.user", Access.ANY_KEY)
