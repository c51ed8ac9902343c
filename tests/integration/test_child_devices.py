"""Child devices belong to their parent: they are selected with it, and without an area they are in its area."""

import json
from dataclasses import dataclass
from typing import Any, cast

import attr
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.house import Bridge
from tests.integration.live.client import live

CURSOR = "Drawbridge-Cursor"
LAMP = "input_boolean.living_room_lamp"

type Selected = dict[str, list[str]]


@dataclass
class Strip:
    """A power strip: an outlet of it is a child device without an area, with one entity."""

    hass: HomeAssistant
    config_entry_id: str
    parent_id: str
    child_id: str
    entity_id: str

    def move(self, area_id: str | None) -> None:
        """Move the strip to another area. Its outlet goes along."""
        dr.async_get(self.hass).async_update_device(self.parent_id, area_id=area_id)


@pytest.fixture
def strip(bridge: Bridge) -> Strip:
    """Add a power strip in the bedroom."""
    hass, devices = bridge.hass, cast("Any", dr.async_get(bridge.hass))
    if not hasattr(dr, "async_get_effective_area_id"):
        pytest.skip("this Home Assistant has no child devices in the area of their parent")
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    lr.async_get(hass).async_create("quiet")
    parent = devices.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "strip")})
    child = devices.async_get_or_create_child(
        config_entry_id=entry.entry_id, identifiers={("test", "outlet")}, name="Outlet", parent_device_id=parent.id
    )
    entity_id = "input_boolean.bedroom_lamp"
    er.async_get(hass).async_update_entity(entity_id, device_id=child.id, area_id=None)
    found = Strip(hass, entry.entry_id, parent.id, child.id, entity_id)
    found.move("bedroom")
    return found


async def test_include_of_the_area(bridge: Bridge, strip: Strip) -> None:
    """A key for the area of the parent sees the entities of the child."""
    key = await bridge.add_key(areas=["bedroom"])
    assert strip.entity_id in await bridge.entity_ids(key)


async def test_include_of_the_floor_and_the_label(bridge: Bridge, strip: Strip) -> None:
    """The inherited area has its floor and its labels."""
    floor = fr.async_get(strip.hass).async_create("Upstairs")
    ar.async_get(strip.hass).async_update("bedroom", floor_id=floor.floor_id, labels={"quiet"})
    for fields in ({"floors": [floor.floor_id]}, {"labels": ["quiet"]}):
        result = await bridge.act("create_key", name=str(fields), per_minute=0, **fields)
        assert strip.entity_id in await bridge.entity_ids(result["secret"])


@pytest.mark.parametrize("kind", ["areas", "floors", "labels"])
async def test_exclude_of_the_area(bridge: Bridge, strip: Strip, kind: str) -> None:
    """An exclude of the area, its floor or its label hides the entities of the child."""
    floor = fr.async_get(strip.hass).async_create("Upstairs")
    exclude = {kind: {"areas": ["bedroom"], "floors": [floor.floor_id], "labels": ["quiet"]}[kind]}
    fields = {"domains": ["input_boolean"], "exclude": exclude}
    key = (await bridge.act("create_key", name="Other rooms", per_minute=0, **fields))["secret"]
    assert (strip.entity_id in await bridge.entity_ids(key)) == (kind != "areas")
    ar.async_get(strip.hass).async_update("bedroom", floor_id=floor.floor_id, labels={"quiet"})
    assert await bridge.entity_ids(key) == {LAMP}
    assert (await bridge.get(f"/api/states/{strip.entity_id}", key)).status == 404


@pytest.fixture(params=["device", "label"])
def parent(request: pytest.FixtureRequest, strip: Strip) -> Selected:
    """Return the two ways to select the strip: by its ID and by its label."""
    return {"device": {"devices": [strip.parent_id]}, "label": {"labels": ["quiet"]}}[request.param]


def label(strip: Strip, *labels: str) -> None:
    """Set the labels of the strip."""
    dr.async_get(strip.hass).async_update_device(strip.parent_id, labels=set(labels))


async def test_exclude_of_the_parent(bridge: Bridge, strip: Strip, parent: Selected) -> None:
    """An exclude of a device or its label hides the entities of its child devices, however they are included."""
    label(strip, "quiet")
    includes: tuple[dict[str, Any], ...] = ({"everything": True}, {"areas": ["bedroom"]}, {"devices": [strip.child_id]})
    for number, include in enumerate(includes):
        fields = {**include, "exclude": parent, "capabilities": ["read", "control"]}
        key = (await bridge.act("create_key", name=f"Key {number}", per_minute=0, **fields))["secret"]
        assert strip.entity_id not in await bridge.entity_ids(key)
        assert (await bridge.get(f"/api/states/{strip.entity_id}", key)).status == 404
        data = {"entity_id": strip.entity_id}
        assert (await bridge.post("/api/services/input_boolean/turn_on", key, json=data)).status == 403
    assert strip.hass.states.is_state(strip.entity_id, "off")


