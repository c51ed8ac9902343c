"""Commands for units and device classes."""

from typing import Final

import voluptuous as vol

from ...operations import units as operations
from ..command import Commands, Request

commands = Commands()

_DEVICE_CLASS: Final = {vol.Required("device_class"): str}


@commands.command("sensor/device_class_convertible_units", operations.UNITS, _DEVICE_CLASS)
def of_sensors(request: Request) -> dict[str, list[str | None]]:
    """Return the units that sensors of a device class can be converted to."""
    return {"units": operations.of_sensors(request.message["device_class"])}


@commands.command("sensor/numeric_device_classes", operations.UNITS)
def numeric_device_classes(_request: Request) -> dict[str, list[str]]:
    """Return the device classes of sensors whose states are numbers."""
    return {"numeric_device_classes": list(operations.NUMERIC_DEVICE_CLASSES)}


@commands.command("number/device_class_convertible_units", operations.UNITS, _DEVICE_CLASS)
def of_numbers(request: Request) -> dict[str, list[str | None]]:
    """Return the units that numbers of a device class can be converted to."""
    return {"units": operations.of_numbers(request.message["device_class"])}


@commands.command("weather/convertible_units", operations.UNITS)
def of_weather(_request: Request) -> dict[str, dict[str, list[str]]]:
    """Return the units of each measurement of weather entities."""
    return {"units": operations.of_weather()}
