"""The reviewed entity services of Home Assistant, with the type of each field.

A key must list everything else: other services by their exact name, and other fields of these services as
``domain.service.*``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .service_fields import (
    FieldType,
    choice,
    duration,
    entities,
    media,
    media_folder,
    media_id,
    media_type,
    message,
    moment,
    moment_or_none,
    number,
    numbers,
    prose,
    proses,
    text,
    timestamp,
    word,
    words,
)

type Fields = Mapping[str, FieldType]

GENERIC_SERVICES: Final = frozenset(
    {
        "homeassistant.toggle",
        "homeassistant.turn_off",
        "homeassistant.turn_on",
        "homeassistant.update_entity",
    }
)
"""Services of all domains. Each is checked as the service with the same name in every domain that it reaches."""

_CODE: Final[Fields] = {"code": prose}
_FLASH: Final[Fields] = {"flash": word, "transition": number}
_COLOR: Final[Fields] = {
    "brightness": number,
    "brightness_pct": number,
    "color_name": word,
    "color_temp": number,
    "color_temp_kelvin": number,
    "effect": choice("effect_list"),
    "hs_color": numbers,
    "kelvin": number,
    "profile": word,
    "rgb_color": numbers,
    "rgbw_color": numbers,
    "rgbww_color": numbers,
    "white": number,
    "xy_color": numbers,
}
_STEPS: Final[Fields] = {"brightness_step": number, "brightness_step_pct": number}
_TODO: Final[Fields] = {"description": prose, "due_date": moment_or_none, "due_datetime": moment_or_none}
_SPEED: Final[Fields] = {"speed": word}
_CYCLE: Final[Fields] = {"cycle": word}
_BROWSE: Final[Fields] = {"media_content_id": media_folder, "media_content_type": media_type}

_FIELDS: Final[Mapping[str, Mapping[str, Fields]]] = {
    "alarm_control_panel": dict.fromkeys(
        (
            "alarm_arm_away",
            "alarm_arm_custom_bypass",
            "alarm_arm_home",
            "alarm_arm_night",
            "alarm_arm_vacation",
            "alarm_disarm",
        ),
        _CODE,
    ),
    "calendar": {
        "create_event": {
            "description": prose,
            "end_date": moment,
            "end_date_time": moment,
            "in": duration,
            "location": prose,
            "start_date": moment,
            "start_date_time": moment,
            "summary": prose,
        },
        "get_events": {"duration": duration, "end_date_time": moment, "start_date_time": moment},
    },
    "climate": {
        "set_fan_mode": {"fan_mode": choice("fan_modes")},
        "set_humidity": {"humidity": number},
        "set_hvac_mode": {"hvac_mode": word},
        "set_preset_mode": {"preset_mode": choice("preset_modes")},
        "set_swing_horizontal_mode": {"swing_horizontal_mode": choice("swing_horizontal_modes")},
        "set_swing_mode": {"swing_mode": choice("swing_modes")},
        "set_temperature": {
            "hvac_mode": word,
            "target_temp_high": number,
            "target_temp_low": number,
            "temperature": number,
        },
    },
    "counter": {"set_value": {"value": number}},
    "cover": {
        "close_cover": _SPEED,
        "open_cover": _SPEED,
        "set_cover_position": {"position": number, **_SPEED},
        "set_cover_tilt_position": {"tilt_position": number},
    },
    "date": {"set_value": {"date": moment}},
    "datetime": {"set_value": {"datetime": moment}},
    "fan": {
        "decrease_speed": {"percentage_step": number},
        "increase_speed": {"percentage_step": number},
        "oscillate": {"oscillating": word},
        "set_direction": {"direction": word},
        "set_percentage": {"percentage": number},
        "set_preset_mode": {"preset_mode": choice("preset_modes")},
        "turn_on": {"percentage": number, "preset_mode": choice("preset_modes")},
    },
    "humidifier": {"set_humidity": {"humidity": number}, "set_mode": {"mode": choice("available_modes")}},
    "input_datetime": {"set_datetime": {"date": moment, "datetime": moment, "time": moment, "timestamp": timestamp}},
    "input_number": {"set_value": {"value": number}},
    "input_select": {
        "select_next": _CYCLE,
        "select_option": {"option": choice("options")},
        "select_previous": _CYCLE,
    },
    "input_text": {"set_value": {"value": text}},
    "light": {
        "toggle": {**_FLASH, **_COLOR},
        "turn_off": _FLASH,
        "turn_on": {**_FLASH, **_COLOR, **_STEPS},
    },
    "lock": dict.fromkeys(("lock", "open", "unlock"), _CODE),
    "media_player": {
        "browse_media": _BROWSE,
        "join": {"group_members": entities},
        "media_seek": {"seek_position": number},
        "play_media": {
            "announce": word,
            "enqueue": word,
            "media": media,
            "media_content_id": media_id,
            "media_content_type": media_type,
        },
        "repeat_set": {"repeat": word},
        "search_media": {**_BROWSE, "media_filter_classes": words, "search_query": prose},
        "select_sound_mode": {"sound_mode": choice("sound_mode_list")},
        "select_source": {"source": choice("source_list")},
        "shuffle_set": {"shuffle": word},
        "volume_mute": {"is_volume_muted": word},
        "volume_set": {"volume_level": number},
    },
    "notify": {"send_message": {"message": message, "title": prose}},
    "number": {"set_value": {"value": number}},
    "remote": {
        "toggle": {"activity": choice("activity_list")},
        "turn_off": {"activity": choice("activity_list")},
        "turn_on": {"activity": choice("activity_list")},
    },
    "scene": {"turn_on": {"transition": number}},
    "select": {
        "select_next": _CYCLE,
        "select_option": {"option": choice("options")},
        "select_previous": _CYCLE,
    },
    "siren": {
        "turn_on": {"duration": number, "tone": choice("available_tones"), "volume_level": number},
    },
    "text": {"set_value": {"value": text}},
    "time": {"set_value": {"time": moment}},
    "timer": {"change": {"duration": duration}, "start": {"duration": duration}},
    "todo": {
        "add_item": {"item": prose, **_TODO},
        "get_items": {"status": words},
        "remove_item": {"item": proses},
        "update_item": {"item": prose, "rename": prose, "status": word, **_TODO},
    },
    "tts": {
        "speak": {
            "cache": word,
            "language": word,
            "media_player_entity_id": entities,
            "message": prose,
        },
    },
    "vacuum": {"set_fan_speed": {"fan_speed": choice("fan_speed_list")}},
    "valve": {"set_valve_position": {"position": number}},
    "water_heater": {
        "set_away_mode": {"away_mode": word},
        "set_operation_mode": {"operation_mode": choice("operation_list")},
        "set_temperature": {"operation_mode": choice("operation_list"), "temperature": number},
    },
    "weather": {"get_forecasts": {"type": word}},
}

_SWITCHED: Final = ("toggle", "turn_off", "turn_on")
_WITHOUT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "button": ("press",),
    "camera": ("disable_motion_detection", "enable_motion_detection", "turn_off", "turn_on"),
    "climate": _SWITCHED,
    "counter": ("decrement", "increment", "reset"),
    "cover": (
        "close_cover_tilt",
        "open_cover_tilt",
        "stop_cover",
        "stop_cover_tilt",
        "toggle",
        "toggle_cover_tilt",
    ),
    "fan": ("toggle", "turn_off"),
    "humidifier": _SWITCHED,
    "image_processing": ("scan",),
    "input_boolean": _SWITCHED,
    "input_button": ("press",),
    "input_number": ("decrement", "increment"),
    "input_select": ("select_first", "select_last"),
    "lawn_mower": ("dock", "pause", "start_mowing", "stop"),
    "media_player": (
        "clear_playlist",
        "media_next_track",
        "media_pause",
        "media_play",
        "media_play_pause",
        "media_previous_track",
        "media_stop",
        "unjoin",
        "volume_down",
        "volume_up",
        *_SWITCHED,
    ),
    "schedule": ("get_schedule",),
    "script": _SWITCHED,
    "select": ("select_first", "select_last"),
    "siren": ("toggle", "turn_off"),
    "switch": _SWITCHED,
    "timer": ("cancel", "finish", "pause"),
    "todo": ("remove_completed_items",),
    "vacuum": ("clean_spot", "locate", "pause", "return_to_base", "start", "stop"),
    "valve": ("close_valve", "open_valve", "stop_valve", "toggle"),
    "water_heater": ("turn_off", "turn_on"),
}

REVIEWED: Final[Mapping[str, Fields]] = MappingProxyType(
    {f"{domain}.{name}": fields for domain, services in _FIELDS.items() for name, fields in services.items()}
    | {f"{domain}.{name}": {} for domain, names in _WITHOUT_FIELDS.items() for name in names}
)
"""The reviewed fields of each service, without target fields."""

MEDIA_SERVICES: Final = frozenset({"media_player.browse_media", "media_player.play_media", "media_player.search_media"})
"""Services whose errors would reveal which media exist."""
