"""Commands that are accepted but return nothing, in Home Assistant's format for empty results.

Some clients stop if one of them is refused. They are about data of the whole home that belongs to no entity:
notifications, repairs and integrations.
"""

from typing import Any

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from ...operations import nothing as operations
from ..command import ANSWERED, Answered, Commands, Request

commands = Commands()


@commands.command("auth/refresh_tokens", operations.TOKENS)
def refresh_tokens(_request: Request) -> list[Any]:
    """Return an empty list of the tokens of a user. The sessions of a key are on its device page."""
    return []


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


@commands.command("blueprint/list", operations.BLUEPRINTS, {vol.Required("domain"): cv.string})
def blueprints(_request: Request) -> dict[str, Any]:
    """Return no blueprints."""
    return {}


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
