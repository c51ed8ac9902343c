"""Commands of Home Assistant's frontend and cards: translations, icons and themes."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from ...operations import frontend as operations
from ...scope.references import MAX_TARGET_IDS
from ..command import Commands, Request
from ..errors import CommandError

commands = Commands()

_INTEGRATIONS: Final = vol.All(cv.ensure_list, [str], vol.Length(max=MAX_TARGET_IDS))
_ICON_CATEGORIES: Final = {
    "conditions",
    "entity",
    "entity_component",
    "integration_category",
    "integration_connectivity",
    "services",
    "triggers",
}
"""The categories of the newest Home Assistant. Older versions have no icons for some of them."""


@commands.command(
    "frontend/get_translations",
    operations.TEXTS,
    {
        vol.Required("language"): str,
        vol.Required("category"): str,
        vol.Optional("integration"): _INTEGRATIONS,
        vol.Optional("config_flow"): bool,
    },
)
async def get_translations(request: Request) -> dict[str, dict[str, str]]:
    """Return translations for the integrations of entities in scope."""
    message = request.message
    found = await operations.translations(
        request.caller,
        message["language"],
        message["category"],
        message.get("integration"),
        config_flow=message.get("config_flow", False),
    )
    return {"resources": found}


@commands.command(
    "frontend/get_icons",
    operations.ICONS,
    {vol.Required("category"): vol.In(_ICON_CATEGORIES), vol.Optional("integration"): _INTEGRATIONS},
)
async def get_icons(request: Request) -> dict[str, dict[str, Any]]:
    """Return icons for the integrations of entities in scope."""
    message = request.message
    return {"resources": await operations.icons(request.caller, message["category"], message.get("integration"))}


@commands.command("frontend/get_themes", operations.THEMES)
async def get_themes(request: Request) -> dict[str, Any]:
    """Return the themes, if the key has a scope without limits."""
    return await operations.themes(request.caller)


@commands.command("frontend/get_version", operations.VERSION)
async def get_version(request: Request) -> dict[str, str]:
    """Return the version of the frontend."""
    if (found := await operations.version(request.caller)) is None:
        raise CommandError("unknown_version", "Version not found")
    return {"version": found}
