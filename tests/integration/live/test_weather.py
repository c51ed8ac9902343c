"""`weather/subscribe_forecast`: forecasts of weather entities in scope."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.comparing import (
    MARKER,
    assert_unseen,
    both,
    put_into,
    same,
    same_event,
    same_subscription,
    set_up,
    until,
)

GARDEN = "weather.garden"
HIDDEN = "weather.secret"
MISSING = "weather.no_such"


def station(name: str) -> dict[str, Any]:
    """Return the configuration of a weather entity whose forecast is an attribute of a sensor."""
    return {
        "weather": {
            "name": name,
            "unique_id": name.lower(),
            "condition_template": "sunny",
            "temperature_template": "{{ 20 }}",
            "humidity_template": "{{ 50 }}",
            "temperature_unit": "°C",
            "forecast_daily_template": "{{ state_attr('sensor." + name.lower() + "_days', 'days') }}",
        }
    }


async def forecast(hass: HomeAssistant, name: str, condition: str, temperature: float) -> None:
    """Change the forecast of a weather entity."""
    day = {"datetime": "2026-12-01T12:00:00+00:00", "condition": condition, "temperature": temperature}
    hass.states.async_set(f"sensor.{name}_days", str(temperature), {"days": [day]})
    await hass.async_block_till_done()


@pytest.fixture(autouse=True)
async def _weather(house: HomeAssistant) -> None:
    """Put a weather entity into each room."""
    await set_up(house, "weather")
    for name in ("garden", "secret"):
        await forecast(house, name, "sunny", 20)
    stations = [station("Garden"), station("Secret")]
    assert await async_setup_component(house, "template", {"template": stations})
    await house.async_block_till_done()
    put_into(house, GARDEN, "living_room")
    put_into(house, HIDDEN, "bedroom")


def warm(temperature: float) -> Any:
    """Return whether an event forecasts a temperature."""
    return lambda event: [day["temperature"] for day in event["forecast"]] == [temperature]


async def test_as_home_assistant(bridge: Bridge, hass: HomeAssistant, hass_access_token: str) -> None:
    """A key that sees everything gets Home Assistant's own answers, errors and events."""
    async with both(bridge, await bridge.add_key(), hass_access_token) as (ours, theirs):
        type_, daily = "weather/subscribe_forecast", {"forecast_type": "daily"}
        numbers = await same_subscription(ours, theirs, type_, entity_id=GARDEN, **daily)
        first = await same_event(ours, theirs, numbers)
        assert first["type"] == "daily"
        assert first["forecast"][0]["condition"] == "sunny"
        await forecast(hass, "garden", "rainy", 12)
        last = await same_event(ours, theirs, numbers, warm(12))
        assert last["forecast"][0]["condition"] == "rainy"
        for entity_id in (MISSING, "sensor.outside", "no id"):
            assert not (await same(ours, theirs, type_, entity_id=entity_id, **daily))["success"]
        for fields in ({}, {"forecast_type": "hourly"}, {"forecast_type": "weekly"}, {**daily, "extra": 1}):
            assert not (await same(ours, theirs, type_, entity_id=GARDEN, **fields))["success"]


async def test_a_narrow_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """It sees its own weather, while it is in scope; another one is like none; unsubscribing ends it."""
    secret = await bridge.add_key(name="Display", areas=["living_room"])
    async with live(bridge, secret) as client:
        number = await client.send("weather/subscribe_forecast", entity_id=GARDEN, forecast_type="daily")
        await client.answer(number)
        await until(client, number, warm(20))
        for forecast_type in ("daily", "hourly"):
            hidden, missing = [
                await client.error("weather/subscribe_forecast", entity_id=entity_id, forecast_type=forecast_type)
                for entity_id in (HIDDEN, MISSING)
            ]
            assert hidden["code"] == missing["code"] == "invalid_entity_id"
            assert hidden["message"].replace(HIDDEN, MISSING) == missing["message"]
        client.events.clear()
        put_into(hass, GARDEN, "bedroom")
        await forecast(hass, "garden", MARKER, 12)
        await client.nothing()
        put_into(hass, GARDEN, "living_room")
        await bridge.edit_key("Display", "scope", {"everything": False, "areas": ["bedroom"]})
        await forecast(hass, "garden", MARKER, 13)
        await client.nothing()
        assert_unseen(client)
        await bridge.edit_key("Display", "scope", {"everything": True})
        await forecast(hass, "garden", "sunny", 14)
        await until(client, number, warm(14))
        await client.result("unsubscribe_events", subscription=number)
        await forecast(hass, "garden", "sunny", 15)
        await client.nothing()


async def test_capability(bridge: Bridge) -> None:
    """The subscription needs `read`, also while it is open."""
    async with live(bridge, await bridge.add_key(name="Writes", capabilities=["control"])) as client:
        error = await client.error("weather/subscribe_forecast", entity_id=GARDEN, forecast_type="daily")
        assert error["code"] == "unauthorized"
        assert "'read'" in error["message"]


async def test_a_key_that_loses_its_capability(bridge: Bridge, hass: HomeAssistant) -> None:
    """No more events are sent."""
    async with live(bridge, await bridge.add_key(name="Display")) as client:
        number = await client.send("weather/subscribe_forecast", entity_id=GARDEN, forecast_type="daily")
        await client.answer(number)
        await until(client, number, warm(20))
        await bridge.edit_key("Display", "abilities", {"capabilities": ["control"]})
        await forecast(hass, "garden", "sunny", 12)
        await client.command("ping")
        assert client.events == {number: []}
