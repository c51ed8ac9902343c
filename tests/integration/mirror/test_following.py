"""Narrowing, projecting and following the states."""

import json
import time
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, label_registry as lr

from tests.integration.house import Bridge
from tests.integration.mirror.sides import content

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
OUTSIDE = "sensor.outside"
CURSOR = "Drawbridge-Cursor"


@pytest.fixture
async def whole(bridge: Bridge) -> str:
    """Return the secret of a key that reads everything."""
    return await bridge.add_key(everything=True, capabilities=["read", "images"])


async def ids(bridge: Bridge, key: str, query: str) -> set[str]:
    """Return the entities that a query finds."""
    answer = await bridge.get(f"/api/states?{query}", key)
    assert answer.status == 200, query
    return {state["entity_id"] for state in await answer.json()}


async def test_narrowing(bridge: Bridge, hass: HomeAssistant, whole: str) -> None:
    """Each kind, more than one of a kind, and several kinds together."""
    label = lr.async_get(hass).async_create("Evening")
    er.async_get(hass).async_update_entity(BEDROOM, labels={label.label_id})
    everything = await bridge.entity_ids(whole)
    assert await ids(bridge, whole, "domain=sensor") == {OUTSIDE}
    assert await ids(bridge, whole, "domain=sensor&domain=input_boolean") == {OUTSIDE, LIVING, BEDROOM}
    assert await ids(bridge, whole, "domain=sensor,input_boolean") == {OUTSIDE, LIVING, BEDROOM}
    assert await ids(bridge, whole, "domain=input_boolean&area=bedroom") == {BEDROOM}
    assert await ids(bridge, whole, "area=Living%20Room&domain=input_boolean") == {LIVING}
    assert await ids(bridge, whole, f"label={label.label_id}") == await ids(bridge, whole, "label=Evening") == {BEDROOM}
    assert await ids(bridge, whole, "entity_id=*_lamp") == {LIVING, BEDROOM}
    assert await ids(bridge, whole, "entity_id=sensor.*&entity_id=*.bed?oom_[l]amp") == {OUTSIDE, BEDROOM}
    assert await ids(bridge, whole, "entity_id=SENSOR.outside") == {OUTSIDE}
    assert await ids(bridge, whole, "entity_id=*") == everything
    for query in (
        "domain=",
        "area=",
        "label=",
        "entity_id=",
        "domain=no_such",
        "area=sensor",
        "entity_id=[",
        "domain=*",
    ):
        assert await ids(bridge, whole, query) == set()


async def test_narrowing_only_narrows(bridge: Bridge) -> None:
    """No combination of filters returns an entity out of scope."""
    room = await bridge.add_key(areas=["living_room"])
    seen = await bridge.entity_ids(room)
    for query in ("entity_id=*", "domain=sensor,input_boolean", "area=bedroom", f"entity_id={BEDROOM}", "fields=state"):
        assert await ids(bridge, room, query) <= seen


async def test_fields(bridge: Bridge, whole: str) -> None:
    """Only the requested members, and always the entity ID."""
    path = f"/api/states?entity_id={OUTSIDE}&fields="
    expected: dict[str, dict[str, Any]] = {
        "state": {"state": "3"},
        "state,attributes.number": {"state": "3", "attributes": {"number": 9}},
        "attributes.number&fields=attributes.no_such": {"attributes": {"number": 9}},
        "attributes": {"attributes": {"unit_of_measurement": "°C", "number": 9}},
        "attributes.no_such": {"attributes": {}},
        "entity_id": {},
    }
    for fields, members in expected.items():
        assert await content(await bridge.get(path + fields, whole)) == [{"entity_id": OUTSIDE, **members}], fields
    for wrong in ("nonsense", "state.x", "attributes,name", "__class__"):
        answer = await bridge.get(path + wrong, whole)
        assert answer.status == 400
        assert "attributes.NAME" in (await answer.json(content_type=None))["message"]


async def test_too_much(bridge: Bridge, whole: str) -> None:
    """The number and the length of filters are limited."""
    for query in ("domain=" + ",".join(f"d{number}" for number in range(101)), f"entity_id={'*a' * 200}"):
        assert (await bridge.get(f"/api/states?{query}", whole)).status == 400


async def follow(bridge: Bridge, key: str, cursor: str, query: str = "") -> tuple[dict[str, Any], str]:
    """Return what changed since a cursor, and the next one."""
    answer = await bridge.get(f"/api/states?since={cursor}{query}", key)
    assert answer.status == 200
    return await answer.json(), answer.headers[CURSOR]


async def test_following(bridge: Bridge, hass: HomeAssistant, whole: str) -> None:
    """Changed, added and removed since the last time, once, with and without narrowing."""
    await hass.async_block_till_done()
    cursor = (await bridge.get("/api/states", whole)).headers[CURSOR]
    assert (await follow(bridge, whole, cursor))[0] == {"reset": False, "changed": [], "removed": []}
    hass.states.async_set(OUTSIDE, "10")
    hass.states.async_set("sensor.new", "1")
    hass.states.async_set(OUTSIDE, "11")
    told, later = await follow(bridge, whole, cursor)
    assert {(state["entity_id"], state["state"]) for state in told["changed"]} == {("sensor.new", "1"), (OUTSIDE, "11")}
    assert len(told["changed"]) == 2
    hass.states.async_remove("sensor.new")
    assert (await follow(bridge, whole, later))[0] == {"reset": False, "changed": [], "removed": ["sensor.new"]}
    told, _ = await follow(bridge, whole, cursor, "&domain=input_boolean")
    assert told == {"reset": False, "changed": [], "removed": []}
    told, _ = await follow(bridge, whole, cursor, "&fields=state&domain=sensor")
    assert told["changed"] == [{"entity_id": OUTSIDE, "state": "11"}]


