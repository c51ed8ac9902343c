"""A household with a past, a calendar, a camera and a picture, and both ways to ask for it."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, override

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.camera import Camera
from homeassistant.components.image import ImageEntity
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from tests.integration.house import Bridge, add_bridge
from tests.integration.mirror.sides import Sides

# The harness has every statement logged, also between tests, where nothing captures it.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)
CAUSE = "01KB0000000000000000000001"


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Let Home Assistant load this repository's integration, with a database."""


class Still(Camera):
    """A camera that always sees the same."""

    def __init__(self, name: str, *, on: bool = True, broken: bool = False) -> None:
        """Make a camera."""
        super().__init__()
        self._attr_name = self._attr_unique_id = name
        self._attr_is_on = on
        self._broken = broken
        self.content_type = "image/png"

    @override
    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        return None if self._broken else PICTURE


class Picture(ImageEntity):
    """A picture that never changes."""

    _attr_content_type = "image/png"

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Make a picture."""
        super().__init__(hass)
        self._attr_name = self._attr_unique_id = name

    @override
    async def async_image(self) -> bytes | None:
        return PICTURE


class Plans(CalendarEntity):
    """A calendar with a meeting and a holiday."""

    def __init__(self, name: str) -> None:
        """Make a calendar."""
        self._attr_name = self._attr_unique_id = name

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        if self.unique_id == "broken":
            raise HomeAssistantError("the server is away")
        noon = dt_util.start_of_local_day() + timedelta(hours=12)
        return [
            CalendarEvent(noon, noon + timedelta(hours=1), "Meeting", location="Here", uid="1"),
            CalendarEvent(noon.date(), noon.date() + timedelta(days=1), "Holiday"),
        ]


async def add(hass: HomeAssistant, domain: str, *entities: Entity) -> None:
    """Add entities of a domain, as a platform does."""
    assert await async_setup_component(hass, domain, {})
    await hass.data[DATA_INSTANCES][domain].async_add_entities(entities)


@pytest.fixture
async def full_house(house: HomeAssistant) -> HomeAssistant:
    """Return the house, lived in."""
    hass = house
    for name in ("history", "logbook"):
        assert await async_setup_component(hass, name, {})
    await add(hass, "calendar", Plans("family"), Plans("work"), Plans("broken"))
    await add(hass, "camera", Still("door"), Still("asleep", on=False), Still("torn", broken=True))
    await add(hass, "image", Picture(hass, "map"))
    entities = er.async_get(hass)
    for entity_id in ("calendar.family", "camera.door", "image.map"):
        entities.async_update_entity(entity_id, area_id="living_room")
    await live(hass)
    return hass


async def live(hass: HomeAssistant) -> None:
    """Let a few things happen, some of them because of others."""
    for number in range(4):
        hass.states.async_set("sensor.outside", str(number), {"unit_of_measurement": "°C", "number": number})
    hass.states.async_set("sensor.outside", "3", {"unit_of_measurement": "°C", "number": 9})
    hass.states.async_set("climate.hall", "heat", {"current_temperature": 20, "entity_picture": "/secret.png"})
    hass.states.async_set("climate.hall", "heat", {"current_temperature": 21})
    context = Context(id=CAUSE)
    for room, state in (("bedroom", "on"), ("living_room", "on"), ("living_room", "off"), ("bedroom", "off")):
        service = f"turn_{state}"
        data = {"entity_id": f"input_boolean.{room}_lamp"}
        await hass.services.async_call("input_boolean", service, data, blocking=True, context=context)
    log = "logbook_entry"
    hass.bus.async_fire(log, {"name": "Bed", "message": "made", "entity_id": "input_boolean.bedroom_lamp"})
    hass.bus.async_fire(
        log,
        {
            "name": "Lamp",
            "message": "was switched by input_boolean.bedroom_lamp",
            "entity_id": "input_boolean.living_room_lamp",
        },
    )
    hass.bus.async_fire(log, {"name": "House", "message": "is quiet", "domain": "light"})
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()


@pytest.fixture
async def bridge(
    full_house: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]
) -> Bridge:
    """Return a bridge into the full house."""
    return Bridge(full_house, await add_bridge(full_house), await hass_client_no_auth())


@pytest.fixture
async def sides(bridge: Bridge, hass_client: Callable[[], Awaitable[TestClient[Any, Any]]]) -> Sides:
    """Return Home Assistant's own API and the bridge, side by side, with a key that may do everything."""
    services = [
        f"{domain}.{service}"
        for domain, services in bridge.hass.services.async_services().items()
        for service in services
    ]
    key = await bridge.add_key(
        "Everything",
        everything=True,
        services=services,
        events=["bell", "state_changed"],
        limits={"per_minute": 0},
        capabilities=[
            "read", "history", "control", "set_state", "fire_event", "template", "images", "location",
        ],
    )  # fmt: skip
    return Sides(bridge, await hass_client(), key)
