"""Home Assistant itself, its integrations, persons, zones and tags, as far as a scope reveals them."""

from typing import Any

import pytest
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import SetupPhases, async_start_setup

from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, live
from tests.integration.live.registry_house import MARKER, Manor, components, ensure_nothing_hidden, manor

__all__ = ["components", "manor"]

COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("get_config", {}),
    ("manifest/list", {}),
    ("manifest/list", {"integrations": ["light", "hue", "input_boolean"]}),
    ("manifest/list", {"integrations": []}),
    ("manifest/get", {"integration": "hue"}),
    ("integration/setup_info", {}),
    ("entity/source", {}),
    ("person/list", {}),
    ("zone/list", {}),
    ("tag/list", {}),
)


@pytest.fixture
async def items(manor: Manor, own: LiveClient) -> Manor:
    """Add two persons, zones and tags each. One of each is hidden."""
    picture = "/api/image/serve/abc/512x512"
    trackers = ["device_tracker.alice", f"device_tracker.{MARKER}"]
    await own.result("person/create", name="Alice", user_id=None, device_trackers=trackers, picture=picture)
    await own.result("person/create", name=f"Bob {MARKER}", user_id=None, device_trackers=trackers)
    for name in ("Work", f"Club {MARKER}"):
        await own.result("zone/create", name=name, latitude=51.5, longitude=4.25, radius=120, icon="mdi:home")
    for name, device in (("Door", manor.lamp_device), ("Gate", manor.hidden_device), (f"Safe {MARKER}", None)):
        tag_id = name.lower().replace(" ", "-")
        await own.result("tag/create", tag_id=tag_id, name=name, **({"device_id": device} if device else {}))
    await manor.hass.async_block_till_done()
    return manor


def comparable(command: str, result: Any, own_entities: set[str]) -> Any:
    """Return a result without its order, where it has none, and without the bridge's own entities."""
    if command == "entity/source":
        return {name: item for name, item in result.items() if name not in own_entities}
    if command == "get_config":
        return {name: sorted(item) if isinstance(item, list) else item for name, item in result.items()}
    if command in {"manifest/list", "integration/setup_info"}:
        return {item["domain"]: item for item in result}
    return result


def note_setup_time(hass: HomeAssistant) -> None:
    """Let an integration be set up while Home Assistant starts: later, nobody takes the time."""
    state = hass.state
    hass.set_state(CoreState.starting)
    with async_start_setup(hass, "input_boolean", SetupPhases.SETUP):
        pass
    hass.set_state(state)


@pytest.mark.parametrize(("command", "fields"), COMMANDS)
async def test_equal_to_home_assistants_own(
    items: Manor, own: LiveClient, ours: LiveClient, command: str, fields: dict[str, Any]
) -> None:
    """A key that sees everything gets Home Assistant's own result."""
    own_entities = items.bridge.own_entities()
    note_setup_time(items.hass)
    result = comparable(command, await own.result(command, **fields), own_entities)
    assert result
    assert comparable(command, await ours.result(command, **fields), set()) == result


@pytest.mark.parametrize("integration", ["no_such_integration", "hue"])
async def test_a_manifest_that_is_missing_or_hidden(manor: Manor, own: LiveClient, integration: str) -> None:
    """A hidden integration is answered like a missing one, and that as by Home Assistant."""
    secret = await manor.bridge.add_key(areas=["living_room"])
    missing = await own.error("manifest/get", integration="no_such_integration")
    async with live(manor.bridge, secret) as client:
        assert await client.error("manifest/get", integration=integration) == missing
        assert await client.result("manifest/list", integrations=[integration]) == []


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("get_config", {"extra": 1}),
        ("manifest/list", {"integrations": "light"}),
        ("manifest/list", {"integrations": [1]}),
        ("manifest/get", {}),
        ("manifest/get", {"integration": None}),
        ("integration/setup_info", {"extra": 1}),
        ("entity/source", {"extra": 1}),
        ("zone/list", {"extra": 1}),
    ],
)
async def test_malformed(own: LiveClient, ours: LiveClient, command: str, fields: dict[str, Any]) -> None:
    """Fields that are missing, unknown or of a wrong type are refused as by Home Assistant."""
    error = await ours.error(command, **fields)
    assert error["code"] == "invalid_format"
    if command != "zone/list":
        # There, Home Assistant's own text is "extra keys not allowed @ data['extra']".
        assert error == await own.error(command, **fields)


async def test_too_many_integrations(ours: LiveClient) -> None:
    """A list of integrations is bounded."""
    names = [f"light{number}" for number in range(501)]
    assert (await ours.error("manifest/list", integrations=names))["code"] == "invalid_format"


