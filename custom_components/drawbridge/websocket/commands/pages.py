"""Commands of Home Assistant's own pages: panels, and the preferences of a user, which are here those of a key."""

from typing import Any, Final

import voluptuous as vol

from ...operations import pages as operations
from ..command import ANSWERED, Answered, Commands, Request

commands = Commands()

_OPTIONAL_KEY: Final = {vol.Optional("key"): str}
_KEY: Final = {vol.Required("key"): str}


@commands.command("get_panels", operations.PANELS)
def panels(request: Request) -> dict[str, Any]:
    """Return the panels of a key with the capability `dashboard`."""
    return operations.panels(request.caller)


@commands.command("frontend/get_user_data", operations.PREFERENCES, _OPTIONAL_KEY)
def user_data(request: Request) -> dict[str, Any]:
    """Return the preferences of a key with the capability `dashboard`."""
    return _shown(request)


@commands.command(
    "frontend/set_user_data",
    operations.PREFERENCES,
    {
        vol.Required("key"): str,
        vol.Required("value"): vol.Any(bool, str, int, float, dict, list, None),
    },
)
def set_user_data(request: Request) -> None:
    """Store a preference of a key with the capability `dashboard`. That of any other is ignored."""
    operations.store_preference(request.caller, request.message["key"], request.message["value"])


@commands.command("frontend/subscribe_user_data", operations.PREFERENCES, _OPTIONAL_KEY)
def subscribe_user_data(request: Request) -> Answered:
    """Send the preferences of a key with the capability `dashboard`, now and after each change."""
    wanted = request.message.get("key")

    def changed(name: str, _value: object) -> None:
        if wanted in {None, name}:
            request.send_event(_shown(request))

    request.subscribe(operations.follow_preferences(request.caller, changed))
    # The event comes first, as in Home Assistant.
    request.send_event(_shown(request))
    request.send_result()
    return ANSWERED


def _shown(request: Request) -> dict[str, Any]:
    """Return the preference that is asked for, or all of them."""
    found, name = operations.preferences(request.current()), request.message.get("key")
    return {"value": found.get(name) if name is not None else dict(found)}


@commands.command("frontend/get_system_data", operations.PREFERENCES, _KEY)
def system_data(request: Request) -> dict[str, Any]:
    """Return the preferences of all users: the dashboard that opens first, for a key that names dashboards."""
    return {"value": operations.system_preferences(request.caller, request.message["key"])}


@commands.command("frontend/subscribe_system_data", operations.PREFERENCES, _KEY)
def subscribe_system_data(request: Request) -> Answered:
    """Send the preferences of all users, and no events after them."""
    request.subscribe(lambda: None)
    # The event is sent before the result, as in Home Assistant.
    request.send_event(system_data(request))
    request.send_result()
    return ANSWERED
