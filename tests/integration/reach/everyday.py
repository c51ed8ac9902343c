"""Everyday calls: each reviewed service, and each of its reviewed fields, with a value that people use."""

from typing import Any, Final

type Call = dict[str, Any]

ATTRIBUTES: Final[Call] = {
    "activity_list": ["Movie", "one.two"],
    "available_modes": ["eco", "one.two"],
    "available_tones": {"1": "Fire", "2": "one.two"},
    "effect_list": ["Rainbow", "one.two"],
    "fan_modes": ["low", "one.two"],
    "fan_speed_list": ["quiet", "one.two"],
    "operation_list": ["eco", "one.two"],
    "options": ["Day", "one.two"],
    "preset_modes": ["away", "one.two"],
    "sound_mode_list": ["Movie", "one.two"],
    "source_list": ["Radio 1", "one.two"],
    "swing_horizontal_modes": ["left", "one.two"],
    "swing_modes": ["up", "one.two"],
}
"""What the entities list. One item of each list looks like the id of an entity."""

_START: Final = "2026-03-22 20:00:00"
_END: Final = "2026-03-22T22:00:00"
_CODE: Final[list[Call]] = [{"code": "0123"}, {"code": 1234}]
_SPEED: Final[list[Call]] = [{"speed": "slow"}]
_CYCLE: Final[list[Call]] = [{"cycle": False}]
_EVENT: Final[Call] = {"summary": "Lunch with Ann.", "start_date_time": _START, "end_date_time": _END}
_COLOR: Final[list[Call]] = [
    {"brightness": 120}, {"brightness_pct": "50"}, {"color_name": "red"}, {"color_temp_kelvin": 3000},
    {"effect": "Rainbow"}, {"effect": "one.two"}, {"hs_color": [300, 70.5]}, {"profile": "relax"},
    {"rgb_color": [255, 100, 0]}, {"rgbw_color": [255, 100, 0, 1]}, {"rgbww_color": [255, 100, 0, 1, 2]},
    {"white": 50}, {"xy_color": [0.52, 0.43]}, {"flash": "short"}, {"transition": 2.5},
    {"brightness_pct": 100, "color_name": "red", "transition": 1},
]  # fmt: skip
_MUSIC: Final[Call] = {"media_content_id": "Jazz", "media_content_type": "music"}

