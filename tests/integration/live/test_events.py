"""`subscribe_events` and `fire_event`: events in scope, and types on the event list."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.drawbridge.operations.event_filter import event_json
from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, live
from tests.integration.live.conftest import EVERYTHING

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"
REGISTRIES = ("entity", "device", "area", "floor", "label", "category")
HIDDEN = "hidden_marker"


async def subscribed(client: LiveClient, event_type: str | None = None) -> int:
    """Subscribe, and return the id."""
    fields = {} if event_type is None else {"event_type": event_type}
    number = await client.send("subscribe_events", **fields)
    answer = await client.answer(number)
    assert answer == {"id": number, "type": "result", "success": True, "result": None}
    return number


def brief(events: list[Any]) -> list[tuple[str, Any]]:
    """Return types and data."""
    return [(event["event_type"], event["data"]) for event in events]


def recorded(hass: HomeAssistant, event_type: str) -> list[Any]:
    """Return a list of the events of a type that are fired from now on."""
    fired: list[Any] = []
    hass.bus.async_listen(event_type, callback(lambda event: fired.append(event)))  # noqa: PLW0108 - callbacks carry a mark
    return fired


async def received(client: LiveClient, number: int) -> list[Any]:
    """Return all events of a subscription so far."""
    await asyncio.sleep(0.03)
    await client.command("ping")
    return client.events.pop(number, [])


def add_device(hass: HomeAssistant, name: str, area_id: str | None = None) -> tuple[str, str]:
    """Add a device with one entity, and return the ids of both."""
    entry = MockConfigEntry(domain="test", title=HIDDEN)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("test", f"{HIDDEN}_{name}")},
        connections={("mac", f"12:34:56:ab:cd:{len(name):02d}")},
        name=name,
    )
    if area_id is not None:
        dr.async_get(hass).async_update_device(device.id, area_id=area_id)
    entity = er.async_get(hass).async_get_or_create(
        "light", "test", f"{HIDDEN}_{name}", device_id=device.id, suggested_object_id=name
    )
    return device.id, entity.entity_id


async def change_everything(hass: HomeAssistant) -> None:
    """Perform actions that fire all kinds of events."""
    entities, areas, devices = er.async_get(hass), ar.async_get(hass), dr.async_get(hass)
    hass.states.async_set(LAMP, "on", {"a": 1})
    hass.bus.async_fire("test_event", {"entity_id": LAMP, "b": [1, {"c": None}]}, context=Context())
    hass.bus.async_fire("other_event", {"text": "hello"})
    hass.states.async_set(LAMP, "off")
    floor = fr.async_get(hass).async_create("Attic")
    area = areas.async_create("Loft", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Fragile")
    category = cr.async_get(hass).async_create(scope="automation", name="Lights")
    entities.async_update_entity(
        LAMP, area_id=area.id, labels={label.label_id}, categories={"automation": category.category_id}, name="Bulb"
    )
    entities.async_update_entity(LAMP, new_entity_id="input_boolean.bulb")
    device_id, entity_id = add_device(hass, "strip", area.id)
    devices.async_update_device(device_id, name_by_user="Strip")
    fr.async_get(hass).async_update(floor.floor_id, level=3)
    areas.async_update(area.id, name="Den")
    areas.async_reorder([area.id, *(item.id for item in areas.async_list_areas() if item.id != area.id)])
    entities.async_remove(entity_id)
    devices.async_remove_device(device_id)
    lr.async_get(hass).async_delete(label.label_id)
    cr.async_get(hass).async_delete(scope="automation", category_id=category.category_id)
    areas.async_delete(area.id)
    fr.async_get(hass).async_delete(floor.floor_id)
    hass.services.async_remove("input_boolean", "toggle")
    hass.services.async_register("input_boolean", "toggle", lambda _call: None)
    hass.bus.async_fire("component_loaded", {"component": "light.test"})
    hass.bus.async_fire("themes_updated")
    hass.bus.async_fire("panels_updated")
    hass.bus.async_fire("lovelace_updated", {"url_path": None})
    await hass.config.async_update(location_name="Home", currency="EUR", latitude=52.1)
    hass.states.async_remove(OTHER)
    await hass.async_block_till_done()


NOT_SHOWN = {
    "config_entry_id", "config_subentry_id", "config_entries", "config_entries_subentries", "primary_config_entry",
    "connections", "identifiers", "serial_number", "categories",
}  # fmt: skip


def without_ids(event: dict[str, Any]) -> dict[str, Any]:
    """Return Home Assistant's event without what no key sees."""
    data = {name: value for name, value in event["data"].items() if name != "device"}
    if "changes" in data:
        data["changes"] = {name: value for name, value in data["changes"].items() if name not in NOT_SHOWN}
    return {**event, "data": data}


