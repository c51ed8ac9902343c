"""Units and device classes of Home Assistant. They are the same in every installation."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.number import const as number
from homeassistant.components.sensor import const as sensor
from homeassistant.components.weather import const as weather

from ..keys import Capability
from .declaration import Operation

UNITS: Final = Operation("units.read", Capability.READ)


def of_sensors(device_class: str) -> list[str | None]:
    """Return the units that sensors of a device class can be converted to."""
    return _convertible(sensor.UNIT_CONVERTERS, sensor.DEVICE_CLASS_UNITS, device_class)


def of_numbers(device_class: str) -> list[str | None]:
    """Return the units that numbers of a device class can be converted to."""
    return _convertible(number.UNIT_CONVERTERS, number.DEVICE_CLASS_UNITS, device_class)


def of_weather() -> dict[str, list[str]]:
    """Return the units of each measurement of weather entities."""
    return {name: sorted(units, key=str.casefold) for name, units in weather.VALID_UNITS.items()}


NUMERIC_DEVICE_CLASSES: Final = sorted(set(sensor.SensorDeviceClass) - sensor.NON_NUMERIC_DEVICE_CLASSES)
"""The device classes of sensors whose states are numbers."""


def _convertible(converters: Mapping[Any, Any], units: Mapping[Any, Any], device_class: str) -> list[str | None]:
    if device_class not in converters or device_class not in units:
        return []
    return sorted(units[device_class], key=lambda unit: str(unit).casefold())
