"""Units and device classes: the same for all keys, and Home Assistant's own."""

import pytest
from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.comparing import both, same, set_up


@pytest.fixture(autouse=True)
async def _integrations(house: HomeAssistant) -> None:
    await set_up(house, "number", "sensor", "weather")


async def test_as_home_assistant(bridge: Bridge, hass_access_token: str) -> None:
    """Each device class, one that does not exist, and malformed messages."""
    async with both(bridge, await bridge.add_key(areas=["bedroom"]), hass_access_token) as (ours, theirs):
        for domain in ("sensor", "number"):
            type_ = f"{domain}/device_class_convertible_units"
            for device_class in ("temperature", "energy", "battery", "volume", "speed", "wind_speed", "no_such"):
                assert (await same(ours, theirs, type_, device_class=device_class))["success"]
            for fields in ({}, {"device_class": 7}, {"device_class": "energy", "extra": 1}):
                assert not (await same(ours, theirs, type_, **fields))["success"]
        units = await ours.result("sensor/device_class_convertible_units", device_class="temperature")
        assert "°F" in units["units"]
        weather = await same(ours, theirs, "weather/convertible_units")
        assert "km/h" in weather["result"]["units"]["wind_speed_unit"]
        # In Home Assistant their order is that of a set.
        classes = [await client.result("sensor/numeric_device_classes") for client in (ours, theirs)]
        assert classes[0]["numeric_device_classes"] == sorted(classes[1]["numeric_device_classes"])
        assert classes[0].keys() == classes[1].keys()


async def test_capability(bridge: Bridge) -> None:
    """The commands need the capability `read`."""
    async with live(bridge, await bridge.add_key(capabilities=["control"])) as client:
        for type_, fields in (
            ("sensor/device_class_convertible_units", {"device_class": "energy"}),
            ("number/device_class_convertible_units", {"device_class": "energy"}),
            ("sensor/numeric_device_classes", {}),
            ("weather/convertible_units", {}),
        ):
            error = await client.error(type_, **fields)
            assert error["code"] == "unauthorized"
            assert "'read'" in error["message"]