async def test_equal(bridge: Bridge, own: LiveClient, hass: HomeAssistant) -> None:
    """A key that sees everything gets what Home Assistant's own API delivers, in the same order."""
    secret = await bridge.add_key("All", capabilities=EVERYTHING, events=["*"])
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": [LAMP, OTHER]}, blocking=True)
    async with live(bridge, secret) as client:
        ours, theirs = await subscribed(client), await subscribed(own)
        await change_everything(hass)
        actual, expected = await received(client, ours), await received(own, theirs)
    assert len(expected) > 30
    for one, other in zip(actual, expected, strict=True):
        assert one == without_ids(other)


async def test_one_type(own: LiveClient, ours: LiveClient, hass: HomeAssistant) -> None:
    """A subscription to a type only gets that type; nothing is sent after unsubscribing."""
    clients = [(client, await subscribed(client, "test_event")) for client in (own, ours)]
    changes = [(client, await subscribed(client, "state_changed")) for client in (own, ours)]
    ended = await subscribed(ours)
    await ours.result("unsubscribe_events", subscription=ended)
    hass.bus.async_fire("test_event", {"a": 1})
    hass.bus.async_fire("test_event_2", {"a": 1})
    hass.states.async_set(LAMP, "on")
    first, second = [await received(client, number) for client, number in clients]
    assert len(first) == 1
    assert first == second
    first, second = [await received(client, number) for client, number in changes]
    assert len(first) == 1
    assert first == second
    assert ended not in ours.events
    error = await ours.error("subscribe_events", event_type=3)
    assert error == await own.error("subscribe_events", event_type=3)
    assert error["code"] == "invalid_format"


@pytest.mark.parametrize("capabilities", [["history"], ["control"]])
async def test_without_read(bridge: Bridge, capabilities: list[str]) -> None:
    """A key without `read` may not subscribe. The error contains the name of the capability."""
    async with live(bridge, await bridge.add_key(capabilities=capabilities)) as client:
        error = await client.error("subscribe_events")
        assert error["code"] == "unauthorized"
        assert "'read'" in error["message"]


async def test_states_in_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """Changes of states: those in scope, redacted, for a subscription to all as for one to the type."""
    secret = await bridge.add_key(areas=["living_room"])
    async with live(bridge, secret) as client:
        numbers = [await subscribed(client, "state_changed"), await subscribed(client)]
        hass.states.async_set(OTHER, "on", {"text": HIDDEN})
        hass.states.async_set(f"sensor.{HIDDEN}", "1")
        hass.states.async_set(LAMP, "on", {"latitude": 52.0, "access_token": HIDDEN, "link": f"/api/hls/{HIDDEN}/x"})
        for number in numbers:
            [event] = await received(client, number)
            assert event["data"]["entity_id"] == LAMP
            assert event["data"]["new_state"]["attributes"] == {"link": "**REDACTED**"}
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_any_type_is_accepted(bridge: Bridge, hass: HomeAssistant) -> None:
    """A type that is not on the list is accepted and delivers nothing, nor do Drawbridge's own events."""
    secret = await bridge.add_key(events=["listed"], capabilities=EVERYTHING)
    async with live(bridge, secret) as client:
        for kind in ("nodered", "unlisted", "drawbridge_audit", "Drawbridge_x", "state_reported", "x" * 200):
            await subscribed(client, kind)
        number = await subscribed(client)
        for kind in ("unlisted", "drawbridge_audit", "Drawbridge_x", "user_added"):
            hass.bus.async_fire(kind, {"text": HIDDEN})
        hass.bus.async_fire("listed", {"text": "seen"})
        assert brief(await received(client, number)) == [("listed", {"text": "seen"})]
        await client.nothing()
        assert not any(HIDDEN in str(message) for message in client.log)


