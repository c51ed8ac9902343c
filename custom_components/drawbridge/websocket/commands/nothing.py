"""Commands that are accepted but return nothing, in Home Assistant's format for empty results.

Some clients stop if one of them is refused. They are about data of the whole home that belongs to no entity:
notifications, repairs, integrations, and the dashboards and preferences of users.
"""

from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from ...operations import nothing as operations
from ..command import ANSWERED, Answered, Commands, Request
from ..errors import CommandError

commands = Commands()

_KEY: Final = {vol.Required("key"): str}


@commands.command("persistent_notification/get", operations.NOTIFICATIONS)
def notifications(_request: Request) -> list[Any]:
    """Return an empty list of notifications."""
    return []


@commands.command("persistent_notification/subscribe", operations.NOTIFICATIONS)
def subscribe_notifications(request: Request) -> Answered:
    """Send an empty list of notifications, and no events after it."""
    _subscribe(request)
    request.send_result()
    request.send_event({"type": "current", "notifications": {}})
    return ANSWERED


@commands.command("repairs/list_issues", operations.ISSUES)
def issues(_request: Request) -> dict[str, list[Any]]:
    """Return an empty list of issues."""
    return {"issues": []}


@commands.command(
    "config_entries/get",
    operations.INTEGRATIONS,
    {vol.Optional("type_filter"): vol.All(cv.ensure_list, [str]), vol.Optional("domain"): str},
)
def config_entries(_request: Request) -> list[Any]:
    """Return an empty list of config entries."""
    return []


@commands.command("lovelace/info", operations.DASHBOARDS)
def lovelace_info(_request: Request) -> dict[str, str]:
    """Return the resource mode of a new Home Assistant installation."""
    return {"resource_mode": "storage"}


@commands.command(
    "lovelace/config",
    operations.DASHBOARDS,
    {vol.Optional("force", default=False): bool, vol.Optional("url_path"): vol.Any(None, cv.string)},
)
def lovelace_config(request: Request) -> None:
    """Answer that the dashboard does not exist, like Home Assistant without dashboards."""
    url_path = request.message.get("url_path")
    text = "No config found." if url_path is None else f"Unknown config specified: {url_path}"
    raise CommandError("config_not_found", text)


@commands.command("lovelace/resources", operations.DASHBOARDS)
def lovelace_resources(_request: Request) -> list[Any]:
    """Return an empty list of dashboard resources."""
    return []


@commands.command("lovelace/dashboards/list", operations.DASHBOARDS)
def lovelace_dashboards(_request: Request) -> list[Any]:
    """Return an empty list of dashboards."""
    return []


@commands.command("blueprint/list", operations.BLUEPRINTS, {vol.Required("domain"): cv.string})
def blueprints(_request: Request) -> dict[str, Any]:
    """Return no blueprints."""
    return {}


@commands.command("frontend/get_system_data", operations.PREFERENCES, _KEY)
def system_data(_request: Request) -> dict[str, Any]:
    """Return no system preferences."""
    return {"value": None}


@commands.command("frontend/subscribe_system_data", operations.PREFERENCES, _KEY)
def subscribe_system_data(request: Request) -> Answered:
    """Send empty system preferences, and no events after them."""
    _subscribe(request)
    # The event is sent before the result, as in Home Assistant.
    request.send_event({"value": None})
    request.send_result()
    return ANSWERED


@commands.command(
    "labs/subscribe", operations.PREVIEWS, {vol.Required("domain"): str, vol.Required("preview_feature"): str}
)
def subscribe_preview(request: Request) -> Answered:
    """Send that a preview feature is disabled, and no events after that."""
    _subscribe(request)
    request.send_result()
    request.send_event({"enabled": False})
    return ANSWERED


@commands.command("config_entries/flow/subscribe", operations.INTEGRATIONS)
def subscribe_flows(request: Request) -> Answered:
    """Send an empty list of config flows, and no events after it."""
    _subscribe(request)
    request.send_result()
    request.send_event([])
    return ANSWERED


@commands.command("brands/access_token", operations.BRANDS)
def brands_token(_request: Request) -> dict[str, str]:
    """Return an empty token, because the bridge does not serve logos of integrations."""
    return {"token": ""}


def _subscribe(request: Request) -> None:
    """Register a subscription without events."""
    request.subscribe(lambda: None)
