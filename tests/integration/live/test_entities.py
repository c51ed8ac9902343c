"""`subscribe_entities`: live states of the entities in scope."""

from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.live.client import live


async def test_a_room(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key for a room gets a snapshot of it, then differences, and hears nothing of the other room."""
    secret = await bridge.add_key(areas=["living_room"])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        assert (await client.answer(number))["result"] is None
        first = await client.event(number)
        assert list(first["a"]) == ["input_boolean.living_room_lamp"]
        hass.states.async_set("input_boolean.bedroom_lamp", "on")
        hass.states.async_set("input_boolean.living_room_lamp", "on", {"a": 1})
        changed = (await client.event(number))["c"]["input_boolean.living_room_lamp"]
        assert changed["+"]["s"] == "on"
        assert changed["+"]["a"] == {"a": 1}
        await client.nothing()
