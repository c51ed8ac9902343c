"""Home Assistant's own WebSocket API beside the bridge's."""

from collections.abc import AsyncIterator

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, connected, live

EVERYTHING = ["read", "control", "history", "set_state", "fire_event", "template", "images", "location"]


@pytest.fixture(autouse=True)
async def _websocket_api(house: HomeAssistant) -> None:
    """Set up Home Assistant's own WebSocket API."""
    assert await async_setup_component(house, "websocket_api", {})


@pytest.fixture
async def own(bridge: Bridge, hass_access_token: str) -> AsyncIterator[LiveClient]:
    """Connect to Home Assistant's own API as an administrator."""
    async with connected(bridge.client, hass_access_token, "/api/websocket") as client:
        yield client


@pytest.fixture
async def ours(bridge: Bridge) -> AsyncIterator[LiveClient]:
    """Connect to the bridge with a key that sees everything and may do everything."""
    limits = {"per_minute": 0}
    secret = await bridge.add_key("Everything", capabilities=EVERYTHING, events=["test_event"], limits=limits)
    async with live(bridge, secret) as client:
        yield client
