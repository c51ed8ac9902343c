"""Entities of the twins' test platform."""

from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import CalendarEntityFeature
from homeassistant.components.camera import Camera
from homeassistant.components.image import ImageEntity
from homeassistant.components.light import LightEntity
from homeassistant.components.light.const import ColorMode
from homeassistant.components.media_player import MediaPlayerEntity
from homeassistant.components.media_player.browse_media import BrowseMedia
from homeassistant.components.media_player.const import MediaClass, MediaPlayerEntityFeature
from homeassistant.components.todo import TodoItem, TodoListEntity  # type: ignore[attr-defined]  # not marked so
from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.weather import Forecast, WeatherEntity
from homeassistant.components.weather.const import WeatherEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.util import dt as dt_util


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

    def __init__(self, name: str, first: str, obstacle: str) -> None:
        """Make a list with one thing to do. The error of one that cannot be added names an obstacle."""
        self._attr_name = self._attr_unique_id = name
        self._obstacle = obstacle
        self._attr_todo_items = [TodoItem(first, "1", TodoItemStatus.NEEDS_ACTION)]

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        if item.summary == "Break":
            raise HomeAssistantError(f"The item is in the way of {self._obstacle}")
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


class Map(ImageEntity):
    """A picture that never changes."""

    _attr_should_poll = False
    _attr_content_type = "image/png"

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Make a picture."""
        super().__init__(hass)
        self._attr_name = self._attr_unique_id = name
        self._attr_image_last_updated = dt_util.utcnow()

    @override
    def async_update_token(self) -> None:
        # Home Assistant's own are sometimes shorter.
        self.access_tokens.append(token_hex(32))

    @override
    async def async_image(self) -> bytes | None:
        return b"\x89PNG" + bytes(10)


class Player(MediaPlayerEntity):
    """A player with a folder of media, some of them of other entities."""

    _attr_should_poll = False
    _attr_supported_features = MediaPlayerEntityFeature.BROWSE_MEDIA

    def __init__(self, name: str, media: list[str]) -> None:
        """Make a player."""
        self._attr_name = self._attr_unique_id = name
        self._media = media

    @override
    async def async_browse_media(
        self, media_content_type: str | None = None, media_content_id: str | None = None
    ) -> BrowseMedia:
        def item(media_id: str, children: list[BrowseMedia] | None = None) -> BrowseMedia:
            return BrowseMedia(
                media_class=MediaClass.VIDEO, media_content_id=media_id, media_content_type="video", title=media_id,
                can_play=True, can_expand=False, children=children,
            )  # fmt: skip

        return item("", [item(media_id) for media_id in self._media])


async def add_entity(hass: HomeAssistant, domain: str, entity: Entity) -> None:
    """Add an entity of a test platform."""
    component = hass.data[DATA_INSTANCES][domain]
    platform = component._platforms.get("test")  # noqa: SLF001 - as a platform does it
    if platform is None:
        platform = component._async_init_entity_platform("test", None)  # noqa: SLF001 - the same
        component._platforms["test"] = platform  # noqa: SLF001 - the same
    await platform.async_add_entities([entity])
