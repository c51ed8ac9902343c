"""Reading through the bridge: responses are equal to Home Assistant's own, within the scope."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.json import json_bytes

from tests.integration.house import Bridge

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
OUTSIDE = "sensor.outside"


async def test_a_key_for_everything_sees_what_home_assistant_shows(bridge: Bridge, hass_client: Any) -> None:
    """The bulk answer equals Home Assistant's own, byte for byte, but for Drawbridge's own entities."""
    key = await bridge.add_key(everything=True)
    own = await (await hass_client()).get("/api/states")
    answer = await bridge.get("/api/states", key)
    assert answer.status == 200
    assert answer.content_type == own.content_type
    guarded = bridge.own_entities()
    assert guarded
    kept = [state for state in await own.json() if state["entity_id"] not in guarded]
    assert await answer.read() == json_bytes(kept)


async def test_scope_by_area_domain_and_entity(bridge: Bridge) -> None:
    """Each kind of choice brings its entities in, and nothing else."""
    assert await bridge.entity_ids(await bridge.add_key(areas=["living_room"])) == {LIVING}
    assert await bridge.entity_ids(await bridge.add_key(domains=["sensor"])) == {OUTSIDE}
    assert await bridge.entity_ids(await bridge.add_key(entities=[BEDROOM])) == {BEDROOM}
    both = await bridge.add_key(entities=[BEDROOM], areas=["living_room"])
    assert await bridge.entity_ids(both) == {LIVING, BEDROOM}


async def test_out_of_scope_looks_like_not_there(bridge: Bridge) -> None:
    """An entity out of scope and one that does not exist get the same answer."""
    key = await bridge.add_key(areas=["living_room"])
    hidden = await bridge.get(f"/api/states/{BEDROOM}", key)
    missing = await bridge.get("/api/states/light.no_such", key)
    assert hidden.status == missing.status == 404
    assert await hidden.read() == await missing.read()
    assert {*hidden.headers} == {*missing.headers}
    assert (await hidden.json(content_type=None))["message"] == "Entity not found."


async def test_one_state(bridge: Bridge, hass: HomeAssistant) -> None:
    """A state in scope is Home Assistant's own JSON."""
    answer = await bridge.get(f"/api/states/{OUTSIDE}", await bridge.add_key(everything=True))
    state = hass.states.get(OUTSIDE)
    assert state is not None
    assert await answer.read() == state.as_dict_json


async def test_changes_are_in_the_next_answer(bridge: Bridge, hass: HomeAssistant) -> None:
    """A cached answer is never stale: changed, added, removed."""
    key = await bridge.add_key(everything=True)

    async def value(entity_id: str) -> str | None:
        states = await (await bridge.get("/api/states", key)).json()
        return next((item["state"] for item in states if item["entity_id"] == entity_id), None)

    assert await value(OUTSIDE) == "7.5"
    hass.states.async_set(OUTSIDE, "8.0")
    assert await value(OUTSIDE) == "8.0"
    hass.states.async_set("sensor.new", "1")
    assert await value("sensor.new") == "1"
    hass.states.async_remove("sensor.new")
    assert await value("sensor.new") is None


async def test_scope_follows_the_registries(bridge: Bridge, hass: HomeAssistant) -> None:
    """An entity that moves to another area, or is renamed, leaves or enters at once."""
    key = await bridge.add_key(areas=["living_room"])
    assert await bridge.entity_ids(key) == {LIVING}
    bedroom = ar.async_get(hass).async_get_area("bedroom")
    assert bedroom is not None
    entities = er.async_get(hass)
    entities.async_update_entity(BEDROOM, area_id="living_room")
    assert await bridge.entity_ids(key) == {LIVING, BEDROOM}
    entities.async_update_entity(LIVING, area_id=bedroom.id)
    assert await bridge.entity_ids(key) == {BEDROOM}
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 404


async def test_etag(bridge: Bridge, hass: HomeAssistant) -> None:
    """What did not change is not sent again."""
    key = await bridge.add_key(everything=True)
    etag = (await bridge.get("/api/states", key)).headers["ETag"]
    again = await bridge.get("/api/states", key, headers={"If-None-Match": f'"x", {etag}'})
    assert again.status == 304
    assert await again.read() == b""
    hass.states.async_set(OUTSIDE, "9.0")
    changed = await bridge.get("/api/states", key, headers={"If-None-Match": etag})
    assert changed.status == 200
    assert changed.headers["ETag"] != etag


async def test_config_does_not_locate_the_house(bridge: Bridge) -> None:
    """The configuration has what clients need, without the location of the home."""
    answer = await bridge.get("/api/config", await bridge.add_key(everything=True))
    config = await answer.json()
    assert {"version", "time_zone", "unit_system", "components", "state"} <= config.keys()
    assert not {"latitude", "longitude", "internal_url", "config_dir"} & config.keys()


async def test_status(bridge: Bridge) -> None:
    """The root of the API says what Home Assistant says."""
    answer = await bridge.get("/api/", await bridge.add_key(everything=True))
    assert await answer.json() == {"message": "API running."}


async def test_who_am_i(bridge: Bridge) -> None:
    """A key can ask for its own name, capabilities and scope."""
    key = await bridge.add_key(name="Display", areas=["living_room"])
    assert await (await bridge.get("/key", key)).json() == {
        "name": "Display",
        "capabilities": ["read"],
        "scope": {"everything": False, "include": {"areas": ["living_room"]}, "exclude": {}},
        "services": [],
        "events": [],
        "media_hosts": [],
        "expires": None,
        "rate_limit": {"requests_per_minute": 1000, "burst": 250, "remaining": 249},
    }
