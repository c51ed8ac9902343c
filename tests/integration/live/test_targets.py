"""Targets and related items, within a scope."""

from typing import Any

import pytest
from homeassistant.components.search import Searcher
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.config_validation import TARGET_FIELDS
from homeassistant.setup import async_setup_component

from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, live
from tests.integration.live.registry_house import MARKER, Manor, components, ensure_nothing_hidden, manor

__all__ = ["components", "manor"]

RADIO = f"media_player.radio0_{MARKER}"
USABLE = ("get_triggers_for_target", "get_conditions_for_target", "get_services_for_target")
TARGETS: tuple[dict[str, Any], ...] = (
    {},
    {"entity_id": []},
    {"entity_id": "light.lamp"},
    {"entity_id": ["light.lamp", "light.nobody", "group.nobody", RADIO]},
    {"entity_id": ["group.all", "group.loop"]},
    {"area_id": "living_room"},
    {"area_id": ["living_room", "bedroom", "nowhere"]},
    {"device_id": ["LAMP", "HIDDEN", "nothing"]},
    {"floor_id": ["ground_floor", "nowhere"]},
    {"label_id": ["evening", "nothing"]},
    {"label_id": "LABEL", "floor_id": "UPPER"},
    {"area_id": "living_room", "exclude": {"entity_id": "light.lamp"}},
    {"entity_id": ["group.all", "light.nobody"], "exclude": {"entity_id": ["group.all", "light.nobody"]}},
    {"area_id": ["living_room", "bedroom", "nowhere"], "exclude": {"area_id": ["bedroom", "nowhere"]}},
    {"device_id": ["LAMP", "nothing"], "exclude": {"device_id": ["LAMP", "nothing"]}},
)
OPTIONS = [{}, {"expand_group": True}, {"expand_group": False}, {"primary_entities_only": False}]


@pytest.fixture
def groups(manor: Manor) -> Manor:
    """Add groups: of all, of each other, and one that is hidden with a member that is not."""
    states = manor.hass.states
    states.async_set(f"group.{MARKER}", "on", {"entity_id": ["light.lamp", RADIO]})
    states.async_set("group.all", "on", {"entity_id": ["light.lamp", RADIO, f"group.{MARKER}"]})
    states.async_set("group.loop", "on", {"entity_id": ["group.loop2", "light.lamp"]})
    states.async_set("group.loop2", "on", {"entity_id": [RADIO]})
    return manor


def with_ids(manor: Manor, target: Any) -> Any:
    """Put ids in place of their names."""
    names = {
        "LAMP": manor.lamp_device,
        "HIDDEN": manor.hidden_device,
        "LABEL": manor.hidden_label,
        "UPPER": f"upper_{MARKER}",
    }
    if isinstance(target, dict):
        return {name: with_ids(manor, item) for name, item in target.items()}
    return [with_ids(manor, item) for item in target] if isinstance(target, list) else names.get(target, target)


def unordered(result: Any) -> Any:
    """Return a result with its sets sorted."""
    return {name: sorted(items) for name, items in result.items()} if isinstance(result, dict) else sorted(result)


def skip_unknown(target: dict[str, Any]) -> None:
    """Skip a target that this Home Assistant cannot have."""
    if "exclude" in target and "exclude" not in {str(name) for name in TARGET_FIELDS}:
        pytest.skip("this Home Assistant has no targets that exclude")


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("target", TARGETS, ids=str)
async def test_extraction_is_equal_to_home_assistants_own(
    groups: Manor, own: LiveClient, ours: LiveClient, target: dict[str, Any], options: dict[str, bool]
) -> None:
    """A key that sees everything gets what Home Assistant's own command selects."""
    skip_unknown(target)
    fields = {"target": with_ids(groups, target), **options}
    result = unordered(await own.result("extract_from_target", **fields))
    assert unordered(await ours.result("extract_from_target", **fields)) == result


