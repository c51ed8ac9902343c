"""Dashboards that a key names: which ones, and what of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar

from tests.integration.house import Bridge, shown
from tests.integration.live.client import LiveClient, connected
from tests.integration.live.comparing import set_up
from tests.integration.test_flows import suggested

LIVING, OTHER = "input_boolean.living_room_lamp", "input_boolean.bedroom_lamp"
PATH = "/api/drawbridge/api/websocket"
WALL, ATTIC, PLAIN, SOLE = "wall-tablet", "attic-tablet", "plain-tablet", "sole-tablet"
ROOM: dict[str, Any] = {"areas": ["living_room"], "capabilities": ["read", "dashboard"]}
MARKER = "Zzmarker"


@pytest.fixture(autouse=True)
async def _integrations(house: HomeAssistant) -> None:
    await set_up(house, "frontend", "lovelace", "config")


@pytest.fixture(autouse=True)
async def _dashboards(_integrations: None, bridge: Bridge, hass_access_token: str) -> None:
    """Make dashboards."""
    async with connected(bridge.client, hass_access_token, "/api/websocket") as admin:
        for path, title in ((WALL, "Wall"), (ATTIC, MARKER), (PLAIN, "Plain"), (SOLE, "Sole")):
            await admin.result("lovelace/dashboards/create", url_path=path, title=title, require_admin=path == WALL)
        await admin.result("lovelace/config/save", url_path=WALL, config=CONFIG)
        sole = {"views": [{"cards": [{"type": "tile", "entity": LIVING}]}]}
        await admin.result("lovelace/config/save", url_path=SOLE, config=sole)
        await admin.result("lovelace/config/save", url_path=ATTIC, config={"views": [{"title": MARKER}]})


CONFIG: dict[str, Any] = {
    "title": "Wall",
    "views": [
        {
            "title": "Here",
            "cards": [
                {"type": "tile", "entity": LIVING},
                {"type": "tile", "entity": OTHER},
                {"type": "markdown", "content": f"Beside the {MARKER} room"},
            ],
        },
        {"title": "There", "cards": [{"type": "tile", "entity": OTHER}]},
    ],
}


@asynccontextmanager
async def client(bridge: Bridge, **key: Any) -> AsyncIterator[LiveClient]:
    """Connect with a new key."""
    answer = await bridge.act("create_key", **{"name": "Tablet", **ROOM, **key})
    async with connected(bridge.client, answer["secret"], PATH) as found:
        yield found


async def test_a_dashboard_of_a_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """The dashboard of a key has a panel, opens first, and shows only visible items."""
    ar.async_get(hass).async_create(MARKER)
    async with client(bridge, dashboards=[WALL]) as key:
        panels = await key.result("get_panels")
        assert {WALL, "home"} <= set(panels)
        assert panels[WALL]["title"] == "Wall"
        assert panels[WALL]["require_admin"] is False
        assert [item["url_path"] for item in await key.result("lovelace/dashboards/list")] == [WALL]
        assert await key.result("frontend/get_system_data", key="core") == {"value": {"default_panel": WALL}}
        assert await key.result("frontend/get_system_data", key="other") == {"value": None}
        number = await key.send("frontend/subscribe_system_data", key="core")
        assert await key.event(number) == {"value": {"default_panel": WALL}}
        assert await key.result("lovelace/config", url_path=WALL) == {
            "title": "Wall",
            "views": [{"title": "Here", "cards": [{"type": "tile", "entity": LIVING}]}],
        }
        assert await key.result("lovelace/resources") == []
        assert MARKER not in str(key.log)
        assert OTHER not in str(key.log)


async def test_events_about_pages(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key is told of changes of its own dashboards and panels, also if another key has the same scope."""
    async with (
        client(bridge, name="One", dashboards=[WALL]) as key,
        client(bridge, name="Other", dashboards=[PLAIN]) as other,
    ):
        numbers = [(item, await item.send("subscribe_events")) for item in (other, key)]
        for item, number in numbers:
            await item.answer(number)
        hass.bus.async_fire("lovelace_updated", {"url_path": PLAIN})
        frontend.async_register_built_in_panel(hass, "iframe", MARKER, frontend_url_path="other-panel")
        assert (await other.event(numbers[0][1]))["event_type"] == "lovelace_updated"
        await other.nothing()
        await key.nothing()
        frontend.async_register_built_in_panel(hass, "lovelace", "New", frontend_url_path=WALL, update=True)
        assert (await key.event(numbers[1][1]))["event_type"] == "panels_updated"
        await key.nothing()
        await other.nothing()


