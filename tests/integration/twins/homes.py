"""A home with a room that is the same in both twins, and everything else that is not."""

import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, override

from aiohttp.test_utils import TestClient
from homeassistant import core, loader
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import CalendarEntityFeature
from homeassistant.components.camera import Camera
from homeassistant.components.light import LightEntity
from homeassistant.components.light.const import ColorMode
from homeassistant.components.todo import TodoItem, TodoListEntity  # type: ignore[attr-defined]  # not marked so
from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.weather import Forecast, WeatherEntity
from homeassistant.components.weather.const import WeatherEntityFeature
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    frame,
    label_registry as lr,
)
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from tests.integration.house import Bridge, add_bridge
from tests.integration.twins.normal import Normal

ROOM: Final = "living_room"
LABEL: Final = "shared"
LIGHTS: Final = ("light.lamp", "light.spot")
PLAIN: Final = ("sensor.warmth", "sensor.power", "binary_sensor.window", "device_tracker.phone", "script.evening")
"""Entities of the room that have a state and nothing behind it."""
WANDERER: Final = "sensor.wanderer"
"""An entity that is carried out of the room and back."""
INSIDE: Final = (
    *LIGHTS, *PLAIN, "input_boolean.fan", "group.room", "camera.door", "calendar.family", "todo.chores",
    "weather.home",
)  # fmt: skip
_DOMAINS: Final = (
    "light", "sensor", "binary_sensor", "device_tracker", "script", "camera", "calendar", "todo", "person",
)  # fmt: skip
OUTSIDE: Final = tuple(f"{domain}.attic_{number}" for domain in _DOMAINS for number in range(3))
"""Ids that entities outside of the room may have, in either home or in none."""
MISSING: Final = ("light.none", "sensor.none", "camera.none", "calendar.none", "todo.none")
COMPONENTS: Final = (
    "http", "api", "websocket_api", "search", "history", "logbook", "input_boolean", "light", "camera", "calendar",
    "todo", "weather", "group", "homeassistant",
)  # fmt: skip
ONLY: Final = {"a": ("counter", "zone"), "b": ("timer", "input_number", "input_button")}
"""Integrations that one of the homes has and the other has not."""
_ONLY_MODE: Final = {"a": ColorMode.BRIGHTNESS, "b": ColorMode.ONOFF}
"""What the hidden lamps can do."""
FEW: Final = ["read", "history", "template"]
MANY: Final = [*FEW, "control", "set_state", "fire_event", "images", "location"]
SERVICES: Final = ["input_boolean.*", "light.*", "todo.*", "calendar.*", "weather.*", "homeassistant.turn_on"]


class Lamp(LightEntity):
    """A lamp that does as it is told."""

    _attr_should_poll = False
    _attr_is_on = False

    def __init__(self, name: str, mode: ColorMode = ColorMode.BRIGHTNESS) -> None:
        """Make a lamp that is off."""
        self._attr_name = self._attr_unique_id = name
        self._attr_color_mode, self._attr_supported_color_modes = mode, {mode}

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._attr_is_on = True
        self._attr_brightness = kwargs.get("brightness", 255)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._attr_is_on = False
        self.async_write_ha_state()


class Still(Camera):
    """A camera that always sees the same."""

    _attr_should_poll = False

    def __init__(self, name: str) -> None:
        """Make a camera."""
        super().__init__()
        self._attr_name = self._attr_unique_id = name
        self.content_type = "image/png"

    @override
    def async_update_token(self) -> None:
        # Home Assistant's own are sometimes shorter.
        self.access_tokens.append(token_hex(32))

    @override
    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        return b"\x89PNG" + bytes(20)


