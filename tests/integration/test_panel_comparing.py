"""Keys compared with each other, and with what their clients used."""

from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"


async def test_two_keys(panel: PanelClient, bridge: Bridge) -> None:
    """What only one of them may do, and what both may do."""
    limits = {"local_only": True, "per_minute": 60, "networks": ["192.0.2.0/24"]}
    await bridge.add_key("Display", entities=[LIVING, BEDROOM], limits=limits)
    await bridge.add_key(
        "Remote",
        capabilities=["read", "control", "fire_event"],
        entities=[LIVING, "sensor.outside"],
        services=["input_boolean.turn_on"],
        events=["a"],
    )
    fields = {"key_id": bridge.key_id("Display"), "other_id": bridge.key_id("Remote")}
    assert await panel.ask("keys/compare", **fields) == {
        "only_first": {
            "capabilities": [],
            "entities": [BEDROOM],
            "services": [],
            "events": [],
            "limits": ["local_only", "network 192.0.2.0/24", "per_minute 60"],
            "more": 0,
        },
        "only_second": {
            "capabilities": ["control", "fire_event"],
            "entities": ["sensor.outside"],
            "services": ["input_boolean.turn_on"],
            "events": ["a"],
            "limits": ["per_minute default"],
            "more": 0,
        },
        "both": {
            "capabilities": ["read"],
            "entities": [LIVING],
            "services": [],
            "events": [],
            "limits": [],
            "more": 0,
        },
    }
    assert await panel.error("keys/compare", key_id=fields["key_id"], other_id="x") == "not_found"


async def test_what_a_client_used(panel: PanelClient, bridge: Bridge) -> None:
    """Used, refused and unused; nothing refused is used."""
    key = await bridge.add_key(
        "Remote",
        capabilities=["read", "control", "history"],
        domains=["input_boolean"],
        services=["input_boolean.turn_on", "input_boolean.turn_off"],
    )
    key_id = bridge.key_id("Remote")
    assert await panel.error("proposal", key_id=key_id) == "not_found"
    await bridge.edit_key("Remote", "learn", {})
    assert await panel.error("proposal", key_id=key_id) == "not_found"
    await bridge.get(f"/api/states/{LIVING}", key)
    await bridge.get("/api/states/sensor.outside", key)
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING})
    await bridge.post("/api/services/input_boolean/toggle", key, json={"entity_id": LIVING})
    await bridge.post("/api/events/a", key, json={})
    answer = await panel.ask("proposal", key_id=key_id)
    assert answer.pop("since") > 0
    assert answer == {
        "used": {
            "capabilities": ["control", "read"],
            "entities": [LIVING],
            "services": ["input_boolean.turn_on"],
            "events": [],
            "more": 0,
        },
        "refused": {
            "capabilities": ["fire_event"],
            "entities": ["sensor.outside"],
            "services": ["input_boolean.toggle"],
            "events": ["a"],
            "more": 0,
        },
        "unused": {
            "capabilities": ["history"],
            "entities": [BEDROOM],
            "services": ["input_boolean.turn_off"],
            "events": [],
            "more": 0,
        },
        "doubtful": [],
        "left_out": [],
        "requests": 5,
        "keep_scope": False,
    }


async def test_a_client_that_reads_everything(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """No entity counts as unused."""
    key = await bridge.add_key("Remote")
    await bridge.edit_key("Remote", "learn", {})
    hass.states.async_set("light.x", "on")
    await bridge.get("/api/states", key)
    answer = await panel.ask("proposal", key_id=bridge.key_id("Remote"))
    assert answer["keep_scope"]
    assert answer["unused"]["entities"] == []
