"""Registers the commands and the page of the panel."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from homeassistant.components import frontend, websocket_api
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant

from ..bridge import Bridge
from ..log import get_logger
from . import access, activity, approving, comparing, keys, policy_tests, preview
from .commands import PANEL
from .panel import Panel

_LOGGER = get_logger(__name__)

URL_PATH: Final = "drawbridge"
SCRIPT_PATH: Final = "/drawbridge_panel/drawbridge-panel.js"
"""Home Assistant serves this path without authentication, as it does its own scripts."""
SCRIPT_FILE: Final = Path(__file__).parent / "web" / "drawbridge-panel.js"
_ELEMENT: Final = "drawbridge-panel"

COMMANDS: Final = (
    *keys.COMMANDS,
    *activity.COMMANDS,
    *access.COMMANDS,
    *comparing.COMMANDS,
    *approving.COMMANDS,
    *policy_tests.COMMANDS,
    *preview.COMMANDS,
)


async def register(hass: HomeAssistant) -> None:
    """Register the commands and the script once. The commands find the loaded panel when they are called."""
    for handler in COMMANDS:
        websocket_api.async_register_command(hass, handler)
    # A script that does not exist is answered with 404.
    await hass.http.async_register_static_paths([StaticPathConfig(SCRIPT_PATH, str(SCRIPT_FILE), cache_headers=True)])


async def start(hass: HomeAssistant, bridge: Bridge) -> Callable[[], None]:
    """Start the panel of a bridge, and show it in the sidebar. Returns a function that stops it."""
    panel = Panel(bridge)
    version = f"{bridge.version}-{await hass.async_add_executor_job(_fingerprint)}"
    stops = panel.start(), _show(hass, version)
    hass.data[PANEL] = panel

    def stop() -> None:
        del hass.data[PANEL]
        for item in stops:
            item()

    return stop


def _show(hass: HomeAssistant, version: str) -> Callable[[], None]:
    """Show the page in the sidebar if Home Assistant has its frontend. Returns a function that removes it."""
    if "frontend" not in hass.config.components:
        return lambda: None
    if URL_PATH in hass.data.get(frontend.DATA_PANELS, {}):
        _LOGGER.warning("There is another page at /%s, so the panel is not shown", URL_PATH)
        return lambda: None
    script = {
        "name": _ELEMENT,
        "module_url": f"{SCRIPT_PATH}?v={version}",
        "embed_iframe": False,
        "trust_external": False,
    }
    frontend.async_register_built_in_panel(
        hass,
        component_name="custom",
        sidebar_title="Drawbridge",
        sidebar_icon="mdi:castle",
        frontend_url_path=URL_PATH,
        config={"_panel_custom": script},
        require_admin=True,
    )
    return lambda: frontend.async_remove_panel(hass, URL_PATH)


def _fingerprint() -> str:
    """Return a text that changes with the script, so that browsers load it again. Blocks."""
    try:
        return hashlib.sha256(SCRIPT_FILE.read_bytes()).hexdigest()[:12]
    except OSError:
        return "0"