EVERYDAY: Final[dict[str, list[Call]]] = {
    "alarm_control_panel.alarm_arm_away": _CODE,
    "alarm_control_panel.alarm_arm_custom_bypass": _CODE,
    "alarm_control_panel.alarm_arm_home": _CODE,
    "alarm_control_panel.alarm_arm_night": _CODE,
    "alarm_control_panel.alarm_arm_vacation": _CODE,
    "alarm_control_panel.alarm_disarm": _CODE,
    "calendar.create_event": [
        {**_EVENT, "description": "At the café: 12.30", "location": "Bldg. 002"},
        {"summary": "Holiday", "start_date": "2026-03-22", "end_date": "2026-03-23"},
        {"summary": "Holiday", "in": {"days": 2}},
        {"summary": "Holiday", "in": {"weeks": 2}},
    ],
    "calendar.get_events": [
        {"start_date_time": _START, "end_date_time": _END},
        {"duration": {"hours": 24, "minutes": 0}},
        {"duration": "24:00:00"},
    ],
    "climate.set_fan_mode": [{"fan_mode": "low"}, {"fan_mode": "one.two"}],
    "climate.set_humidity": [{"humidity": 45}],
    "climate.set_hvac_mode": [{"hvac_mode": "heat_cool"}],
    "climate.set_preset_mode": [{"preset_mode": "away"}],
    "climate.set_swing_horizontal_mode": [{"swing_horizontal_mode": "left"}],
    "climate.set_swing_mode": [{"swing_mode": "up"}],
    "climate.set_temperature": [
        {"temperature": 21.5},
        {"temperature": "21", "hvac_mode": "heat"},
        {"target_temp_high": 24, "target_temp_low": 18, "hvac_mode": "heat_cool"},
    ],
    "counter.set_value": [{"value": 5}],
    "cover.close_cover": _SPEED,
    "cover.open_cover": _SPEED,
    "cover.set_cover_position": [{"position": 50}, {"position": 0, "speed": "slow"}],
    "cover.set_cover_tilt_position": [{"tilt_position": 50}],
    "date.set_value": [{"date": "2026-03-22"}],
    "datetime.set_value": [{"datetime": _START}, {"datetime": f"{_END}.000+01:00"}],
    "fan.decrease_speed": [{"percentage_step": 10}],
    "fan.increase_speed": [{"percentage_step": 10}],
    "fan.oscillate": [{"oscillating": True}],
    "fan.set_direction": [{"direction": "reverse"}],
    "fan.set_percentage": [{"percentage": 33}],
    "fan.set_preset_mode": [{"preset_mode": "away"}],
    "fan.turn_on": [{"percentage": 50}, {"preset_mode": "away"}],
    "humidifier.set_humidity": [{"humidity": 50}],
    "humidifier.set_mode": [{"mode": "eco"}],
    "input_datetime.set_datetime": [
        {"date": "2026-03-22", "time": "20:00:00"},
        {"datetime": _START},
        {"timestamp": 1598027400.5},
    ],
    "input_number.set_value": [{"value": 5}, {"value": "-1.5"}],
    "input_select.select_next": _CYCLE,
    "input_select.select_option": [{"option": "Day"}, {"option": "one.two"}],
    "input_select.select_previous": _CYCLE,
    "input_text.set_value": [{"value": "Good morning. It is 7.30"}, {"value": ""}],
    "light.toggle": _COLOR,
    "light.turn_off": [{"flash": "long"}, {"transition": 2}],
    "light.turn_on": [*_COLOR, {"brightness_step": -10}, {"brightness_step_pct": 10}],
    "lock.lock": _CODE,
    "lock.open": _CODE,
    "lock.unlock": _CODE,
    "media_player.browse_media": [_MUSIC, {"media_content_id": "media-source://", "media_content_type": ""}],
    "media_player.join": [{"group_members": ["media_player.lamp"]}, {"group_members": "media_player.lamp"}],
    "media_player.media_seek": [{"seek_position": 100.5}],
    "media_player.play_media": [
        {**_MUSIC, "enqueue": "next"},
        {**_MUSIC, "announce": True},
        {"media": _MUSIC},
        {"media_content_id": "media-source://camera/camera.lamp", "media_content_type": "video/mp4"},
    ],
    "media_player.repeat_set": [{"repeat": "all"}],
    "media_player.search_media": [
        {**_MUSIC, "search_query": "Miles Davis", "media_filter_classes": ["album", "track"]},
        {"search_query": "Miles Davis", "media_filter_classes": "album"},
    ],
    "media_player.select_sound_mode": [{"sound_mode": "Movie"}],
    "media_player.select_source": [{"source": "Radio 1"}, {"source": "one.two"}],
    "media_player.shuffle_set": [{"shuffle": True}],
    "media_player.volume_mute": [{"is_volume_muted": False}],
    "media_player.volume_set": [{"volume_level": 0.5}],
    "notify.send_message": [{"message": "See sensor.lamp: 21.5 °C\nBye", "title": "Good morning!"}],
    "number.set_value": [{"value": 42}, {"value": "42.5"}],
    "remote.toggle": [{"activity": "Movie"}],
    "remote.turn_off": [{"activity": "Movie"}],
    "remote.turn_on": [{"activity": "Movie"}, {"activity": "one.two"}],
    "scene.turn_on": [{"transition": 2.5}],
    "select.select_next": _CYCLE,
    "select.select_option": [{"option": "Day"}, {"option": "one.two"}],
    "select.select_previous": _CYCLE,
    "siren.turn_on": [{"tone": "1", "volume_level": 0.5, "duration": 15}, {"tone": "Fire"}],
    "text.set_value": [{"value": "Hello world!"}],
    "time.set_value": [{"time": "22:15"}],
    "timer.change": [{"duration": "-60"}, {"duration": {"minutes": -1}}],
    "timer.start": [{"duration": "00:01:00"}, {"duration": 60}, {"duration": {"minutes": 5}}],
    "todo.add_item": [
        {"item": "Milk, 1.5 l", "description": "From the shop.", "due_date": "2026-03-22"},
        {"item": "Milk", "due_datetime": _START},
    ],
    "todo.get_items": [{"status": "needs_action"}, {"status": ["needs_action", "completed"]}],
    "todo.remove_item": [{"item": "Milk"}, {"item": ["Milk", "f" * 32]}],
    "todo.update_item": [
        {"item": "Milk", "rename": "Bread", "status": "completed", "due_date": "2026-03-22"},
        {"item": "Milk", "due_datetime": _START, "description": "From the shop."},
        {"item": "Milk", "description": None, "due_date": None},
        {"item": "Milk", "due_datetime": None},
    ],
    "tts.speak": [
        {
            "cache": True, "language": "en-US", "media_player_entity_id": ["media_player.lamp"],
            "message": "Dinner is ready.",
        }
    ],
    "vacuum.set_fan_speed": [{"fan_speed": "quiet"}],
    "valve.set_valve_position": [{"position": 50}],
    "water_heater.set_away_mode": [{"away_mode": True}],
    "water_heater.set_operation_mode": [{"operation_mode": "eco"}],
    "water_heater.set_temperature": [{"temperature": 50, "operation_mode": "eco"}],
    "weather.get_forecasts": [{"type": "daily"}],
}  # fmt: skip
"""The data of calls by service, without targets. Services that are not here are called without data."""

NEEDED: Final[dict[str, Call]] = {
    "calendar.create_event": _EVENT,
    "calendar.get_events": {"duration": {"hours": 1}},
    "climate.set_temperature": {"temperature": 20},
    "input_datetime.set_datetime": {"date": "2026-03-22"},
    "media_player.play_media": _MUSIC,
    "media_player.search_media": {"search_query": "x"},
    "notify.send_message": {"message": "x"},
    "todo.add_item": {"item": "x"},
    "todo.remove_item": {"item": "x"},
    "todo.update_item": {"item": "x", "rename": "y"},
    "tts.speak": {"media_player_entity_id": "media_player.lamp", "message": "x"},
    "water_heater.set_temperature": {"temperature": 50},
    "weather.get_forecasts": {"type": "daily"},
}
"""The data that a service needs, so that a single field can be tried."""

OLD_FIELDS: Final = frozenset(
    {"light.toggle color_temp", "light.toggle kelvin"} | {"light.turn_on color_temp", "light.turn_on kelvin"}
)
"""Fields that Home Assistant itself no longer takes."""
