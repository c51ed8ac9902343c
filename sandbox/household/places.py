"""Floors, areas and labels, and their entities without a device."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Area:
    """An area on a floor."""

    name: str
    floor: str
    icon: str
    entities: tuple[str, ...] = ()
    """Entities that are assigned to the area directly, not through a device."""


FLOORS: Final[Mapping[str, int]] = {"Ground floor": 0, "First floor": 1, "Outside": -1}
"""The level of each floor."""

AREAS: Final = (
    Area(
        "Living Room",
        "Ground floor",
        "mdi:sofa",
        (
            "sensor.living_room_temperature",
            "sensor.living_room_humidity",
            "binary_sensor.living_room_motion",
            "scene.movie_night",
            "script.tidy_living_room",
        ),
    ),
    Area(
        "Kitchen",
        "Ground floor",
        "mdi:fridge",
        (
            "sensor.kitchen_temperature",
            "binary_sensor.kitchen_window",
            "binary_sensor.kitchen_smoke",
            "timer.oven",
            "counter.coffees",
            "todo.shopping_list",
        ),
    ),
    Area(
        "Hall",
        "Ground floor",
        "mdi:coat-rack",
        (
            "binary_sensor.hall_motion",
            "camera.front_door",
            "alarm_control_panel.house_alarm",
            "input_button.doorbell",
            "sensor.grid_power",
            "sensor.grid_energy",
        ),
    ),
    Area(
        "Bathroom",
        "First floor",
        "mdi:shower",
        ("sensor.bathroom_temperature", "sensor.bathroom_humidity"),
    ),
    Area("Bedroom", "First floor", "mdi:bed", ("sensor.bedroom_temperature", "input_datetime.alarm_clock")),
    Area("Office", "First floor", "mdi:desk", ("sensor.office_temperature", "sensor.office_carbon_dioxide")),
    Area(
        "Garden",
        "Outside",
        "mdi:flower",
        ("sensor.outdoor_temperature", "sensor.garden_soil_moisture", "sensor.solar_power"),
    ),
    Area("Garage", "Outside", "mdi:garage", ()),
)

LABELS: Final[Mapping[str, str]] = {
    "Evening": "mdi:weather-night",
    "Heating": "mdi:radiator",
    "Security": "mdi:shield-home",
    "Energy": "mdi:lightning-bolt",
}
"""The icon of each label."""

LABELLED: Final[Mapping[str, tuple[str, ...]]] = {
    "Security": (
        "alarm_control_panel.house_alarm",
        "binary_sensor.kitchen_smoke",
        "binary_sensor.kitchen_window",
        "camera.front_door",
    ),
    "Energy": ("sensor.grid_power", "sensor.grid_energy", "sensor.solar_power"),
}
"""Labels of entities without a device."""