@pytest.mark.parametrize(("command", "fields"), COMMANDS)
async def test_without_the_capability(bridge: Bridge, command: str, fields: dict[str, Any]) -> None:
    """The error for a key without `read` says so."""
    async with live(bridge, await bridge.add_key(capabilities=["metrics"])) as client:
        error = await client.error(command, **fields)
    assert error["code"] == "unauthorized"
    assert "'read'" in error["message"]


async def test_what_a_narrow_key_gets(items: Manor) -> None:
    """A key for a few entities gets what belongs to them, with all members."""
    entities = ["person.alice", "zone.work", "tag.door", "tag.gate", "device_tracker.alice", "light.lamp"]
    secret = await items.bridge.add_key(entities=[*entities, "input_boolean.living_room_lamp"])
    async with live(items.bridge, secret) as client:
        persons = await client.result("person/list")
        assert persons == {
            "storage": [
                {
                    "id": "alice",
                    "name": "Alice",
                    "user_id": None,
                    "device_trackers": ["device_tracker.alice"],
                    "picture": None,
                }
            ],
            "config": [],
        }
        (zone,) = await client.result("zone/list")
        assert (zone["name"], zone["latitude"], zone["longitude"], zone["radius"]) == ("Work", 0, 0, 0)
        tags = {tag["id"]: tag for tag in await client.result("tag/list")}
        assert {tag_id: tag["device_id"] for tag_id, tag in tags.items()} == {"door": items.lamp_device, "gate": None}
        assert tags["door"]["name"] == "Door"
        sources = await client.result("entity/source")
        assert sources.keys() == {"person.alice", "zone.work", "tag.door", "tag.gate", "input_boolean.living_room_lamp"}
        shown = {item["domain"] for item in await client.result("manifest/list")}
        assert {"person", "zone", "tag", "input_boolean", "homeassistant"} <= shown
        assert shown.isdisjoint({"search", "repairs", "media_player", "sensor"})
        note_setup_time(items.hass)
        assert await client.result("integration/setup_info") == []
        ensure_nothing_hidden(client)


async def test_the_configuration_without_location(bridge: Bridge, hass: HomeAssistant) -> None:
    """Without `location`, all members are there, and the coordinates are 0."""
    hass.config.internal_url = f"http://{MARKER}.local"
    hass.config.latitude, hass.config.elevation = 52.125, 17
    async with live(bridge, await bridge.add_key(areas=["living_room"])) as client:
        config = await client.result("get_config")
        assert config.keys() == hass.config.as_dict().keys()
        assert (config["latitude"], config["longitude"], config["elevation"], config["radius"]) == (0, 0, 0, 0)
        assert config["internal_url"] is None
        assert config["config_dir"] == ""
        assert config["allowlist_external_dirs"] == []
        assert config["state"] == "RUNNING"
        assert "repairs" not in config["components"]
        ensure_nothing_hidden(client)


async def test_zones_with_location(items: Manor) -> None:
    """With `location`, zones have their place."""
    secret = await items.bridge.add_key(domains=["zone"], capabilities=["read", "location"])
    async with live(items.bridge, secret) as client:
        zones = {zone["name"]: zone for zone in await client.result("zone/list")}
    assert (zones["Work"]["latitude"], zones["Work"]["radius"]) == (51.5, 120)


async def test_nothing_in_scope(items: Manor) -> None:
    """A key with nothing in scope gets empty results."""
    async with live(items.bridge, await items.bridge.add_key(entities=["light.nobody"])) as client:
        assert await client.result("person/list") == {"storage": [], "config": []}
        for command in ("zone/list", "tag/list", "integration/setup_info"):
            assert await client.result(command) == []
        assert await client.result("entity/source") == {}
        assert await client.result("manifest/list", integrations=["light", "hue"]) == []
        ensure_nothing_hidden(client)


async def test_a_tag_and_its_device_move(items: Manor) -> None:
    """A device that leaves the scope is no longer named, from the very next command on."""
    secret = await items.bridge.add_key(areas=["living_room"], entities=["tag.door"])
    async with live(items.bridge, secret) as client:
        assert [tag["device_id"] for tag in await client.result("tag/list")] == [items.lamp_device]
        dr.async_get(items.hass).async_update_device(items.lamp_device, area_id="bedroom")
        assert [tag["device_id"] for tag in await client.result("tag/list")] == [None]


class TestNotSetUp:
    """An instance without persons, zones and tags."""

    @pytest.fixture(autouse=True)
    async def components(self) -> None:
        """Set up nothing."""

    async def test_nothing_is_set_up(self, ours: LiveClient) -> None:
        """Integrations that are not set up return empty results."""
        assert await ours.result("person/list") == {"storage": [], "config": []}
        assert await ours.result("tag/list") == []
        assert isinstance(await ours.result("zone/list"), list)
