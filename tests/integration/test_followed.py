"""What a key sees follows the registries and the states, also where much was forgotten or little is cached."""

import json
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)

from custom_components.drawbridge.states import index as state_index
from tests.integration.house import Bridge
from tests.integration.test_cache import grow

LIVING = "input_boolean.living_room_lamp"


def place_by_device(bridge: Bridge, hass: HomeAssistant) -> str:
    """Return an entity whose area is that of its device."""
    area = ar.async_get(hass).async_create("Attic")
    devices, entities = dr.async_get(hass), er.async_get(hass)
    device = devices.async_get_or_create(config_entry_id=bridge.entry.entry_id, identifiers={("test", "lamp")})
    devices.async_update_device(device.id, area_id=area.id)
    entry = entities.async_get_or_create("light", "test", "lamp", suggested_object_id="lamp", device_id=device.id)
    hass.states.async_set(entry.entity_id, "on")
    return entry.entity_id


async def test_a_label_of_the_area_of_a_device(bridge: Bridge, hass: HomeAssistant) -> None:
    """An entity comes into scope and leaves it with the label of the area that its device is in."""
    entity_id, label = place_by_device(bridge, hass), lr.async_get(hass).async_create("Cosy").label_id
    key = await bridge.add_key(labels=[label])
    for labels, seen in ((set[str](), set[str]()), ({label}, {entity_id}), (set[str](), set[str]())):
        ar.async_get(hass).async_update("attic", labels=labels)
        assert await bridge.entity_ids(key) == seen
        assert (await bridge.get(f"/api/states/{entity_id}", key)).status == (200 if seen else 404)


async def test_the_floor_of_the_area_of_a_device(bridge: Bridge, hass: HomeAssistant) -> None:
    """The same for the floor that the area is on."""
    entity_id, floor = place_by_device(bridge, hass), fr.async_get(hass).async_create("Top").floor_id
    key = await bridge.add_key(floors=[floor])
    for on_floor, seen in ((None, set[str]()), (floor, {entity_id}), (None, set[str]())):
        ar.async_get(hass).async_update("attic", floor_id=on_floor)
        assert await bridge.entity_ids(key) == seen
        assert (await bridge.get(f"/api/states/{entity_id}", key)).status == (200 if seen else 404)


async def test_the_first_part_of_a_view_may_be_any(bridge: Bridge, hass: HomeAssistant) -> None:
    """The array is well-formed whichever group of entities comes first, and stays so when that changes."""
    grow(hass, 1200)
    key = await bridge.add_key(areas=["living_room"], globs=["sensor.many_007*", "sensor.many_011*"])
    entities = er.async_get(hass)
    many = [f"sensor.many_{number:05}" for number in (*range(700, 800), *range(1100, 1200))]
    for area, first in (("living_room", [LIVING]), ("bedroom", []), ("living_room", [LIVING])):
        entities.async_update_entity(LIVING, area_id=area)
        for encoding in ("identity", "gzip", "identity"):
            answer = await bridge.get("/api/states", key, headers={"Accept-Encoding": encoding})
            assert [state["entity_id"] for state in await answer.json()] == first + many


async def test_a_state_with_a_picture_that_is_replaced(bridge: Bridge, hass: HomeAssistant) -> None:
    """A state without its picture link is kept only as long as it is the state."""
    key = await bridge.add_key()
    for value in ("one", "two", "three"):
        hass.states.async_set("person.somebody", value, {"entity_picture": f"/secret/{value}", "note": value})
        for _ in range(2):
            one = await (await bridge.get("/api/states/person.somebody", key)).json()
            bulk = await (await bridge.get("/api/states", key)).json()
            for state in (one, next(item for item in bulk if item["entity_id"] == "person.somebody")):
                assert (state["state"], state["attributes"]) == (value, {"note": value})


async def test_more_entities_left_than_are_remembered(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients with a cursor or a validator start over if the bridge has dropped the changes."""
    monkeypatch.setattr(state_index, "_MAX_REMOVED", 10)
    grow(hass, 20)
    everything, key = await bridge.add_key("All"), await bridge.add_key("Some", domains=["sensor"])
    first = await bridge.get("/api/states", key)
    cursor, etag = first.headers["Drawbridge-Cursor"], first.headers["ETag"]
    for number in range(20):
        hass.states.async_remove(f"sensor.many_{number:05}")
    await bridge.entity_ids(everything)
    for number in range(60):
        hass.states.async_set(f"light.passing_{number}", "on")
        hass.states.async_remove(f"light.passing_{number}")
        await bridge.entity_ids(everything)
    followed: dict[str, Any] = await (await bridge.get(f"/api/states?since={cursor}", key)).json()
    assert followed["reset"] is True
    assert [state["entity_id"] for state in followed["changed"]] == ["sensor.outside"]
    again = await bridge.get("/api/states", key, headers={"If-None-Match": etag})
    assert again.status == 200
    assert [state["entity_id"] for state in json.loads(await again.read())] == ["sensor.outside"]


async def test_what_clients_ask_for_in_vain_is_bounded(bridge: Bridge) -> None:
    """A client that asks for one entity after another that does not exist takes no more memory."""
    key = await bridge.add_key(domains=["light"], limits={"local_only": False, "per_minute": 0})
    running = bridge.entry.runtime_data
    live = running.directory.live(next(iter(running.keys)).scope)
    for number in range(1100):
        assert (await bridge.get(f"/api/states/light.none_{number}", key)).status == 404
    assert len(live) <= 1024 + len(bridge.hass.states.async_entity_ids())


async def test_a_revoked_key_leaves_nothing(bridge: Bridge) -> None:
    """The limits, the scope and the view of a revoked key are dropped. Those of other keys stay."""
    limits = {"local_only": False, "per_minute": 60, "burst": 5}
    gone = await bridge.add_key("Gone", domains=["light"], limits=limits)
    kept = await bridge.add_key("Kept", domains=["sensor"], limits=limits)
    for key in (gone, kept):
        assert (await bridge.get("/api/states", key)).status == 200
    running = bridge.entry.runtime_data
    by_name = {key.name: key for key in running.keys}
    await bridge.act("revoke_key", key=by_name["Gone"].id)
    await bridge.hass.async_block_till_done(wait_background_tasks=True)
    assert set(running.limits.rate._full_at) == {by_name["Kept"].id}  # noqa: SLF001 - memory is the subject
    assert set(running.directory._live) == {by_name["Kept"].scope}  # noqa: SLF001 - the same
    assert len(running.states) == 1
    me = await (await bridge.get("/key", kept)).json()
    assert me["rate_limit"]["remaining"] == 3