@pytest.mark.parametrize(
    "data",
    [
        {"entity_id": OTHER},
        {"text": f"the lamp {OTHER} is on"},
        {"deep": [{"target": {"area_id": "bedroom"}}]},
        {"entity_id": "all"},
        {OTHER: 1},
        {"domain": "drawbridge", "service": "create_key"},
        {"names": ["drawbridge_audit"]},
        {"state": object()},
    ],
)
async def test_listed_data_out_of_scope(bridge: Bridge, hass: HomeAssistant, data: dict[str, Any]) -> None:
    """A listed event is not delivered if its data refers to something out of scope."""
    secret = await bridge.add_key(areas=["living_room"], events=["*"])
    async with live(bridge, secret) as client:
        number = await subscribed(client, "listed")
        hass.bus.async_fire("listed", {**data, "text_": HIDDEN})
        hass.bus.async_fire("listed", {"entity_id": LAMP, "token": "secret", "latitude": 3.0})
        assert brief(await received(client, number)) == [("listed", {"entity_id": LAMP, "token": "**REDACTED**"})]
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_states_in_objects(bridge: Bridge, hass: HomeAssistant) -> None:
    """Objects in the data of an event are looked into as clients would see them."""
    secret = await bridge.add_key(areas=["living_room"], events=["listed"])
    async with live(bridge, secret) as client:
        number = await subscribed(client, "listed")
        hass.bus.async_fire("listed", {"state": hass.states.get(OTHER)})
        hass.bus.async_fire("listed", {"state": hass.states.get(LAMP)})
        [event] = await received(client, number)
        assert event["data"]["state"]["entity_id"] == LAMP


async def test_order(bridge: Bridge, hass: HomeAssistant) -> None:
    """Changes of states and other events keep their order, also in a burst."""
    secret = await bridge.add_key(events=["listed"], capabilities=EVERYTHING)
    async with live(bridge, secret) as client:
        number = await subscribed(client)
        for step in range(50):
            hass.states.async_set(LAMP, "on", {"step": step})
            if step % 3 == 0:
                hass.bus.async_fire("listed", {"step": step})
        events = await received(client, number)
        steps = [
            event["data"].get("step", -1)
            if event["event_type"] == "listed"
            else event["data"]["new_state"]["attributes"]["step"]
            for event in events
        ]
        assert steps == sorted(steps)
        assert len(steps) == 67


