"""Home Assistant's configuration, components and run state."""

from typing import Any, Final

from homeassistant.core import CoreState
from homeassistant.helpers import recorder

from ..keys import Capability
from .caller import Caller
from .declaration import Access, Operation

STATUS: Final = Operation("status", Access.ANY_KEY)
READ: Final = Operation("config.read", Capability.READ, adds=(Capability.LOCATION,))
COMPONENTS: Final = Operation("components.list", Capability.READ)
CORE_STATE: Final = Operation("core_state.read", Capability.READ)

_DIRECTORY: Final = "config_dir"


def config(caller: Caller) -> dict[str, Any]:
    """Return the configuration, redacted for the key."""
    data = caller.hass.config.as_dict() | {"components": components(caller)}
    return {name: value for name, value in data.items() if not caller.redaction.hides(name)}


def complete(caller: Caller) -> dict[str, Any]:
    """Return the configuration with all members. Hidden values are 0 or empty.

    Clients of the WebSocket API calculate with the coordinates and iterate over the lists, so no member may be missing.
    """
    whole = caller.hass.config.as_dict()
    empty = {name: _empty(name, value) for name, value in whole.items() if caller.redaction.hides(name)}
    return empty | config(caller)


def _empty(name: str, value: object) -> object:
    if isinstance(value, int | float):
        return 0
    if isinstance(value, list | tuple | set | frozenset):
        return []
    return "" if name == _DIRECTORY else None


def components(caller: Caller) -> list[str]:
    """Return the loaded components that the key's scope reveals."""
    return caller.home.components()


def run_state(caller: Caller) -> CoreState:
    """Return the run state, such as starting or running."""
    return caller.hass.state


def core_state(caller: Caller) -> dict[str, Any]:
    """Return the run state, and whether a database migration is in progress."""
    hass = caller.hass
    migration = {
        "migration_in_progress": recorder.async_migration_in_progress(hass),
        "migration_is_live": recorder.async_migration_is_live(hass),
    }
    return {"state": hass.state.value, "recorder_state": migration}