@pytest.mark.parametrize("expand", [True, False])
@pytest.mark.parametrize("command", USABLE)
async def test_what_can_be_used_is_equal_to_home_assistants_own(
    groups: Manor, ours: LiveClient, own: LiveClient, command: str, *, expand: bool
) -> None:
    """A key that sees everything gets what can be used with a target, of the services those that it may call."""
    offered = {f"{domain}.{name}" for domain, found in (await ours.result("get_services")).items() for name in found}
    targets: tuple[dict[str, Any], ...] = (
        {"entity_id": "input_boolean.living_room_lamp"},
        {"area_id": ["living_room", "bedroom"]},
        {"entity_id": ["group.all", "script.seen", "automation.seen", "scene.seen", "light.nobody"]},
        {"device_id": [groups.lamp_device, "nothing"]},
        {},
    )
    sizes = []
    for target in targets:
        fields = {"target": target, "expand_group": expand}
        result = set(await own.result(command, **fields))
        if command == "get_services_for_target":
            result &= offered
        assert set(await ours.result(command, **fields)) == result, target
        sizes.append(len(result))
    assert command != "get_services_for_target" or any(sizes)


async def test_primary_entities(manor: Manor, own: LiveClient, ours: LiveClient) -> None:
    """A setting of a device counts as Home Assistant's own command counts it."""
    registry = er.async_get(manor.hass)
    registry.async_update_entity("input_boolean.living_room_lamp", entity_category=EntityCategory.CONFIG)
    for command in USABLE:
        for target in ({"area_id": "living_room"}, {"entity_id": "input_boolean.living_room_lamp"}):
            result = set(await own.result(command, target=target))
            if command == "get_services_for_target":
                result = {name for name in result if not name.startswith("homeassistant.")}
                found = set(await ours.result(command, target=target))
                assert {name for name in found if not name.startswith("homeassistant.")} == result
            else:
                assert set(await ours.result(command, target=target)) == result


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        *((command, {}) for command in ("extract_from_target", *USABLE)),
        *((command, {"target": {"entity_id": "lamp"}}) for command in ("extract_from_target", *USABLE)),
        *((command, {"target": {"wrong": "lamp"}}) for command in ("extract_from_target", *USABLE)),
        *((command, {"target": {}, "expand_group": 1}) for command in ("extract_from_target", *USABLE)),
        ("search/related", {"item_type": "planet", "item_id": "x"}),
        ("search/related", {"item_type": "area"}),
        ("search/related", {"item_type": "area", "item_id": 5}),
    ],
)
async def test_malformed(own: LiveClient, ours: LiveClient, command: str, fields: dict[str, Any]) -> None:
    """Fields that are missing, unknown or of a wrong type are refused as by Home Assistant."""
    error = await ours.error(command, **fields)
    assert error["code"] == "invalid_format"
    assert error == await own.error(command, **fields)


async def test_too_many_ids(ours: LiveClient) -> None:
    """The size of a target is limited."""
    many = {"entity_id": [f"light.lamp{number}" for number in range(300)], "area_id": list(map(str, range(201)))}
    for command in ("extract_from_target", *USABLE):
        assert (await ours.error(command, target=many))["code"] == "invalid_format"


@pytest.mark.parametrize("command", ["extract_from_target", *USABLE, "search/related"])
async def test_without_the_capability(bridge: Bridge, command: str) -> None:
    """The error for a key without `read` says so."""
    fields: dict[str, Any] = {"item_type": "area", "item_id": "x"} if command == "search/related" else {"target": {}}
    async with live(bridge, await bridge.add_key(capabilities=["metrics"])) as client:
        error = await client.error(command, **fields)
    assert error["code"] == "unauthorized"
    assert "'read'" in error["message"]


