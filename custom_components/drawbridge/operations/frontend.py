"""Data for Home Assistant's frontend and cards: translations, icons and themes.

Translations and icons of an integration would reveal that it is installed, so the scope applies to them.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.icon import async_get_icons
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import Integration, async_get_integration, async_get_integrations

from ..keys import Capability
from ..scope.redaction import without_bearer_text
from .caller import Caller
from .declaration import Operation

TEXTS: Final = Operation("frontend.texts", Capability.READ)
ICONS: Final = Operation("frontend.icons", Capability.READ)
THEMES: Final = Operation("frontend.themes", Capability.READ)
VERSION: Final = Operation("frontend.version", Capability.READ)

_FALLBACK: Final = "en"
_PACKAGE: Final = "home-assistant-frontend=="
_NO_THEMES: Final = {"themes": {}, "default_theme": "default"}


async def translations(
    caller: Caller, language: str, category: str, integrations: Iterable[str] | None, *, config_flow: bool
) -> dict[str, str]:
    """Return the translations of the integrations that the scope reveals.

    ``config_flow`` requests those of integrations that are not set up, which a limited scope never reveals.
    """
    # Home Assistant caches every requested language, and uses the fallback for an unknown one.
    language = language if language in LANGUAGES else _FALLBACK
    if integrations is None and config_flow:
        if not caller.home.scope.scope.is_everything:
            return {}
        return await async_get_translations(caller.hass, language, category, None, config_flow=True)
    shown = await _shown(caller, integrations)
    return await async_get_translations(caller.hass, language, category, shown) if shown else {}


async def icons(caller: Caller, category: str, integrations: Iterable[str] | None) -> dict[str, Any]:
    """Return the icons of the integrations that the scope reveals. An empty list means all, as in Home Assistant."""
    shown = await _shown(caller, integrations or None)
    return await async_get_icons(caller.hass, category, shown) if shown else {}


async def themes(caller: Caller) -> dict[str, Any]:
    """Return the themes. A limited scope reveals none, because themes belong to no entity."""
    hass, home = caller.hass, caller.home
    if not home.scope.scope.is_everything or "frontend" not in hass.config.components:
        return {**_NO_THEMES, "default_dark_theme": None}
    if hass.config.recovery_mode or hass.config.safe_mode:
        return dict(_NO_THEMES)
    found: dict[str, Any] = {}
    for name, theme in tuple(hass.data["frontend_themes"].items()):
        found[name] = _without_bearer_text(theme)
        # Some installations have hundreds of themes.
        await asyncio.sleep(0)
    return {
        "themes": found,
        "default_theme": hass.data["frontend_default_theme"],
        "default_dark_theme": hass.data.get("frontend_default_dark_theme"),
    }


async def version(caller: Caller) -> str | None:
    """Return the version of the frontend in this release of Home Assistant."""
    integration = await async_get_integration(caller.hass, "frontend")
    found = (item.removeprefix(_PACKAGE) for item in integration.requirements if item.startswith(_PACKAGE))
    return next(found, None)


async def _shown(caller: Caller, asked: Iterable[str] | None) -> set[str]:
    """Return the requested integrations that the scope reveals; all of those if none is requested.

    Integrations that do not exist and integrations that are hidden are both left out.
    """
    if asked is None:
        return set(await caller.home.integrations())
    if not caller.home.scope.scope.is_everything:
        return set(asked) & await caller.home.integrations()
    # Home Assistant would cache each requested name, and a single unknown name would make it refuse the icons.
    found = await async_get_integrations(caller.hass, set(asked))
    return {name for name, integration in found.items() if isinstance(integration, Integration)}


def _without_bearer_text(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return without_bearer_text(value)
    if isinstance(value, dict):
        return {name: _without_bearer_text(item) for name, item in value.items()}
    return [_without_bearer_text(item) for item in value] if isinstance(value, list) else value