async def test_other_dashboards_do_not_exist(bridge: Bridge) -> None:
    """The same error, whether Home Assistant has them or not."""
    async with client(bridge, dashboards=[WALL]) as key:
        for path in (ATTIC, "no-such"):
            error = await key.error("lovelace/config", url_path=path)
            assert error == {"code": "config_not_found", "message": f"Unknown config specified: {path}"}
        assert (await key.error("lovelace/config"))["message"] == "No config found."
        assert (await key.error("lovelace/config", url_path=None))["code"] == "config_not_found"
        assert ATTIC not in await key.result("get_panels")
    async with client(bridge, name="None") as key:
        assert (await key.error("lovelace/config", url_path=WALL))["code"] == "config_not_found"
        assert WALL not in await key.result("get_panels")
        assert await key.result("frontend/get_system_data", key="core") == {"value": None}
    async with client(bridge, name="Program", dashboards=[WALL], capabilities=["read"]) as key:
        assert (await key.error("lovelace/config", url_path=WALL))["code"] == "config_not_found"
        assert await key.result("get_panels") == {}
        assert await key.result("lovelace/dashboards/list") == []
        assert await key.result("frontend/get_system_data", key="core") == {"value": None}


async def test_a_dashboard_without_a_configuration(bridge: Bridge) -> None:
    """The frontend builds it, as in Home Assistant; and one of which nothing is left."""
    async with client(bridge, dashboards=[PLAIN, SOLE], areas=["bedroom"]) as key:
        assert await key.result("frontend/get_system_data", key="core") == {"value": {"default_panel": PLAIN}}
        built = {"strategy": {"type": "original-states"}}
        assert await key.result("lovelace/config", url_path=PLAIN) == built
        assert await key.result("lovelace/config", url_path=SOLE) == built


async def test_events_of_dashboards(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key learns of changes of its own dashboards alone."""
    async with client(bridge, dashboards=[WALL]) as key:
        number = await key.send("subscribe_events", event_type="lovelace_updated")
        await key.answer(number)
        for path in (ATTIC, None, WALL):
            hass.bus.async_fire("lovelace_updated", {"url_path": path})
        assert (await key.event(number))["data"] == {"url_path": WALL}
        await key.nothing()


async def test_choosing(bridge: Bridge) -> None:
    """In the form of a key that may open the pages, and of the preset."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "Guest", "preset": "tablet"})
    assert suggested(flow)["dashboards"] == []
    flow = await bridge.submit(flow, {"areas": ["living_room"], "allowed": [], "dashboards": [WALL, PLAIN]})
    assert shown(flow)["dashboards"] == f"`{PLAIN}`, `{WALL}`"
    flow = await bridge.choose(flow, "abilities")
    assert suggested(flow)["dashboards"] == [WALL, PLAIN]
    flow = await bridge.submit(flow, {"capabilities": ["read", "dashboard"], "dashboards": [PLAIN]})
    flow = await bridge.submit(await bridge.choose(flow, "secret"), {"client": "curl"})
    (key,) = bridge.entry.runtime_data.keys
    assert key.dashboards == (PLAIN,)
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "Other", "preset": "agent"})
    flow = await bridge.submit(flow, {"areas": ["living_room"]})
    assert "dashboards" not in suggested(flow)


async def test_an_unknown_dashboard(bridge: Bridge) -> None:
    """The action refuses an unknown dashboard."""
    for path in ("no-such", "No such"):
        with pytest.raises(ServiceValidationError, match="no dashboard"):
            await bridge.act("create_key", name="Tablet", **ROOM, dashboards=[path])
