"""Devices and entities of the bridge and of its keys."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.integration.house import Bridge
from tests.integration.live.client import live

STEP = timedelta(seconds=31)


async def later(hass: HomeAssistant) -> None:
    """Update the entities."""
    async_fire_time_changed(hass, dt_util.utcnow() + STEP)
    await hass.async_block_till_done()


def value(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    state = hass.states.get(entity_id)
    assert isinstance(state, State), entity_id
    return state.state


def names_of_devices(bridge: Bridge) -> set[str | None]:
    """Return the names of all devices of the bridge."""
    devices = dr.async_entries_for_config_entry(dr.async_get(bridge.hass), bridge.entry.entry_id)
    return {device.name for device in devices}


async def test_a_key_brings_its_device_and_takes_it_along(bridge: Bridge, hass: HomeAssistant) -> None:
    """Adding a key does not reload the entry or reset the counters of other keys."""
    kept = await bridge.add_key(name="Kept")
    await bridge.get("/api/", kept)
    runtime = bridge.entry.runtime_data
    await bridge.add_key(name="Display")
    assert names_of_devices(bridge) == {"Drawbridge", "Kept", "Display"}
    assert value(hass, "sensor.display_requests") == "0"
    hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Display"))
    await hass.async_block_till_done()
    assert names_of_devices(bridge) == {"Drawbridge", "Kept"}
    assert hass.states.get("sensor.display_requests") is None
    await later(hass)
    assert value(hass, "sensor.kept_requests") == "1"
    assert bridge.entry.runtime_data is runtime


async def test_a_device_follows_the_name_of_its_key(bridge: Bridge) -> None:
    """As in the list of keys."""
    await bridge.add_key(name="Display")
    await bridge.edit_key("Display", "rename", {"name": "Wall"})
    assert names_of_devices(bridge) == {"Drawbridge", "Wall"}


async def test_sensors_of_a_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """Requests, refusals and last use are shown within half a minute."""
    key = await bridge.add_key(name="Display")
    await bridge.get("/api/states", key)
    await bridge.get("/metrics", key)
    assert value(hass, "sensor.display_requests") == "0"
    await later(hass)
    assert value(hass, "sensor.display_requests") == "2"
    assert value(hass, "sensor.display_refused_requests") == "1"
    used = dt_util.parse_datetime(value(hass, "sensor.display_last_used"))
    assert used is not None
    assert used.second == 0


async def test_sensors_of_the_bridge(bridge: Bridge, hass: HomeAssistant) -> None:
    """The health score has its components as attributes."""
    key = await bridge.add_key(name="Display")
    for _ in range(10):
        await bridge.get("/api/states", key)
    await bridge.get("/api/states")
    await later(hass)
    score = hass.states.get("sensor.drawbridge_health_score")
    assert score is not None
    assert score.attributes["errors"] == 100
    assert {"errors", "latency", "cache", "event_loop"} <= score.attributes.keys()
    assert float(value(hass, "sensor.drawbridge_requests_per_minute")) == 2.2
    assert value(hass, "sensor.drawbridge_error_rate") == "0.0"
    assert value(hass, "sensor.drawbridge_refused_requests") == "1"
    assert value(hass, "sensor.drawbridge_locked_out_addresses") == "0"
    assert value(hass, "binary_sensor.drawbridge_problem") == "off"


async def test_sensors_of_live_connections(bridge: Bridge, hass: HomeAssistant) -> None:
    """Clients of the bridge and of each key are shown while they are connected, and what was sent to them."""
    key = await bridge.add_key(name="Display", areas=["living_room"])
    await bridge.add_key(name="Kept")
    async with live(bridge, key) as client:
        number = await client.send("subscribe_entities")
        await client.event(number)
        await later(hass)
        assert value(hass, "sensor.drawbridge_connected_clients") == "1"
        assert value(hass, "sensor.drawbridge_events_sent") == "1"
        assert value(hass, "sensor.drawbridge_merged_changes") == "0"
        assert value(hass, "sensor.display_connected_clients") == "1"
        assert value(hass, "sensor.kept_connected_clients") == "0"
        bridge.entry.runtime_data.recorder.live.conflated += 5
    await later(hass)
    assert value(hass, "sensor.drawbridge_connected_clients") == "0"
    assert value(hass, "sensor.drawbridge_merged_changes") == "5"
    assert value(hass, "sensor.display_connected_clients") == "0"


async def test_a_bridge_that_fails_is_a_problem(bridge: Bridge, hass: HomeAssistant) -> None:
    """If half of all responses are server errors, the problem sensor is on."""
    await bridge.add_key(name="Display")
    for code in (200, 500):
        bridge.entry.runtime_data.recorder.answered("/api/states", "GET", code, 0.01, 10)
    await later(hass)
    assert value(hass, "binary_sensor.drawbridge_problem") == "on"


async def test_at_rest_nothing_is_written(bridge: Bridge, hass: HomeAssistant) -> None:
    """Without changes, no state is written."""
    key = await bridge.add_key(name="Display")
    await bridge.get("/api/states", key)
    await later(hass)
    reports: list[Event[Any]] = []

    @callback
    def own(data: Any) -> bool:
        return data["entity_id"] in bridge.own_entities()

    @callback
    def note(event: Event[Any]) -> None:
        reports.append(event)

    for kind in ("state_changed", "state_reported"):
        hass.bus.async_listen(kind, note, event_filter=own)
    for _ in range(5):
        await later(hass)
    assert [event.data["entity_id"] for event in reports] == []


async def test_the_enabled_switch(bridge: Bridge, hass: HomeAssistant) -> None:
    """Off closes the key for the very next request; the flow and the switch agree."""
    key = await bridge.add_key(name="Display")
    for action, status, state in (("turn_off", 401, "off"), ("turn_on", 200, "on")):
        await hass.services.async_call("switch", action, {"entity_id": "switch.display_enabled"}, blocking=True)
        await hass.async_block_till_done()
        assert (await bridge.get("/api/", key)).status == status
        assert value(hass, "switch.display_enabled") == state
    await bridge.edit_key("Display", "disable", {})
    assert value(hass, "switch.display_enabled") == "off"


async def test_the_cache_buttons(bridge: Bridge, hass: HomeAssistant) -> None:
    """Clearing the cache drops all prepared responses."""
    key = await bridge.add_key(name="Display")
    await bridge.get("/api/states", key)
    assert bridge.entry.runtime_data.states.size > 0
    await hass.services.async_call("button", "press", {"entity_id": "button.drawbridge_clear_cache"}, blocking=True)
    assert bridge.entry.runtime_data.states.size == 0
    assert (await bridge.get("/api/states", key)).status == 200


async def test_security_events(bridge: Bridge, hass: HomeAssistant) -> None:
    """A wrong key is an event, by its kind and address; a flood of them is few."""
    await bridge.get("/api/", "dbk_wrong")
    await hass.async_block_till_done()
    seen = hass.states.get("event.drawbridge_security")
    assert seen is not None
    assert seen.attributes["event_type"] == "wrong_key"
    assert (seen.attributes["reason"], seen.attributes["route"]) == ("key_malformed", "/api/")
    assert "127.0.0.1" not in str(seen.attributes)
    changes: list[Event[Any]] = []
    hass.bus.async_listen("state_changed", changes.append)
    for _ in range(30):
        await bridge.get("/api/", "dbk_wrong")
    await hass.async_block_till_done()
    events = [event for event in changes if event.data["entity_id"] == "event.drawbridge_security"]
    assert len(events) <= 20


@pytest.mark.parametrize("scope", [{"everything": True}, {"domains": ["switch"]}, {"globs": ["switch.*"]}])
async def test_no_key_switches_keys_on(bridge: Bridge, hass: HomeAssistant, scope: dict[str, Any]) -> None:
    """Drawbridge's own entities are in no scope, unless they are named."""
    await bridge.add_key(name="Other")
    key = await bridge.add_key(name="Display", capabilities=["read", "control"], **scope)
    assert not await bridge.entity_ids(key) & bridge.own_entities()
    body = {"entity_id": "switch.other_enabled"}
    assert (await bridge.post("/api/services/switch/turn_off", key, json=body)).status == 403
    assert (await bridge.get("/api/states/switch.other_enabled", key)).status == 404
    assert value(hass, "switch.other_enabled") == "on"
    named = await bridge.add_key(name="Named", entities=["sensor.drawbridge_health_score"])
    assert await bridge.entity_ids(named) == {"sensor.drawbridge_health_score"}