async def test_a_narrow_target(groups: Manor) -> None:
    """A key for a room gets what of a target is in the room."""
    secret = await groups.bridge.add_key(areas=["living_room"], entities=["group.all"])
    async with live(groups.bridge, secret) as client:
        room = await client.result("extract_from_target", target={"area_id": ["living_room"]})
        assert set(room["referenced_entities"]) == {"light.lamp", "input_boolean.living_room_lamp"}
        assert room["referenced_devices"] == [groups.lamp_device]
        assert not any(room[name] for name in room if name.startswith("missing"))
        found = await client.result("extract_from_target", target={"entity_id": "group.all"}, expand_group=True)
        assert found["referenced_entities"] == ["light.lamp"]
        floor = await client.result("extract_from_target", target={"floor_id": "ground_floor"})
        assert floor["referenced_areas"] == ["living_room"]
        ensure_nothing_hidden(client)
        services = await client.result("get_services_for_target", target={"area_id": "living_room"})
        assert services == []
        triggers = await client.result("get_triggers_for_target", target={"area_id": "living_room"})
        components = (await client.result("get_config"))["components"]
        assert {name.partition(".")[0] for name in triggers} <= set(components)


async def test_hidden_ids_are_answered_like_missing_ones(groups: Manor) -> None:
    """Hidden IDs get the same response as missing IDs, in every field of a target."""
    hidden = {
        "entity_id": RADIO,
        "device_id": groups.hidden_device,
        "area_id": "bedroom",
        "floor_id": f"upper_{MARKER}",
        "label_id": groups.hidden_label,
    }
    secret = await groups.bridge.add_key(areas=["living_room"])
    async with live(groups.bridge, secret) as client:
        for expand in (True, False):
            for name, item in (*hidden.items(), ("entity_id", f"group.{MARKER}")):
                missing = item.replace(MARKER, "nothing") if MARKER in item else "f" * len(item)
                for command in ("extract_from_target", *USABLE):
                    answers = [
                        await client.result(command, target={name: value}, expand_group=expand)
                        for value in (item, missing)
                    ]
                    assert str(answers[0]).replace(item, missing) == str(answers[1]), (command, name)


async def test_members_of_a_hidden_group(groups: Manor) -> None:
    """A group does not reveal the members of a hidden group in it."""
    groups.hass.states.async_set("group.all", "on", {"entity_id": [f"group.{MARKER}"]})
    secret = await groups.bridge.add_key(entities=["group.all", "light.lamp"])
    async with live(groups.bridge, secret) as client:
        found = await client.result("extract_from_target", target={"entity_id": "group.all"}, expand_group=True)
        assert found["referenced_entities"] == []
        ensure_nothing_hidden(client)


async def test_a_target_while_the_scope_changes(manor: Manor) -> None:
    """Entities that leave the scope are not selected from the next command on."""
    secret = await manor.bridge.add_key(areas=["living_room"])
    async with live(manor.bridge, secret) as client:
        fields = {"target": {"device_id": manor.lamp_device}}
        assert (await client.result("extract_from_target", **fields))["referenced_entities"] == ["light.lamp"]
        dr.async_get(manor.hass).async_update_device(manor.lamp_device, area_id="bedroom")
        found = await client.result("extract_from_target", **fields)
        assert (found["referenced_entities"], found["missing_devices"]) == ([], [manor.lamp_device])


ITEMS = (
    ("area", "living_room"),
    ("area", "nowhere"),
    ("automation", "automation.seen"),
    ("automation_blueprint", "x.yaml"),
    ("config_entry", f"entry_{MARKER}"),
    ("device", "LAMP"),
    ("entity", "light.lamp"),
    ("entity", RADIO),
    ("floor", "ground_floor"),
    ("group", "group.all"),
    ("integration", "test"),
    ("label", "evening"),
    ("person", "person.nobody"),
    ("scene", "scene.seen"),
    ("script", "script.seen"),
    ("script_blueprint", "x.yaml"),
)


@pytest.mark.parametrize(("item_type", "item_id"), ITEMS)
async def test_search_is_equal_to_home_assistants_own(
    groups: Manor, own: LiveClient, ours: LiveClient, item_type: str, item_id: str
) -> None:
    """A key that sees everything finds what Home Assistant's own search finds, but for configuration entries."""
    fields = {"item_type": item_type, "item_id": with_ids(groups, item_id)}
    if not hasattr(Searcher, f"_async_search_{item_type}"):
        assert (await ours.result("search/related", **fields))["entity"]
        pytest.skip("this Home Assistant's own search fails for integrations")
    result = await own.result("search/related", **fields)
    result.pop("config_entry", None)
    expected = {} if item_type == "config_entry" else unordered(result)
    assert unordered(await ours.result("search/related", **fields)) == expected


