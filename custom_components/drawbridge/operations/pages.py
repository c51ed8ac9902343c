"""Data that Home Assistant's own pages need in addition to entities: panels and preferences.

The pages build a dashboard from the entities and areas that the key sees, unless the key names dashboards.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..keys import Capability
from . import dashboards
from .caller import Caller
from .declaration import Operation
from .preferences import Listener

PANELS: Final = Operation("pages.panels", Capability.READ, adds=(Capability.DASHBOARD,))
PREFERENCES: Final = Operation("pages.preferences", Capability.READ, adds=(Capability.DASHBOARD,))
GREETING: Final = "## Welcome {{ user }}"
"""The template of the default dashboard."""

_MAX_NAME: Final = 255
_CORE: Final = "core"

type Condition = Callable[[Caller], bool]


def _always(_caller: Caller) -> bool:
    return True


def _with_history(caller: Caller) -> bool:
    return caller.may(Capability.HISTORY)


def _with_entities(domain: str) -> Condition:
    return lambda caller: any(True for _ in caller.home.states(domain))


_PANELS: Final[Mapping[str, Condition]] = {
    "home": _always,
    "light": _always,
    "security": _always,
    "climate": _always,
    "profile": _always,
    "notfound": _always,
    "history": _with_history,
    "logbook": _with_history,
    "calendar": _with_entities("calendar"),
    "todo": _with_entities("todo"),
}
"""The panels of keys: no settings, no developer tools, and nothing of other integrations."""


def panels(caller: Caller) -> dict[str, dict[str, Any]]:
    """Return the panels of a key with the capability `dashboard`; none for other keys."""
    return {name: item for name, item in possible_panels(caller).items() if _PANELS.get(name, _always)(caller)}


def possible_panels(caller: Caller) -> dict[str, dict[str, Any]]:
    """Return the panels of a key, including those that it has no entities for now."""
    if not caller.may(Capability.DASHBOARD):
        return {}
    registered: Mapping[str, Any] = caller.hass.data.get("frontend_panels", {})
    own = {name: dict(registered[name].to_response()) for name in _PANELS if name in registered}
    return dashboards.panels(caller, registered) | own


def system_preferences(caller: Caller, name: str) -> dict[str, Any] | None:
    """Return a preference of all users: the dashboard that opens first, for a key that names dashboards."""
    start = dashboards.start_page(caller) if name == _CORE else None
    return None if start is None else {"default_panel": start}


def preferences(caller: Caller) -> Mapping[str, Any]:
    """Return the preferences of a key with the capability `dashboard`; none for other keys."""
    return caller.resources.preferences.of_key(caller.key.id) if caller.may(Capability.DASHBOARD) else {}


def store_preference(caller: Caller, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Store a preference of a key with the capability `dashboard`; ignore that of any other.

    Raises:
        RefusedError: There are too many preferences, or they are too large.

    """
    if caller.may(Capability.DASHBOARD):
        caller.resources.preferences.put(caller.key.id, name, value)


def follow_preferences(caller: Caller, listener: Listener) -> Callable[[], None]:
    """Call a listener after each change of the key's preferences, until the returned function is called."""
    return caller.resources.preferences.listen(caller.key.id, listener)


def greeting(caller: Caller, template: str, variables: Mapping[str, Any]) -> str | None:
    """Return the greeting of the default dashboard, if that is the template. It needs no capability for templates."""
    user = variables.get("user")
    if not caller.may(Capability.DASHBOARD) or template != GREETING or not isinstance(user, str):
        return None
    return GREETING.replace("{{ user }}", user[:_MAX_NAME])
