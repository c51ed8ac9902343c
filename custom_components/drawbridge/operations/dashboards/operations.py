"""The dashboards that a key names: their configuration, their list, and the page that a browser shows first."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ...keys import Capability
from ..caller import Caller
from ..declaration import Operation
from .filter import DashboardFilter
from .find_visible import find_visible

CONFIG: Final = Operation("dashboards.config", Capability.READ, adds=(Capability.DASHBOARD,))
LIST: Final = Operation("dashboards.list", Capability.READ, adds=(Capability.DASHBOARD,))

_DEFAULT: Final = "lovelace"
_BUILT: Final[Mapping[str, Any]] = {"strategy": {"type": "original-states"}}
"""All entities that a key sees, by area."""
_LISTED: Final = ("icon", "id", "mode", "title", "url_path")


def known(hass: HomeAssistant) -> dict[str, str]:
    """Return the titles of the dashboards of Home Assistant, by path."""
    return {path: str(dashboard.config.get("title") or path) for path, dashboard in _dashboards(hass).items()}


def chosen(caller: Caller) -> list[str]:
    """Return the paths of the dashboards that a key with the capability `dashboard` names and that exist."""
    if not caller.may(Capability.DASHBOARD) or not caller.key.dashboards:
        return []
    present = _dashboards(caller.hass)
    return [path for path in caller.key.dashboards if path in present]


def start_page(caller: Caller) -> str | None:
    """Return the path of the dashboard that opens first; ``None`` for the one that the frontend builds."""
    return next(iter(chosen(caller)), None)


def listed(caller: Caller) -> list[dict[str, Any]]:
    """Return the dashboards of a key, as Home Assistant lists them."""
    present = _dashboards(caller.hass)
    found = ((path, present[path].config) for path in chosen(caller))
    return [
        {"id": path, **{name: item[name] for name in _LISTED if name in item}, **_FOR_EVERYONE} for path, item in found
    ]


_FOR_EVERYONE: Final[Mapping[str, bool]] = {"require_admin": False, "show_in_sidebar": True}
"""The owner of the key chose the dashboard for it."""


def panels(caller: Caller, registered: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the panels of the dashboards of a key."""
    return {path: {**registered[path].to_response(), **_FOR_EVERYONE} for path in chosen(caller) if path in registered}


async def config(caller: Caller, path: str | None, shown_panels: Iterable[str]) -> dict[str, Any] | None:
    """Return a dashboard without what is out of scope; ``None`` if the key does not name it.

    The frontend builds a dashboard that has no configuration, or of which nothing is left.

    Raises:
        RefusedError: The key was changed meanwhile.

    """
    path = _DEFAULT if path is None else path
    if path not in chosen(caller):
        return None
    try:
        stored = await _dashboards(caller.hass)[path].async_load(False)  # noqa: FBT003 - Home Assistant's own method
    except HomeAssistantError:
        return dict(_BUILT)
    filtering = DashboardFilter(await find_visible(caller, shown_panels))
    shown = await caller.compute(lambda: filtering.dashboard(stored))
    caller.ensure_unchanged()
    return dict(_BUILT) if shown is None else shown


def _dashboards(hass: HomeAssistant) -> dict[str, Any]:
    """Return the dashboards of Home Assistant that have a path."""
    data = hass.data.get("lovelace")
    found: Mapping[str | None, Any] = {} if data is None else data.dashboards
    return {path: item for path, item in found.items() if path is not None and item.config}
