"""The registries, as far as a scope reveals them."""

import asyncio
import itertools
from typing import Any

import pytest
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from custom_components.drawbridge.operations.revealed import all_devices
from tests.integration.live.client import LiveClient, live
from tests.integration.live.registry_house import (
    Manor,
    add_device,
    components,
    ensure_nothing_hidden,
    manor,
)

__all__ = ["components", "manor"]

COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("config/entity_registry/list", {}),
    ("config/entity_registry/list_for_display", {}),
    ("config/entity_registry/get", {"entity_id": "light.lamp"}),
    ("config/entity_registry/get_entries", {"entity_ids": ["light.lamp", "light.nobody"]}),
    ("config/device_registry/list", {}),
    ("config/area_registry/list", {}),
    ("config/floor_registry/list", {}),
    ("config/label_registry/list", {}),
    ("config/category_registry/list", {"scope": "automation"}),
)
EMPTY: dict[str, Any] = {
    "config_entries": [], "config_entries_subentries": {}, "config_entry_id": None, "config_subentry_id": None,
    "configuration_url": None, "connections": [], "identifiers": [], "primary_config_entry": None,
    "serial_number": None,
}  # fmt: skip
"""The fields that are hidden from every key."""


def less_hidden(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of Home Assistant's own as keys get it."""
    shown = {name: EMPTY.get(name, value) for name, value in entry.items()}
    if "unique_id" in shown:
        shown["unique_id"] = shown["id"]
        shown["options"] = {name: value for name, value in shown["options"].items() if name != "lock"}
    return shown


def expected(result: Any, own_ids: set[str]) -> Any:
    """Return a result of Home Assistant's own as a key that sees everything gets it."""
    if isinstance(result, list):
        return [less_hidden(item) for item in result if item.get("id", item.get("entity_id")) not in own_ids]
    if "entities" in result:
        return {**result, "entities": [item for item in result["entities"] if item["ei"] not in own_ids]}
    if "entity_id" in result:
        return less_hidden(result)
    return {name: item and less_hidden(item) for name, item in result.items()}


@pytest.mark.parametrize(("command", "fields"), COMMANDS, ids=[command for command, _ in COMMANDS])
async def test_equal_to_home_assistants_own(
    manor: Manor, own: LiveClient, ours: LiveClient, command: str, fields: dict[str, Any]
) -> None:
    """A key that sees everything gets Home Assistant's own result, less what no client needs."""
    entries = er.async_get(manor.hass).entities.values()
    own_ids = {item.id for item in all_devices(manor.hass) if any("drawbridge" in pair for pair in item.identifiers)}
    own_ids |= {name for entry in entries if entry.platform == "drawbridge" for name in (entry.entity_id, entry.id)}
    assert own_ids
    result = await own.result(command, **fields)
    assert result
    assert await ours.result(command, **fields) == expected(result, own_ids)


@pytest.mark.parametrize("entity_id", ["light.nobody", "media_player.radio0_hidden_marker"])
async def test_errors(manor: Manor, own: LiveClient, entity_id: str) -> None:
    """Hidden items get the same response as items that do not exist, which is that of Home Assistant."""
    secret = await manor.bridge.add_key(areas=["living_room"])
    async with live(manor.bridge, secret) as ours:
        missing = await own.error("config/entity_registry/get", entity_id="light.nobody")
        assert await ours.error("config/entity_registry/get", entity_id=entity_id) == missing
        entries = await ours.result("config/entity_registry/get_entries", entity_ids=[entity_id])
        assert entries == {entity_id: None}


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("config/entity_registry/list", {"extra": 1}),
        ("config/entity_registry/get", {}),
        ("config/entity_registry/get", {"entity_id": "lamp"}),
        ("config/entity_registry/get", {"entity_id": 7}),
        ("config/entity_registry/get_entries", {"entity_ids": {"a": 1}}),
        ("config/category_registry/list", {}),
        ("config/category_registry/list", {"scope": 5}),
        ("config/area_registry/list", {"extra": None}),
    ],
)
async def test_malformed(manor: Manor, own: LiveClient, command: str, fields: dict[str, Any]) -> None:
    """Fields that are missing, unknown or of a wrong type are refused as by Home Assistant."""
    secret = await manor.bridge.add_key()
    async with live(manor.bridge, secret) as ours:
        error = await ours.error(command, **fields)
        assert error == await own.error(command, **fields)
        assert error["code"] == "invalid_format"


