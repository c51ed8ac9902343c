"""A test instance of Home Assistant with a small household, and a bridge into it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

import custom_components  # noqa: F401  before `hass`, or the plugin's own folder of that name wins
from tests.integration.house import Bridge, add_bridge
from tests.integration.panel import PanelClient

type AddKey = Callable[..., Awaitable[str]]


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load this repository's integration."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give every test a configuration folder of its own: keys are stored in real files."""
    return hass_tmp_config_dir


@pytest.fixture
async def house(hass: HomeAssistant) -> HomeAssistant:
    """Two rooms with a light each that can be switched, and a sensor in none."""
    areas, entities = ar.async_get(hass), er.async_get(hass)
    for room in ("living_room", "bedroom"):
        area = areas.async_create(room.replace("_", " ").title())
        entry = entities.async_get_or_create(
            "input_boolean", "input_boolean", f"{room}_lamp", suggested_object_id=f"{room}_lamp"
        )
        entities.async_update_entity(entry.entity_id, area_id=area.id)
    lamps: dict[str, Any] = {"living_room_lamp": {}, "bedroom_lamp": {}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": lamps})
    for component in ("api", "repairs"):
        assert await async_setup_component(hass, component, {})
    await hass.async_block_till_done()
    hass.states.async_set("sensor.outside", "7.5", {"unit_of_measurement": "°C"})
    return hass


@pytest.fixture
async def bridge(house: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]) -> Bridge:
    """Return a bridge into the house, with no keys, and a client that sends none."""
    return Bridge(house, await add_bridge(house), await hass_client_no_auth())


@pytest.fixture
async def panel(bridge: Bridge, hass_ws_client: WebSocketGenerator) -> PanelClient:
    """Return a client of an administrator, for the panel's commands."""
    return PanelClient(await hass_ws_client(bridge.hass))


@pytest.fixture
async def connection_errors_are_ignored() -> None:
    """Before version 3.14, aiohttp leaves a connection error in a future that nobody awaits, with any response."""
    loop = asyncio.get_running_loop()
    usual = loop.get_exception_handler() or asyncio.AbstractEventLoop.default_exception_handler

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), ConnectionError):
            usual(loop, context)

    loop.set_exception_handler(handle)
