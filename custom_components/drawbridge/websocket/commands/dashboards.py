"""Commands for dashboards. A key shows those that it names, without what is out of scope."""

from typing import Any

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from ...operations import dashboards as operations, pages
from ..command import Commands, Request
from ..errors import CommandError

commands = Commands()


@commands.command("lovelace/info", operations.LIST)
def info(_request: Request) -> dict[str, str]:
    """Return the resource mode of a new Home Assistant installation."""
    return {"resource_mode": "storage"}


@commands.command(
    "lovelace/config",
    operations.CONFIG,
    {vol.Optional("force", default=False): bool, vol.Optional("url_path"): vol.Any(None, cv.string)},
)
async def config(request: Request) -> dict[str, Any]:
    """Return a dashboard that the key names, without what is out of scope. Any other dashboard does not exist."""
    caller, path = request.caller, request.message.get("url_path")
    found = await operations.config(caller, path, pages.panels(caller))
    if found is None:
        text = "No config found." if path is None else f"Unknown config specified: {path}"
        raise CommandError("config_not_found", text)
    return found


@commands.command("lovelace/resources", operations.LIST)
def resources(_request: Request) -> list[Any]:
    """Return an empty list of dashboard resources, because the bridge does not serve custom cards."""
    return []


@commands.command("lovelace/dashboards/list", operations.LIST)
def dashboards(request: Request) -> list[dict[str, Any]]:
    """Return the dashboards that the key names."""
    return operations.listed(request.caller)