async def test_too_many_ids(manor: Manor) -> None:
    """A list of ids is bounded."""
    secret = await manor.bridge.add_key()
    async with live(manor.bridge, secret) as client:
        many = [f"light.lamp{number}" for number in range(501)]
        assert (await client.error("config/entity_registry/get_entries", entity_ids=many))["code"] == "invalid_format"


async def test_a_room(manor: Manor) -> None:
    """A key for a room sees the entries of the room, and what these name."""
    secret = await manor.bridge.add_key(areas=["living_room"])
    async with live(manor.bridge, secret) as client:
        results = {command: await client.result(command, **fields) for command, fields in COMMANDS}
        ensure_nothing_hidden(client)
    entities = {item["entity_id"]: item for item in results["config/entity_registry/list"]}
    assert set(entities) == {"input_boolean.living_room_lamp", "light.lamp", "sensor.lamp_power"}
    assert entities["light.lamp"]["device_id"] == manor.lamp_device
    display = results["config/entity_registry/list_for_display"]
    assert [item["ei"] for item in display["entities"]] == ["input_boolean.living_room_lamp", "light.lamp"]
    (device,) = results["config/device_registry/list"]
    assert device["id"] == manor.lamp_device
    assert device["via_device_id"] is None
    assert device["area_id"] == "living_room"
    assert device["labels"] == [manor.label]
    assert device["name_by_user"] == "My lamp"
    assert [item["area_id"] for item in results["config/area_registry/list"]] == ["living_room"]
    assert [item["floor_id"] for item in results["config/floor_registry/list"]] == ["ground_floor"]
    assert [item["label_id"] for item in results["config/label_registry/list"]] == [manor.label]
    (category,) = results["config/category_registry/list"]
    assert category["category_id"] == manor.category
    # The same fields as for a key that sees everything.
    everything = await manor.bridge.add_key("Everything")
    async with live(manor.bridge, everything) as client:
        for command in ("config/entity_registry/list", "config/device_registry/list", "config/area_registry/list"):
            whole = {item.get("id") or item["area_id"]: item for item in await client.result(command)}
            for item in results[command]:
                assert item.keys() == whole[item.get("id") or item["area_id"]].keys()


async def test_nothing_in_scope(manor: Manor) -> None:
    """A key with nothing in scope gets empty results."""
    secret = await manor.bridge.add_key(entities=["light.nobody"])
    async with live(manor.bridge, secret) as client:
        for command, fields in COMMANDS:
            if command.endswith(("list_for_display", "get", "get_entries")):
                continue
            assert await client.result(command, **fields) == [], command
        display = await client.result("config/entity_registry/list_for_display")
        assert display == {"entity_categories": {"0": "config", "1": "diagnostic"}, "entities": []}
        ensure_nothing_hidden(client)


@pytest.mark.parametrize(("command", "fields"), COMMANDS, ids=[command for command, _ in COMMANDS])
async def test_without_the_capability(manor: Manor, command: str, fields: dict[str, Any]) -> None:
    """The error for a key without `read` says so."""
    secret = await manor.bridge.add_key(capabilities=["metrics"])
    async with live(manor.bridge, secret) as client:
        error = await client.error(command, **fields)
    assert error["code"] == "unauthorized"
    assert "'read'" in error["message"]


async def test_an_area_without_entities(manor: Manor) -> None:
    """An area that the scope includes by its ID is visible, even without entities."""
    area = ar.async_get(manor.hass).async_create("Hall")
    secret = await manor.bridge.add_key(areas=[area.id])
    async with live(manor.bridge, secret) as client:
        assert [item["area_id"] for item in await client.result("config/area_registry/list")] == [area.id]
        assert await client.result("config/floor_registry/list") == []


