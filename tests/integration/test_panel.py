"""The panel's commands as a whole, and its page."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.drawbridge.panel import registration
from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

FIELDS: dict[str, dict[str, Any]] = {
    "keys/subscribe": {},
    "keys/set_enabled": {"key_id": "x", "enabled": True},
    "keys/rotate": {"key_id": "x"},
    "keys/delete": {"key_id": "x"},
    "keys/undo": {"undo": "x"},
    "activity/subscribe": {},
    "activity/explain": {"record_id": 9},
    "activity/allow": {"record_id": 9, "change_id": "x"},
    "keys/compare": {"key_id": "x", "other_id": "x"},
    "proposal": {"key_id": "x"},
    "tests/list": {"key_id": "x"},
    "tests/add": {"key_id": "x", "test": {"expect": "sees", "entity_id": "sensor.outside"}},
    "tests/remove": {"key_id": "x", "test": {"expect": "sees", "entity_id": "sensor.outside"}},
    "preview": {"key_id": "x"},
    "access/areas": {},
    "access/key": {"key_id": "x"},
    "access/entity": {"entity_id": "x"},
    "approvals/subscribe": {},
    "approvals/decide": {"request": "x", "answer": "once"},
}
"""Valid fields of each command, about nothing that exists."""


async def test_every_command_is_tried(bridge: Bridge) -> None:
    """A new command is tried as a user who is no administrator, and with bad input."""
    registered = {name for name in bridge.hass.data["websocket_api"] if name.startswith("drawbridge/")}
    assert {f"drawbridge/{name}" for name in FIELDS} == registered


@pytest.mark.parametrize("command", FIELDS)
async def test_administrators_only(
    bridge: Bridge, hass_ws_client: WebSocketGenerator, hass_read_only_access_token: str, command: str
) -> None:
    """Other users get the same error for every command."""
    user = PanelClient(await hass_ws_client(bridge.hass, hass_read_only_access_token))
    assert await user.error(command, **FIELDS[command]) == "unauthorized"


@pytest.mark.parametrize("command", FIELDS)
async def test_while_drawbridge_is_not_loaded(panel: PanelClient, bridge: Bridge, command: str) -> None:
    """While Drawbridge is not loaded, every command returns an error."""
    assert await bridge.hass.config_entries.async_unload(bridge.entry.entry_id)
    assert await panel.error(command, **FIELDS[command]) == "not_loaded"


@pytest.mark.parametrize("command", [name for name, fields in FIELDS.items() if fields])
async def test_bad_input(panel: PanelClient, bridge: Bridge, command: str) -> None:
    """A missing, a wrong and an unknown field, and what does not exist, are clear errors; no key is lost."""
    await bridge.add_key("Display")
    before = dict(next(iter(bridge.entry.subentries.values())).data)
    fields = FIELDS[command]
    for name in fields:
        assert await panel.error(command, **dict.fromkeys(fields, 1.5)) == "invalid_format"
        assert await panel.error(command, **{**fields, name: None}) == "invalid_format"
    assert await panel.error(command, **fields, unknown=1) == "invalid_format"
    assert await panel.error(command, **fields) == "not_found"
    assert dict(next(iter(bridge.entry.subentries.values())).data) == before


async def test_the_page(bridge: Bridge, hass: HomeAssistant) -> None:
    """It is in the sidebar of administrators as long as Drawbridge is loaded, if there is a frontend."""
    assert hass.data.get("frontend_panels") is None
    hass.config.components.add("frontend")
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    page = hass.data["frontend_panels"]["drawbridge"].to_response()
    assert (page["require_admin"], page["title"], page["component_name"]) == (True, "Drawbridge", "custom")
    script = page["config"]["_panel_custom"]
    assert script["name"] == "drawbridge-panel"
    assert script["module_url"].startswith(f"{registration.SCRIPT_PATH}?v={bridge.entry.runtime_data.version}-")
    assert await hass.config_entries.async_unload(bridge.entry.entry_id)
    assert hass.data["frontend_panels"] == {}


async def test_the_page_of_another_integration_stays(bridge: Bridge, hass: HomeAssistant) -> None:
    """A page at the same path is not replaced, and not removed."""
    hass.config.components.add("frontend")
    other = object()
    hass.data["frontend_panels"] = {"drawbridge": other}
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    assert await hass.config_entries.async_unload(bridge.entry.entry_id)
    assert hass.data["frontend_panels"]["drawbridge"] is other


async def test_the_script(bridge: Bridge) -> None:
    """It is served to every browser; while it does not exist, with 404."""
    answer = await bridge.client.get(registration.SCRIPT_PATH)
    exists = registration.SCRIPT_FILE.exists()
    assert answer.status == (200 if exists else 404)
    if exists:
        assert answer.content_type == "text/javascript"
        assert await answer.read() == registration.SCRIPT_FILE.read_bytes()