async def test_own_entities_do_not_empty_the_cache(bridge: Bridge, hass: HomeAssistant) -> None:
    """What a request changes in them must not make the next one slower."""
    key = await bridge.add_key(name="Display")
    await bridge.get("/api/states", key)
    before = bridge.entry.runtime_data.recorder.counters.caches["states"].invalidations
    await later(hass)
    assert bridge.entry.runtime_data.recorder.counters.caches["states"].invalidations == before


async def test_unloading_and_loading_again(bridge: Bridge, hass: HomeAssistant) -> None:
    """Entities come back as they were, and the key works."""
    key = await bridge.add_key(name="Display")
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    await hass.async_block_till_done()
    assert value(hass, "switch.display_enabled") == "on"
    assert (await bridge.get("/api/", key)).status == 200


async def test_which_are_on_to_begin_with(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key has six enabled entities, or seven if it expires. The others are disabled by default."""
    await bridge.add_key(name="Display")
    await bridge.add_key(name="Guest", limits={"local_only": False, "expires": "2090-01-31 18:00:00"})
    registry = er.async_get(hass)
    on = [
        entry.entity_id
        for entry in er.async_entries_for_config_entry(registry, bridge.entry.entry_id)
        if not entry.disabled
    ]
    assert len([item for item in on if ".display_" in item]) == 6
    assert len([item for item in on if ".guest_" in item]) == 7
    assert len([item for item in on if ".drawbridge_" in item]) == 12


async def test_sensors_that_showed_addresses_are_removed(bridge: Bridge, hass: HomeAssistant) -> None:
    """An earlier version showed them to every user. Others of that name, and of that kind, stay."""
    await bridge.add_key(name="Display")
    registry, key_id = er.async_get(hass), bridge.key_id("Display")
    for unique_id in (f"{key_id}_last_address", f"{key_id}_last_used"):
        registry.async_get_or_create(
            "sensor",
            "drawbridge",
            unique_id,
            config_entry=bridge.entry,
            config_subentry_id=key_id,
            suggested_object_id="kept",
        )
    other = registry.async_get_or_create("sensor", "another", f"{key_id}_last_address").entity_id
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    assert registry.async_get_entity_id("sensor", "drawbridge", f"{key_id}_last_address") is None
    assert registry.async_get_entity_id("sensor", "drawbridge", f"{key_id}_last_used") is not None
    assert registry.async_get(other) is not None