async def test_a_device_in_an_excluded_area(manor: Manor) -> None:
    """A device of an entity in scope is visible. Its area, which is excluded, and the labels of the area are not."""
    dr.async_get(manor.hass).async_update_device(manor.lamp_device, area_id="bedroom")
    er.async_get(manor.hass).async_update_entity("light.lamp", area_id="living_room")
    secret = await manor.bridge.add_key(areas=["living_room"], exclude={"areas": ["bedroom"]})
    async with live(manor.bridge, secret) as client:
        (device,) = await client.result("config/device_registry/list")
        assert device["area_id"] is None
        assert device.get("next_name_part") is None
        assert [item["area_id"] for item in await client.result("config/area_registry/list")] == ["living_room"]
        assert "bedroom" not in str(client.log)


async def test_everything_but_a_label(manor: Manor) -> None:
    """An excluded label and everything with it are hidden."""
    secret = await manor.bridge.add_key(everything=True, exclude={"labels": [manor.hidden_label]})
    async with live(manor.bridge, secret) as client:
        assert [item["label_id"] for item in await client.result("config/label_registry/list")] == [manor.label]
        devices = {item["id"] for item in await client.result("config/device_registry/list")}
        assert manor.hidden_device not in devices
        assert manor.lamp_device in devices
        areas = {item["area_id"] for item in await client.result("config/area_registry/list")}
        assert "bedroom" not in areas


async def test_pictures_and_climate_of_areas(manor: Manor) -> None:
    """The picture of an area needs `images`, and entities that it names are in scope."""
    manor.hass.states.async_set("sensor.attic_hidden_marker", "5", {"device_class": "temperature"})
    ar.async_get(manor.hass).async_update("living_room", temperature_entity_id="sensor.attic_hidden_marker")
    with_images = await manor.bridge.add_key("Images", areas=["living_room"], capabilities=["read", "images"])
    without = await manor.bridge.add_key("None", areas=["living_room"])
    async with live(manor.bridge, with_images) as client:
        (area,) = await client.result("config/area_registry/list")
        assert area["picture"] == "/local/room.png"
        assert area["temperature_entity_id"] is None
        ensure_nothing_hidden(client)
    async with live(manor.bridge, without) as client:
        (area,) = await client.result("config/area_registry/list")
        assert area["picture"] is None


async def test_texts_are_redacted(manor: Manor) -> None:
    """Signed links in names are redacted."""
    link = "http://x/api/webhook/hidden_marker"
    er.async_get(manor.hass).async_update_entity("light.lamp", name=link, icon="mdi:x", aliases=[link])
    dr.async_get(manor.hass).async_update_device(manor.lamp_device, name_by_user=link)
    ar.async_get(manor.hass).async_update("living_room", name=link)
    secret = await manor.bridge.add_key(areas=["living_room"])
    async with live(manor.bridge, secret) as client:
        for command, fields in COMMANDS:
            await client.result(command, **fields)
        ensure_nothing_hidden(client)
        assert "REDACTED" in str(client.log)


async def test_a_scope_that_changes(manor: Manor) -> None:
    """What moves, by the registries or by a change of the key, is seen at the very next command."""
    command = "config/device_registry/list"
    secret = await manor.bridge.add_key(areas=["living_room"])
    async with live(manor.bridge, secret) as client:
        assert [item["id"] for item in await client.result(command)] == [manor.lamp_device]
        dr.async_get(manor.hass).async_update_device(manor.lamp_device, area_id="bedroom")
        assert await client.result(command) == []
        assert [item["entity_id"] for item in await client.result("config/entity_registry/list")] == [
            "input_boolean.living_room_lamp"
        ]
        dr.async_get(manor.hass).async_update_device(manor.lamp_device, area_id="living_room")
        (device,) = await client.result(command)
        assert device["id"] == manor.lamp_device
        dr.async_get(manor.hass).async_update_device(manor.lamp_device, name_by_user="Another name")
        assert (await client.result(command))[0]["name_by_user"] == "Another name"
        await manor.bridge.edit_key("Test", "scope", {"everything": False, "areas": [], "entities": ["sensor.outside"]})
        assert await client.result(command) == []
        assert await client.result("config/area_registry/list") == []


