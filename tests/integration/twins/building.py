"""Builds the twins."""

import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from aiohttp.test_utils import TestClient
from homeassistant import loader
from homeassistant.components.light.const import ColorMode
from homeassistant.core import Context
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    frame,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from tests.integration.house import Bridge, add_bridge
from tests.integration.twins import differences
from tests.integration.twins.homes import (
    COMPONENTS,
    INSIDE,
    KEYS,
    LABEL,
    LIGHTS,
    MANY,
    MIXED,
    ONLY,
    PLAIN,
    ROOM,
    WANDERER,
    Home,
)
from tests.integration.twins.normal import Normal
from tests.integration.twins.platforms import Chores, Lamp, Map, Plans, Player, Sky, Still, add_entity

_ONLY_MODE: Final = {"a": ColorMode.BRIGHTNESS, "b": ColorMode.ONOFF}
"""What the hidden lamps can do."""
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the name of a folder in it is random
"""A file system in memory, where there is one."""
_OWN_ENTRIES: Final = frozenset({"input_boolean", "group", "person"})
"""Domains whose entities are of an integration of the same name."""
_MEDIA: Final = ("Song", "media-source://camera/camera.door")


async def build(
    stack: AsyncExitStack,
    name: str,
    folder: Path,
    recorder: Callable[..., Any],
    connect: Callable[[Any], Awaitable[TestClient[Any, Any]]],
) -> Home:
    """Return a home with its room, and keys for it."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs yet
    hass = await stack.enter_async_context(async_test_home_assistant(config_dir=str(folder)))
    stack.push_async_callback(hass.async_stop, force=True)
    hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
    frame.async_setup(hass)
    # In a file: two databases in memory would share a lock. Disks take long for what is thrown away.
    place = stack.enter_context(TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else folder))
    await stack.enter_async_context(recorder(hass, {"db_url": f"sqlite:///{place}/home.db", "commit_interval": 300}))
    configurations = differences.configuration(name)
    for component in (*COMPONENTS, *ONLY[name]):
        assert await async_setup_component(hass, component, configurations.get(component, {})), component
    await hass.async_block_till_done()
    entry = await add_bridge(hass)
    stack.push_async_callback(hass.config_entries.async_unload, entry.entry_id)
    bridge = Bridge(hass, entry, await connect(hass.http.app))
    home = Home(name, hass, bridge, random.Random(name), Normal(str(folder)))  # noqa: S311 - it is no secret
    await _furnish(home)
    await differences.add(home)
    await _add_keys(home)
    await hass.async_block_till_done()
    return home


async def _add_keys(home: Home) -> None:
    """Add the keys that are compared, and one that does something elsewhere."""
    for name, fields in KEYS.items():
        answer = await home.bridge.act("create_key", name=name, per_minute=0, **fields)
        home.secrets[name] = answer["secret"]
    attic = {"entities": ["light.attic_0", "sensor.attic_1"], "capabilities": MANY, "events": ["bell"]}
    answer = await home.bridge.act("create_key", name=home.word(), per_minute=0, **attic)
    home.secrets["other"] = answer["secret"]


async def _furnish(home: Home) -> None:
    """Make the room, and the devices around it."""
    hass, registry = home.hass, er.async_get(home.hass)
    home.config.add_to_hass(hass)
    elsewhere = _areas(home)
    devices = dr.async_get(hass)
    hub = devices.async_get_or_create(config_entry_id=home.config.entry_id, identifiers={("test", home.word())})
    devices.async_update_device(hub.id, area_id=elsewhere, name=home.word())
    home.normal.hide([hub.id])
    home.refs["@hub"] = hub.id
    lamp = devices.async_get_or_create(
        config_entry_id=home.config.entry_id, identifiers={("test", "lamp")}, name="Lamp", model="L1",
    )  # fmt: skip
    devices.async_update_device(lamp.id, area_id=ROOM, via_device_id=hub.id)
    home.refs["@device"] = lamp.id
    for entity_id in (*INSIDE, WANDERER):
        domain, _, name = entity_id.partition(".")
        platform = domain if domain in _OWN_ENTRIES else "test"
        unique = "fan" if domain == "input_boolean" else name
        found = registry.async_get_or_create(domain, platform, unique, suggested_object_id=name)
        assert found.entity_id == entity_id
        labels = {LABEL} if entity_id in {*LIGHTS, "sensor.warmth", "group.room", "calendar.family"} else set()
        registry.async_update_entity(entity_id, area_id=ROOM, labels=labels)
        home.refs[f"@entry {entity_id}"] = found.id
    for domain, entity in (
        ("light", Lamp("lamp")), ("light", Lamp("spot")), ("camera", Still("door")),
        ("calendar", Plans("family", "Meeting")),
        ("todo", Chores("chores", "Sweep", f"light.attic_{ord(home.name) % 2}")),
        ("weather", Sky("home")),
        ("light", Lamp("attic_0", _ONLY_MODE[home.name])), ("calendar", Plans("attic_0", home.word())),
        ("todo", Chores("attic_0", home.word(), home.word())),
        ("image", Map(home.hass, "map")), ("image", Map(home.hass, "attic_0")),
        ("media_player", Player("box", [*_MEDIA, f"media-source://camera/camera.{home.word().replace('-', '_')}"])),
    ):  # fmt: skip
        await add_entity(home.hass, domain, entity)
    # An entity that is added without a device loses that of its entry.
    registry.async_update_entity("light.lamp", area_id=None, device_id=lamp.id)
    # A light of the lamp's device that is elsewhere.
    attic = registry.async_update_entity("light.attic_0", area_id=elsewhere, device_id=lamp.id, name=home.word())
    home.refs["@entry light.attic_0"] = attic.id
    home.normal.hide([attic.id])
    for entity_id in (*PLAIN, WANDERER):
        hass.states.async_set(entity_id, "0", context=Context())
    hass.states.async_set("group.room", "off", {"entity_id": [*LIGHTS]})
    hass.states.async_set(MIXED, "off", {"entity_id": ["light.lamp", "light.attic_1", "sensor.attic_1"]})
    await hass.async_block_till_done()


def _areas(home: Home) -> str:
    """Make the room's area and label, and areas that only this home has; return one of those."""
    floors, areas = fr.async_get(home.hass), ar.async_get(home.hass)
    lr.async_get(home.hass).async_create("Shared", icon="mdi:star")
    ground = floors.async_create("Ground", level=0)
    areas.async_create("Living room", floor_id=ground.floor_id)
    top = floors.async_create(home.word(), level=3)
    areas.async_create(home.word(), floor_id=ground.floor_id)
    return areas.async_create(home.word(), floor_id=top.floor_id).id