async def test_narrow_registries(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key for a room gets events about its own entries. Entering the scope is a creation, leaving it a removal."""
    entities, areas = er.async_get(hass), ar.async_get(hass)
    secret = await bridge.add_key(areas=["living_room"])
    bedroom = areas.async_get_area_by_name("Bedroom")
    living_room = areas.async_get_area_by_name("Living Room")
    assert bedroom is not None
    assert living_room is not None
    async with live(bridge, secret) as client:
        number = await subscribed(client)
        # Nothing of it is in scope.
        hidden = areas.async_create(HIDDEN)
        label = lr.async_get(hass).async_create(f"{HIDDEN} label")
        floor = fr.async_get(hass).async_create(f"{HIDDEN} floor")
        areas.async_update(hidden.id, floor_id=floor.floor_id)
        device_id, entity_id = add_device(hass, "stranger", bedroom.id)
        entities.async_update_entity(OTHER, name=HIDDEN, labels={label.label_id}, area_id=hidden.id)
        entities.async_update_entity(OTHER, new_entity_id=f"input_boolean.{HIDDEN}")
        areas.async_reorder([item.id for item in areas.async_list_areas()])
        assert await received(client, number) == []
        # A device with an entity enters, with what it names.
        dr.async_get(hass).async_update_device(device_id, area_id=living_room.id)
        assert brief(await received(client, number)) == [
            ("entity_registry_updated", {"action": "create", "entity_id": entity_id}),
            ("device_registry_updated", {"action": "create", "device_id": device_id}),
        ]
        entities.async_update_entity(entity_id, name="Strip")
        [event] = await received(client, number)
        assert event["data"] == {"action": "update", "entity_id": entity_id, "changes": {"name": None}}
        # It names an area and a label of its own, and leaves.
        entities.async_update_entity(entity_id, area_id=hidden.id)
        left = brief(await received(client, number))
        assert left[0] == ("entity_registry_updated", {"action": "remove", "entity_id": entity_id})
        assert left[1:] == [("device_registry_updated", {"action": "remove", "device_id": device_id})]
        dr.async_get(hass).async_update_device(device_id, name_by_user=HIDDEN)
        dr.async_get(hass).async_remove_device(device_id)
        await hass.async_block_till_done()
        assert await received(client, number) == []
        areas.async_update(living_room.id, name="Lounge")
        [event] = await received(client, number)
        assert event["data"] == {"action": "update", "area_id": "living_room"}
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_narrow_order(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key is told that areas or floors were reordered if those that it sees have another order."""
    areas, floors = ar.async_get(hass), fr.async_get(hass)
    first, second, hidden = [floors.async_create(name) for name in ("First", "Second", HIDDEN)]
    areas.async_create(HIDDEN, floor_id=hidden.floor_id)
    areas.async_update("living_room", floor_id=first.floor_id)
    areas.async_update("bedroom", floor_id=second.floor_id)
    own, other = ["living_room", "bedroom"], [area.id for area in areas.async_list_areas()]
    other = [item for item in other if item not in own]
    async with live(bridge, await bridge.add_key(areas=own)) as client:
        number = await subscribed(client)
        areas.async_reorder([*own, *other])
        floors.async_reorder([first.floor_id, second.floor_id, hidden.floor_id])
        await received(client, number)
        areas.async_reorder([*other, *own])
        floors.async_reorder([first.floor_id, hidden.floor_id, second.floor_id])
        assert await received(client, number) == []
        areas.async_reorder([*other, *reversed(own)])
        floors.async_reorder([second.floor_id, hidden.floor_id, first.floor_id])
        assert [event["event_type"] for event in await received(client, number)] == [
            "area_registry_updated",
            "floor_registry_updated",
        ]


async def test_narrow_changes(bridge: Bridge, hass: HomeAssistant) -> None:
    """Old values name nothing that the key does not see, and no ids of configuration."""
    entities = er.async_get(hass)
    hidden = lr.async_get(hass).async_create(f"{HIDDEN} label")
    seen = lr.async_get(hass).async_create("Seen")
    entities.async_update_entity(LAMP, labels={hidden.label_id, seen.label_id})
    async with live(bridge, await bridge.add_key(entities=[LAMP])) as client:
        number = await subscribed(client, "entity_registry_updated")
        entities.async_update_entity(LAMP, labels={seen.label_id}, area_id="bedroom", name="Bulb")
        [event] = await received(client, number)
        assert event["data"] == {"action": "update", "entity_id": LAMP, "changes": {"name": None}}
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_changes_like_entries(bridge: Bridge, hass: HomeAssistant) -> None:
    """Old values are those that the entry shows: no code of a lock, no address of a device, for no key."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    device_id, entity_id = add_device(hass, "strip", "living_room")
    for scope in ({"areas": ["living_room"]}, {"everything": True}):
        entities.async_update_entity_options(entity_id, "lock", {"default_code": HIDDEN})
        entities.async_update_entity_options(entity_id, "light", {"favorite_colors": [{"hs_color": [1, 2]}]})
        devices.async_update_device(device_id, configuration_url=f"https://{HIDDEN}.local/", serial_number=HIDDEN)
        async with live(bridge, await bridge.add_key(**scope)) as client:
            number = await subscribed(client)
            entities.async_update_entity_options(entity_id, "lock", {"default_code": "1"})
            entities.async_update_entity_options(entity_id, "light", None)
            devices.async_update_device(device_id, configuration_url=None, serial_number=None, name_by_user=str(scope))
            changes = [event["data"]["changes"] for event in await received(client, number)]
            light = {"options": {"light": {"favorite_colors": [{"hs_color": [1, 2]}]}}}
            assert changes[:2] == [light, light]
            assert changes[2].keys() == {"name_by_user"}
            assert not any(HIDDEN in str(message) for message in client.log)


async def test_removed_entries(bridge: Bridge, hass: HomeAssistant) -> None:
    """The removal of a visible entry and of its device is sent, whatever included it."""
    device_id, entity_id = add_device(hass, "strip", "living_room")
    label = lr.async_get(hass).async_create("Strip label")
    er.async_get(hass).async_update_entity(entity_id, labels={label.label_id})
    async with live(bridge, await bridge.add_key(areas=["living_room"])) as client:
        numbers = {kind: await subscribed(client, f"{kind}_registry_updated") for kind in REGISTRIES}
        dr.async_get(hass).async_remove_device(device_id)
        await hass.async_block_till_done()
        assert brief(await received(client, numbers["entity"])) == [
            ("entity_registry_updated", {"action": "remove", "entity_id": entity_id})
        ]
        assert brief(await received(client, numbers["device"])) == [
            ("device_registry_updated", {"action": "remove", "device_id": device_id})
        ]
        assert brief(await received(client, numbers["label"])) == [
            ("label_registry_updated", {"action": "remove", "label_id": label.label_id})
        ]
        assert await received(client, numbers["area"]) == []


async def test_own_entries(bridge: Bridge) -> None:
    """No key gets events about the entities and devices of keys."""
    secret = await bridge.add_key("All", capabilities=EVERYTHING, events=["*"])
    async with live(bridge, secret) as client:
        number = await subscribed(client)
        await bridge.add_key(f"{HIDDEN} key")
        await bridge.act("revoke_key", key=bridge.key_id(f"{HIDDEN} key"))
        kinds = {kind for kind, _ in brief(await received(client, number))}
        assert kinds <= {"state_changed", "call_service"}
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_services_and_components(bridge: Bridge, hass: HomeAssistant) -> None:
    """Services that the key may call, components that it sees, the configuration without where the house stands."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["read", "control"])
    async with live(bridge, secret) as client:
        number = await subscribed(client)
        for domain, service in ((HIDDEN, "x"), ("input_boolean", HIDDEN), ("input_boolean", "turn_on")):
            hass.bus.async_fire("service_registered", {"domain": domain, "service": service})
            hass.bus.async_fire("service_removed", {"domain": domain, "service": service})
        for component in (HIDDEN, f"light.{HIDDEN}", "light", "input_boolean", "recorder"):
            hass.bus.async_fire("component_loaded", {"component": component})
        hass.bus.async_fire("lovelace_updated", {"url_path": HIDDEN})
        hass.bus.async_fire("themes_updated", {})
        hass.bus.async_fire("panels_updated", {"text": HIDDEN})
        await hass.config.async_update(currency="EUR", latitude=12.5, external_url=f"https://{HIDDEN}.example.com")
        assert brief(await received(client, number)) == [
            ("service_registered", {"domain": "input_boolean", "service": "turn_on"}),
            ("service_removed", {"domain": "input_boolean", "service": "turn_on"}),
            ("component_loaded", {"component": "input_boolean"}),
            ("component_loaded", {"component": "recorder"}),
            ("core_config_updated", {"currency": "EUR"}),
        ]
        # Only what the key does not see has changed.
        await hass.config.async_update(latitude=13.5, external_url=None)
        assert await received(client, number) == []
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_key_changes(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key that is narrowed or loses `read` gets no more events, and gets them again when it is restored."""
    secret = await bridge.add_key("One", events=["listed"])

    def fire(text: str) -> None:
        hass.states.async_set(OTHER, text)
        hass.bus.async_fire("listed", {"text": text})
        er.async_get(hass).async_update_entity(OTHER, name=text)

    async with live(bridge, secret) as client:
        number = await subscribed(client)
        fire("first")
        kinds = {kind for kind, _ in brief(await received(client, number))}
        assert kinds == {"state_changed", "listed", "entity_registry_updated"}
        await bridge.edit_key("One", "scope", {"everything": False, "areas": ["living_room"]})
        fire(HIDDEN)
        assert brief(await received(client, number)) == [("listed", {"text": HIDDEN})]
        await bridge.edit_key("One", "abilities", {"capabilities": ["history"], "events": ["listed"]})
        hass.states.async_set(LAMP, "secret")
        fire("secret")
        assert await received(client, number) == []
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"], "events": []})
        fire("secret")
        hass.states.async_set(LAMP, "back")
        assert [kind for kind, _ in brief(await received(client, number))] == ["state_changed"]
        assert not any("secret" in str(event) for event in client.events.values())
    assert len(bridge.entry.runtime_data.events) == 0
    assert not hass.bus.async_listeners().get("*")


async def test_moved(bridge: Bridge, hass: HomeAssistant) -> None:
    """An entity that moves into the scope is heard of from then on, one that moves out of it, no more."""
    async with live(bridge, await bridge.add_key(areas=["living_room"])) as client:
        number = await subscribed(client, "state_changed")
        er.async_get(hass).async_update_entity(OTHER, area_id="living_room")
        er.async_get(hass).async_update_entity(LAMP, area_id="bedroom")
        hass.states.async_set(LAMP, HIDDEN)
        hass.states.async_set(OTHER, "on")
        [event] = await received(client, number)
        assert event["data"]["entity_id"] == OTHER
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_shared_encoding(bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event is encoded once for all connections to which it looks the same, of one key or of several."""
    calls: list[Any] = []

    def counted(*args: Any) -> bytes:
        calls.append(args)
        return event_json(*args)

    monkeypatch.setattr("custom_components.drawbridge.operations.event_hub.event_json", counted)
    secrets = [await bridge.add_key(name, events=["listed"]) for name in "ABC"]
    async with live(bridge, secrets[0]) as one, live(bridge, secrets[0]) as two, live(bridge, secrets[1]) as three:
        numbers = [await subscribed(client, "listed") for client in (one, two, three)]
        hass.bus.async_fire("listed", {"token": "x"})
        for client, number in zip((one, two, three), numbers, strict=True):
            assert len(await received(client, number)) == 1
    assert len(calls) == 1


async def test_fire(bridge: Bridge, own: LiveClient, hass: HomeAssistant) -> None:
    """An event on the list is fired, as Home Assistant's own command fires it, by the user of the key."""
    secret = await bridge.add_key("All", capabilities=EVERYTHING, events=["listed"])
    fired = recorded(hass, "listed")
    async with live(bridge, secret) as client:
        fields: list[dict[str, Any]] = [
            {},
            {"event_data": {}},
            {"event_data": {"a": [1, 2.5, None], "entity_id": OTHER}},
        ]
        for data in fields:
            result = await client.result("fire_event", event_type="listed", **data)
            expected = await own.result("fire_event", event_type="listed", **data)
            assert result["context"].keys() == expected["context"].keys()
            first, second = fired[-2:]
            assert (first.data, first.origin) == (second.data, second.origin)
            assert first.context.id == result["context"]["id"]
            assert first.context.user_id == result["context"]["user_id"]
        for wrong in ({}, {"event_type": 5}, {"event_type": "listed", "event_data": "x"}):
            assert await client.error("fire_event", **wrong) == await own.error("fire_event", **wrong)


@pytest.mark.parametrize(
    ("events", "event_type", "code"),
    [
        (["listed"], "unlisted", "unauthorized"),
        (["*"], "Drawbridge_x", "unauthorized"),
        (["*"], "homeassistant_stop", "unauthorized"),
        (["*"], "homeassistant_final_write", "unauthorized"),
        (["*"], "x" * 65, "home_assistant_error"),
        (["*"], "any_type", None),
        (["*", "homeassistant_start"], "homeassistant_start", None),
    ],
)
async def test_fire_allowed(
    bridge: Bridge, hass: HomeAssistant, events: list[str], event_type: str, code: str | None
) -> None:
    """Types that are not on the list are refused. `*` allows all types except those that stop Home Assistant."""
    fired = recorded(hass, event_type)
    async with live(bridge, await bridge.add_key(capabilities=["fire_event"], events=events)) as client:
        answer = await client.command("fire_event", event_type=event_type, event_data={})
        assert answer["success"] is (code is None)
        assert code is None or answer["error"]["code"] == code
    assert len(fired) == (code is None)


async def test_fire_within_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """The data of a fired event may only refer to entities in scope. Missing and hidden entities are refused alike."""
    fired = recorded(hass, "listed")
    secret = await bridge.add_key(areas=["living_room"], capabilities=["fire_event"], events=["listed"])
    async with live(bridge, secret) as client:
        hidden = await client.error("fire_event", event_type="listed", event_data={"entity_id": OTHER})
        missing = await client.error("fire_event", event_type="listed", event_data={"entity_id": "light.none"})
        assert hidden == missing
        assert hidden["code"] == "unauthorized"
        await client.result("fire_event", event_type="listed", event_data={"entity_id": LAMP})
    assert len(fired) == 1


async def test_fire_without_capability(bridge: Bridge) -> None:
    """The error for a key without `fire_event` contains the name of the capability."""
    async with live(bridge, await bridge.add_key(events=["listed"])) as client:
        error = await client.error("fire_event", event_type="listed")
        assert error["code"] == "unauthorized"
        assert "'fire_event'" in error["message"]