async def test_a_child_device(manor: Manor) -> None:
    """The parent of a child device is seen, as the device names it."""
    registry: Any = dr.async_get(manor.hass)
    if not hasattr(registry, "child_devices"):
        pytest.skip("this Home Assistant has no child devices")
    entry = next(item for item in manor.hass.config_entries.async_entries("test"))
    parent = add_device(manor.hass, entry, "Strip")  # type: ignore[arg-type]
    registry.async_update_device(parent.id, area_id="living_room")
    child = registry.async_get_or_create_child(
        config_entry_id=entry.entry_id, identifiers={("test", "outlet")}, name="Outlet", parent_device_id=parent.id
    )
    er.async_get(manor.hass).async_get_or_create(
        "switch", "test", "outlet", config_entry=entry, device_id=child.id, suggested_object_id="outlet"
    )
    secret = await manor.bridge.add_key(entities=["switch.outlet"])
    async with live(manor.bridge, secret) as client:
        devices = {item["id"]: item for item in await client.result("config/device_registry/list")}
        assert set(devices) == {parent.id, child.id}
        assert devices[child.id]["parent_device_id"] == parent.id
        assert [item["area_id"] for item in await client.result("config/area_registry/list")] == ["living_room"]


async def rename(entities: er.EntityRegistry, name: str) -> None:
    """Rename an entity again and again."""
    for number in itertools.count():
        name = entities.async_update_entity(name, new_entity_id=f"sensor.moved_{number}").entity_id
        await asyncio.sleep(0.002)


@pytest.mark.parametrize("compress", [0, 15])
async def test_large_registries(manor: Manor, own: LiveClient, monkeypatch: pytest.MonkeyPatch, compress: int) -> None:
    """Large lists are not older than the events before them, and equal to Home Assistant's. Their cache is bounded."""
    monkeypatch.setattr("custom_components.drawbridge.operations.entry_json._MAX_ENTRIES", 300)
    entities, devices = er.async_get(manor.hass), dr.async_get(manor.hass)
    entry = next(item for item in manor.hass.config_entries.async_entries("test"))
    for number in range(250):
        device = devices.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("test", f"d{number}")}, name=f"Device {number}"
        )
        for part in range(6):
            entities.async_get_or_create(
                "sensor", "test", f"{number}-{part}", device_id=device.id, suggested_object_id=f"s{number}_{part}"
            )
    wide = await manor.bridge.add_key("Wide", domains=["sensor"])
    odd = await manor.bridge.add_key("Odd", globs=["sensor.s*_1", "sensor.moved_*"])
    commands = ("config/entity_registry/list", "config/device_registry/list")
    async with (
        live(manor.bridge, wide, compress=compress) as first,
        live(manor.bridge, odd, compress=compress) as second,
        asyncio.TaskGroup() as tasks,
    ):
        for client in (first, second):
            await client.result("subscribe_events", event_type="entity_registry_updated")
        renaming = tasks.create_task(rename(entities, "sensor.s249_1"))
        for _ in range(5):
            for client, number in [(client, await client.send(commands[0])) for client in (first, second)]:
                names = [item["entity_id"] for item in (await client.answer(number))["result"]]
                told = [item["event"]["data"]["entity_id"] for item in client.log if item["type"] == "event"]
                (current,) = [name for name in names if name.startswith("sensor.moved_")]
                assert int(current.removeprefix("sensor.moved_")) >= len(told) - 1
                assert len(set(names)) == len(names)
        renaming.cancel()
        for client in (first, second):
            for command in commands:
                shown = {item["id"]: item for item in await client.result(command)}
                whole = {item["id"]: less_hidden(item) for item in await own.result(command)}
                # The device that the lamp is connected through is hidden.
                shown.pop(manor.lamp_device, None)
                assert len(shown) >= 250
                assert {name: whole[name] for name in shown} == shown
    forms = manor.bridge.entry.runtime_data.resources.entry_json._forms.values()  # noqa: SLF001 - memory is the subject
    assert max(len(form._kept) for form in forms) <= 300  # noqa: SLF001 - memory is the subject