async def test_a_narrow_search(groups: Manor) -> None:
    """A key for a room finds what is related within the room."""
    seen = ["automation.seen", "script.seen", "scene.seen", "group.all"]
    secret = await groups.bridge.add_key(areas=["living_room"], entities=seen)
    async with live(groups.bridge, secret) as client:

        async def search(item_type: str, item_id: str) -> Any:
            return unordered(await client.result("search/related", item_type=item_type, item_id=item_id))

        of_lamp = {
            "automation": ["automation.seen"],
            "group": ["group.all"],
            "scene": ["scene.seen"],
            "script": ["script.seen"],
        }
        place = {"area": ["living_room"], "floor": ["ground_floor"]}
        assert (
            await search("entity", "light.lamp")
            == {
                **of_lamp,
                **place,
                "device": [groups.lamp_device],
                "integration": ["test"],
                "label": [groups.label],
            }
            or "test" not in groups.hass.config.components
        )
        assert await search("device", groups.lamp_device) == {
            **of_lamp,
            **place,
            "entity": ["light.lamp"],
            "label": [groups.label],
        }
        room = {"device": [groups.lamp_device], "entity": ["input_boolean.living_room_lamp", "light.lamp"]}
        assert await search("area", "living_room") == {**of_lamp, **room, "floor": ["ground_floor"]}
        assert await search("floor", "ground_floor") == {**of_lamp, **room, "area": ["living_room"]}
        assert await search("label", groups.label) == {
            **of_lamp,
            "device": [groups.lamp_device],
            "entity": ["light.lamp"],
        }
        assert await search("group", "group.all") == {"entity": ["light.lamp"]}
        assert (await search("scene", "scene.seen"))["entity"] == ["light.lamp"]
        for item_type, item_id in (("automation", "automation.seen"), ("script", "script.seen")):
            assert "entity" not in await search(item_type, item_id)
        ensure_nothing_hidden(client)


async def test_a_search_from_what_is_hidden(groups: Manor) -> None:
    """Hidden items have no related items, like items that do not exist."""
    secret = await groups.bridge.add_key(areas=["living_room"], entities=["automation.seen"])
    hidden = (
        ("area", "bedroom"),
        ("automation", f"automation.hidden_{MARKER}"),
        ("config_entry", f"entry_{MARKER}"),
        ("device", groups.hidden_device),
        ("device", groups.hub_device),
        ("entity", RADIO),
        ("floor", f"upper_{MARKER}"),
        ("group", f"group.{MARKER}"),
        ("integration", "media_player"),
        ("label", groups.hidden_label),
        ("scene", "scene.seen"),
    )
    async with live(groups.bridge, secret) as client:
        for item_type, item_id in hidden:
            assert await client.result("search/related", item_type=item_type, item_id=item_id) == {}, item_type
        assert await client.result("search/related", item_type="entity", item_id="x" * 257) == {}


async def test_a_search_that_would_pass_through_what_is_hidden(groups: Manor) -> None:
    """An automation that refers to a hidden entity is not told by the area of that entity."""
    ar.async_get(groups.hass).async_update("bedroom", floor_id="ground_floor")
    dr.async_get(groups.hass).async_update_device(groups.lamp_device, area_id="bedroom")
    secret = await groups.bridge.add_key(areas=["living_room"], entities=["automation.seen"])
    async with live(groups.bridge, secret) as client:
        found = await client.result("search/related", item_type="floor", item_id="ground_floor")
        assert unordered(found) == {"area": ["living_room"], "entity": ["input_boolean.living_room_lamp"]}


class TestNotSetUp:
    """An instance without a search."""

    @pytest.fixture(autouse=True)
    async def components(self, hass: HomeAssistant) -> None:
        """Set up what the commands need, without the search."""
        assert await async_setup_component(hass, "websocket_api", {})

    async def test_nothing_is_set_up(self, ours: LiveClient) -> None:
        """Integrations that are not set up return no results."""
        assert await ours.result("search/related", item_type="area", item_id="living_room") == {}
