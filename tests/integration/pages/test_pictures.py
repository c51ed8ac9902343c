"""Pictures in pages: browsers send no key with them, but a link with the token of the entity."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.limits.networks import parse_network
from tests.integration.house import Bridge
from tests.integration.live.comparing import add_cameras
from tests.integration.pages.conftest import Browser

PICTURE = b"\x89PNG\r\n\x1a\n"
ROOM: dict[str, Any] = {"areas": ["living_room"], "capabilities": ["read", "images", "dashboard"]}


@pytest.fixture(autouse=True)
async def _cameras(house: HomeAssistant, tmp_path: Path) -> None:
    """Put a camera into each room."""
    await add_cameras(house, tmp_path, PICTURE, "Door", "Hidden")


def link(hass: HomeAssistant, entity_id: str) -> str:
    """Return the link of Home Assistant itself."""
    state = hass.states.get(entity_id)
    assert state is not None
    return str(state.attributes["entity_picture"])


async def status(browser: Browser, path: str) -> int:
    """Open a link without a key."""
    return (await browser.client.get(path)).status


async def test_a_picture_of_the_room(browser: Browser, hass: HomeAssistant) -> None:
    """The link in the state opens it while a browser is signed in, and that of another room does not."""
    key = await browser.bridge.add_key("Tablet", **ROOM)
    door, hidden = link(hass, "camera.door"), link(hass, "camera.hidden")
    assert await status(browser, door) == 401
    tokens = await browser.session(key)
    answer = await browser.client.get("/api/states/camera.door", headers={"Authorization": f"Bearer {key}"})
    assert (await answer.json())["attributes"]["entity_picture"] == door
    answer = await browser.client.get(door)
    assert (answer.status, await answer.read()) == (200, PICTURE)
    assert await status(browser, hidden) == 401
    assert await status(browser, "/api/camera_proxy/camera.door?token=none") == 401
    assert await status(browser, door.replace("camera.door", "camera.hidden")) == 401
    assert await status(browser, hidden.replace("camera.hidden", "camera.door")) == 401
    assert (await browser.bridge.get(door.removeprefix("/api/drawbridge"))).status == 401
    async with browser.client.get(door.replace("camera_proxy", "camera_proxy_stream")) as stream:
        assert (stream.status, stream.content_type) == (200, "multipart/x-mixed-replace")
        assert await stream.content.readuntil(PICTURE)
    await browser.client.post("/auth/revoke", data={"token": tokens["refresh_token"]})
    assert await status(browser, door) == 401


async def test_the_key_must_allow_it(browser: Browser, bridge: Bridge, hass: HomeAssistant) -> None:
    """A link works only if the key has the capability and its network is allowed."""
    await browser.session(await bridge.add_key("Tablet", **ROOM))
    await browser.session(await bridge.add_key("Blind", areas=["bedroom"], capabilities=["read", "dashboard"]))
    assert await status(browser, link(hass, "camera.hidden")) == 401
    await browser.change_key("Tablet", networks=(parse_network("192.0.2.0/24"),))
    assert await status(browser, link(hass, "camera.door")) == 401


async def test_no_other_path_takes_a_token(browser: Browser, hass: HomeAssistant) -> None:
    """Tokens in links are valid for pictures only."""
    await browser.session(await browser.bridge.add_key("Tablet", **ROOM))
    token = link(hass, "camera.door").partition("?")[2]
    assert await status(browser, f"/api/states?{token}") == 401
    assert await status(browser, f"/api/states/camera.door?{token}") == 401