async def test_include_of_the_parent(bridge: Bridge, strip: Strip, parent: Selected) -> None:
    """An include of a device or its label has what Home Assistant's own target has, and no more."""
    label(strip, "quiet")
    singular = {"devices": "device_id", "labels": "label_id"}
    target = TargetSelection({singular[kind]: items for kind, items in parent.items()})
    found = async_extract_referenced_entity_ids(strip.hass, target)
    key = (await bridge.act("create_key", name="Strip", per_minute=0, **parent))["secret"]
    assert await bridge.entity_ids(key) == found.indirectly_referenced == {strip.entity_id}


async def test_children_do_not_select_their_parent(bridge: Bridge, strip: Strip) -> None:
    """An include or exclude of a child device or its label is not about the parent and its other children."""
    devices: Any = dr.async_get(strip.hass)
    devices.async_update_child_device(strip.child_id, labels={"quiet"})
    second = devices.async_get_or_create_child(
        config_entry_id=strip.config_entry_id,
        identifiers={("test", "two")},
        name="Two",
        parent_device_id=strip.parent_id,
    )
    er.async_get(strip.hass).async_update_entity(LAMP, device_id=second.id)
    power = er.async_get(strip.hass).async_get_or_create("sensor", "test", "power", device_id=strip.parent_id).entity_id
    strip.hass.states.async_set(power, "5")
    for number, chosen in enumerate(({"devices": [strip.child_id]}, {"labels": ["quiet"]})):
        key = (await bridge.act("create_key", name=f"In {number}", per_minute=0, **chosen))["secret"]
        assert await bridge.entity_ids(key) == {strip.entity_id}
        fields = {"devices": [strip.parent_id], "exclude": chosen}
        key = (await bridge.act("create_key", name=f"Ex {number}", per_minute=0, **fields))["secret"]
        assert await bridge.entity_ids(key) == {LAMP, power}


async def test_the_label_of_the_parent_while_subscribed(bridge: Bridge, strip: Strip) -> None:
    """Subscriptions lose the entities of a child as soon as its parent gets an excluded label."""
    key = await bridge.add_key(areas=["bedroom"], exclude={"labels": ["quiet"]})
    async with live(bridge, key) as client:
        entities = await client.send("subscribe_entities")
        assert strip.entity_id in (await client.event(entities))["a"]
        label(strip, "quiet")
        assert await client.event(entities) == {"r": [strip.entity_id]}
        assert await client.result("config/device_registry/list") == []
        label(strip)
        assert strip.entity_id in (await client.event(entities))["a"]


@pytest.mark.parametrize("is_child", [False, True])
async def test_exclude_of_a_device_that_was_split(bridge: Bridge, strip: Strip, *, is_child: bool) -> None:
    """A device that Home Assistant split for its config entries is still excluded and included by its former ID."""
    devices: Any = dr.async_get(strip.hass)
    device = devices.async_get(strip.parent_id)
    devices._devices[device.id] = attr.evolve(device, composite_device_id="former")  # noqa: SLF001 - only a migration sets it
    if not is_child:
        er.async_get(strip.hass).async_update_entity(strip.entity_id, device_id=strip.parent_id)
    found = async_extract_referenced_entity_ids(strip.hass, TargetSelection({"device_id": ["former"]}))
    assert found.indirectly_referenced == {strip.entity_id}
    key = await bridge.add_key("In", devices=["former"])
    assert await bridge.entity_ids(key) == {strip.entity_id}
    key = await bridge.add_key("Ex", areas=["bedroom"], exclude={"devices": ["former"]})
    assert await bridge.entity_ids(key) == set()


async def test_an_own_area_is_kept(bridge: Bridge, strip: Strip) -> None:
    """A child device with an area is in that area alone."""
    devices: Any = dr.async_get(strip.hass)
    devices.async_update_child_device(strip.child_id, area_id="living_room")
    assert strip.entity_id not in await bridge.entity_ids(await bridge.add_key("Bedroom", areas=["bedroom"]))
    assert strip.entity_id in await bridge.entity_ids(await bridge.add_key("Living", areas=["living_room"]))