class Plans(CalendarEntity):
    """A calendar with a meeting."""

    _attr_should_poll = False
    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT | CalendarEntityFeature.UPDATE_EVENT | CalendarEntityFeature.DELETE_EVENT
    )

    def __init__(self, name: str, summary: str) -> None:
        """Make a calendar."""
        self._attr_name = self._attr_unique_id = name
        self._summary = summary

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        noon = dt_util.start_of_local_day() + timedelta(hours=12)
        return [CalendarEvent(noon, noon + timedelta(hours=1), self._summary, uid="1")]

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        self.async_write_ha_state()

    @override
    async def async_update_event(
        self, uid: str, event: dict[str, Any], recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        self.async_write_ha_state()

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        self.async_write_ha_state()


class Chores(TodoListEntity):
    """A list of things to do."""

    _attr_should_poll = False
    _attr_supported_features = TodoListEntityFeature.CREATE_TODO_ITEM | TodoListEntityFeature.MOVE_TODO_ITEM

    def __init__(self, name: str, first: str) -> None:
        """Make a list with one thing to do."""
        self._attr_name = self._attr_unique_id = name
        self._attr_todo_items = [TodoItem(first, "1", TodoItemStatus.NEEDS_ACTION)]

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        items = [*(self.todo_items or []), item]
        self._attr_todo_items = items[-5:]
        self.async_write_ha_state()

    @override
    async def async_move_todo_item(self, uid: str, previous_uid: str | None = None) -> None:
        self.async_write_ha_state()


class Sky(WeatherEntity):
    """Always the same weather."""

    _attr_should_poll = False
    _attr_condition = "sunny"
    _attr_native_temperature = 21.0
    _attr_native_temperature_unit = "°C"
    _attr_supported_features = WeatherEntityFeature.FORECAST_DAILY

    def __init__(self, name: str) -> None:
        """Make a weather."""
        self._attr_name = self._attr_unique_id = name

    @override
    async def async_forecast_daily(self) -> list[Forecast] | None:
        return [{"datetime": "2026-06-02", "condition": "rainy", "native_temperature": 15}]


@dataclass
class Home:
    """One of the twins."""

    name: str
    hass: HomeAssistant
    bridge: Bridge
    dice: random.Random
    normal: Normal
    secrets: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """What the requests name by a text that begins with ``@``."""
    config: MockConfigEntry = field(default_factory=lambda: MockConfigEntry(domain="test"))
    devices: list[str] = field(default_factory=list)
    """Devices that only this home has."""
    count: int = 0

    def word(self) -> str:
        """Return a text that the other home has never seen."""
        self.count += 1
        return f"twin-{self.name}-{self.count}"

    def act(self) -> None:
        """Be the instance that Home Assistant's global look-ups find."""
        core._hass.hass = self.hass  # noqa: SLF001 - two instances share a thread here
        frame.async_setup(self.hass)


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
    # In a file: two databases in memory would share a lock.
    await stack.enter_async_context(recorder(hass, {"db_url": f"sqlite:///{folder}/home.db", "commit_interval": 300}))
    for component in (*COMPONENTS, *ONLY[name]):
        config: dict[str, Any] = {"input_boolean": {"fan": {}}} if component == "input_boolean" else {}
        assert await async_setup_component(hass, component, config), component
    await hass.async_block_till_done()
    entry = await add_bridge(hass)
    stack.push_async_callback(hass.config_entries.async_unload, entry.entry_id)
    bridge = Bridge(hass, entry, await connect(hass.http.app))
    home = Home(name, hass, bridge, random.Random(name), Normal(str(folder)))  # noqa: S311 - it is no secret
    await _furnish(home)
    home.secrets["room"] = await home.bridge.add_key(
        "Room", areas=[ROOM], capabilities=MANY, services=SERVICES, events=["bell"], limits={"per_minute": 0}
    )
    home.secrets["shared"] = await home.bridge.add_key(
        "Shared", labels=[LABEL], entities=["sensor.power"], capabilities=FEW, limits={"per_minute": 0},
        exclude={"entities": ["light.spot"]},
    )  # fmt: skip
    await hass.async_block_till_done()
    return home


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
        platform = domain if domain in {"input_boolean", "group"} else "test"
        unique = "fan" if domain == "input_boolean" else name
        found = registry.async_get_or_create(domain, platform, unique, suggested_object_id=name)
        assert found.entity_id == entity_id
        labels = {LABEL} if entity_id in {*LIGHTS, "sensor.warmth", "group.room", "calendar.family"} else set()
        registry.async_update_entity(entity_id, area_id=ROOM, labels=labels)
        home.refs[f"@entry {entity_id}"] = found.id
    for domain, entity in (
        ("light", Lamp("lamp")), ("light", Lamp("spot")), ("camera", Still("door")),
        ("calendar", Plans("family", "Meeting")), ("todo", Chores("chores", "Sweep")), ("weather", Sky("home")),
        ("light", Lamp("attic_0", _ONLY_MODE[home.name])), ("calendar", Plans("attic_0", home.word())),
        ("todo", Chores("attic_0", home.word())),
    ):  # fmt: skip
        await add_entity(home, domain, entity)
    # An entity that is added without a device loses that of its entry.
    registry.async_update_entity("light.lamp", area_id=None, device_id=lamp.id)
    # A light of the lamp's device that is elsewhere.
    attic = registry.async_update_entity("light.attic_0", area_id=elsewhere, device_id=lamp.id, name=home.word())
    home.refs["@entry light.attic_0"] = attic.id
    home.normal.hide([attic.id])
    for entity_id in (*PLAIN, WANDERER):
        hass.states.async_set(entity_id, "0", context=Context())
    hass.states.async_set("group.room", "off", {"entity_id": [*LIGHTS]})
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


async def add_entity(home: Home, domain: str, entity: Entity) -> None:
    """Add an entity of a test platform."""
    component = home.hass.data[DATA_INSTANCES][domain]
    platform = component._platforms.get("test")  # noqa: SLF001 - as a platform does it
    if platform is None:
        platform = component._async_init_entity_platform("test", None)  # noqa: SLF001 - the same
        component._platforms["test"] = platform  # noqa: SLF001 - the same
    await platform.async_add_entities([entity])