async def test_cursors_that_are_not_good(bridge: Bridge, whole: str) -> None:
    """A cursor of another key, a forged cursor or an old cursor gets all states, with `reset`."""
    cursor = (await bridge.get("/api/states", whole)).headers[CURSOR]
    room = await bridge.add_key("Room", areas=["living_room"])
    other = (await bridge.get("/api/states", room)).headers[CURSOR]
    damaged = cursor[:-1] + ("E" if cursor.endswith("A") else "A")
    for wrong in ("", "x", "é", damaged, cursor + "A", other, "A" * 43, "A" * 5000):
        told, _ = await follow(bridge, whole, wrong)
        assert told["reset"]
        assert {state["entity_id"] for state in told["changed"]} == await bridge.entity_ids(whole)
    assert (await follow(bridge, room, cursor))[0]["reset"]


async def test_what_leaves_the_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """A move between rooms begins anew, so nobody keeps what is not theirs, nor hears of what never was."""
    room = await bridge.add_key("Room", areas=["living_room"])
    cursor = (await bridge.get("/api/states", room)).headers[CURSOR]
    hass.states.async_set(BEDROOM, "on", {"changed": True})
    hass.states.async_set("light.elsewhere", "on")
    hass.states.async_remove("light.elsewhere")
    assert (await follow(bridge, room, cursor))[0] == {"reset": False, "changed": [], "removed": []}
    er.async_get(hass).async_update_entity(LIVING, area_id="bedroom")
    told, _ = await follow(bridge, room, cursor)
    assert told["reset"]
    assert LIVING not in json.dumps(told)


async def test_what_moves_elsewhere(bridge: Bridge, hass: HomeAssistant) -> None:
    """Registry changes of entities out of scope do not reset cursors."""
    room = await bridge.add_key("Room", areas=["living_room"])
    cursor = (await bridge.get("/api/states", room)).headers[CURSOR]
    registry = er.async_get(hass)
    registry.async_update_entity(BEDROOM, labels={"x"})
    registry.async_update_entity(BEDROOM, area_id=None)
    registry.async_get_or_create("light", "test", "new", suggested_object_id="elsewhere")
    registry.async_remove("light.elsewhere")
    assert (await follow(bridge, room, cursor))[0] == {"reset": False, "changed": [], "removed": []}
    registry.async_update_entity(BEDROOM, area_id="living_room")
    told, cursor = await follow(bridge, room, cursor)
    assert [told["reset"], *(state["entity_id"] for state in told["changed"])] == [False, BEDROOM]
    registry.async_update_entity(BEDROOM, area_id=None)
    assert (await follow(bridge, room, cursor))[0]["reset"]


async def test_an_unregistered_entity_leaves_the_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """It was asked for before it had a state, and is gone, when it is registered elsewhere."""
    lights = await bridge.add_key("Lights", domains=["light"], exclude={"areas": ["bedroom"]})
    assert (await bridge.get("/api/states/light.late", lights)).status == 404
    hass.states.async_set("light.late", "on")
    answer = await bridge.get("/api/states", lights)
    assert "light.late" in await answer.text()
    hass.states.async_remove("light.late")
    er.async_get(hass).async_get_or_create("light", "test", "late", suggested_object_id="late")
    er.async_get(hass).async_update_entity("light.late", area_id="bedroom")
    assert (await follow(bridge, lights, answer.headers[CURSOR]))[0]["reset"]


async def test_a_cursor_tells_nothing(bridge: Bridge, hass: HomeAssistant) -> None:
    """Neither that something happens elsewhere nor how much can be read off a cursor.

    It is another one when something in scope has changed, and with every second, and at no other time.
    """
    room = await bridge.add_key("Room", areas=["living_room"])

    async def cursors(entity_id: str) -> set[str]:
        found = set()
        for number in range(20):
            hass.states.async_set(entity_id, str(number))
            found.add((await bridge.get("/api/states", room)).headers[CURSOR])
        return found

    started = time.monotonic()
    elsewhere = await cursors(OUTSIDE)
    assert len(elsewhere) <= time.monotonic() - started + 2
    inside = await cursors(LIVING)
    assert len(inside) == 20
    assert len({len(cursor) for cursor in elsewhere | inside}) == 1


async def test_revalidation_has_a_cursor(bridge: Bridge, whole: str) -> None:
    """An answer without a body names the moment too."""
    answer = await bridge.get("/api/states", whole)
    again = await bridge.get("/api/states", whole, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    assert (await follow(bridge, whole, again.headers[CURSOR]))[0] == {"reset": False, "changed": [], "removed": []}