async def test_move_while_followed(bridge: Bridge, strip: Strip) -> None:
    """A client that follows with a cursor starts over when the parent leaves, and hears of nothing afterwards."""
    key = await bridge.add_key(areas=["bedroom"])
    cursor = (await bridge.get("/api/states", key)).headers[CURSOR]
    strip.move("living_room")
    answer = await bridge.get("/api/states", key, params={"since": cursor})
    told = await answer.json()
    assert told["reset"]
    assert strip.entity_id not in json.dumps(told)
    strip.move("bedroom")
    answer = await bridge.get("/api/states", key, params={"since": answer.headers[CURSOR]})
    assert strip.entity_id in {state["entity_id"] for state in (await answer.json())["changed"]}


async def test_move_while_subscribed(bridge: Bridge, strip: Strip) -> None:
    """Subscriptions lose and get the entities of a child when its parent moves."""
    states, lamp = strip.hass.states, strip.entity_id
    async with live(bridge, await bridge.add_key(areas=["bedroom"])) as client:
        entities = await client.send("subscribe_entities")
        assert lamp in (await client.event(entities))["a"]
        events = await client.send("subscribe_events", event_type="state_changed")
        assert (await client.answer(events))["success"]
        strip.move("living_room")
        assert await client.event(entities) == {"r": [lamp]}
        states.async_set(lamp, "on")
        await client.nothing()
        strip.move("bedroom")
        assert lamp in (await client.event(entities))["a"]
        states.async_set(lamp, "off")
        assert (await client.event(events))["data"]["entity_id"] == lamp


async def test_move_while_registries_are_followed(bridge: Bridge, strip: Strip) -> None:
    """Registry events tell that the entity, its device and the parent enter and leave."""
    async with live(bridge, await bridge.add_key(areas=["living_room"])) as client:
        number = await client.send("subscribe_events", event_type="entity_registry_updated")
        assert (await client.answer(number))["success"]
        strip.move("living_room")
        assert (await client.event(number))["data"] == {"action": "create", "entity_id": strip.entity_id}
        devices = {item["id"] for item in await client.result("config/device_registry/list")}
        assert {strip.parent_id, strip.child_id} <= devices
        strip.move("bedroom")
        assert (await client.event(number))["data"] == {"action": "remove", "entity_id": strip.entity_id}
        devices = {item["id"] for item in await client.result("config/device_registry/list")}
        assert not {strip.parent_id, strip.child_id} & devices


async def test_a_removed_area(bridge: Bridge, strip: Strip) -> None:
    """When the area of its parent is removed, a child is in no area."""
    fields = {"domains": ["input_boolean"], "exclude": {"areas": ["bedroom"]}}
    key = (await bridge.act("create_key", name="Other rooms", per_minute=0, **fields))["secret"]
    assert await bridge.entity_ids(key) == {LAMP}
    ar.async_get(strip.hass).async_delete("bedroom")
    assert await bridge.entity_ids(key) == {LAMP, strip.entity_id}


async def test_a_device_becomes_a_child(bridge: Bridge, strip: Strip) -> None:
    """When a device becomes the child of another, it is in the area of that other."""
    devices: Any = dr.async_get(strip.hass)
    fields: dict[str, Any] = {"config_entry_id": strip.config_entry_id, "identifiers": {("test", "second")}}
    device = devices.async_get_or_create(**fields)
    er.async_get(strip.hass).async_update_entity(strip.entity_id, device_id=device.id)
    key = (await bridge.act("create_key", name="Bedroom", per_minute=0, areas=["bedroom"]))["secret"]
    assert await bridge.entity_ids(key) == set()
    devices.async_config_entry_unloaded(strip.config_entry_id)
    child = devices.async_get_or_create_child(**fields, name="Second", parent_device_id=strip.parent_id)
    assert child.id == device.id
    assert await bridge.entity_ids(key) == {strip.entity_id}


@pytest.mark.parametrize("target", ["area_id", "floor_id"])
async def test_calls_agree_with_home_assistant(bridge: Bridge, strip: Strip, target: str) -> None:
    """A call for an area reaches the entities of a child there. It is allowed if they are all in scope."""
    floor = fr.async_get(strip.hass).async_create("Upstairs")
    ar.async_get(strip.hass).async_update("bedroom", floor_id=floor.floor_id)
    data = {target: {"area_id": "bedroom", "floor_id": floor.floor_id}[target]}
    ability: dict[str, Any] = {"capabilities": ["read", "control"]}
    others = await bridge.add_key("Others", domains=["input_boolean"], exclude={"areas": ["bedroom"]}, **ability)
    assert (await bridge.post("/api/services/input_boolean/turn_on", others, json=data)).status == 403
    assert strip.hass.states.is_state(strip.entity_id, "off")
    bedroom = await bridge.add_key("Bedroom", areas=["bedroom"], **ability)
    answer = await bridge.post("/api/services/input_boolean/turn_on", bedroom, json=data)
    assert [state["entity_id"] for state in await answer.json()] == [strip.entity_id]
