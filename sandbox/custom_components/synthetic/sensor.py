"""Sensors of typical kinds, ten for each device."""

from dataclasses import dataclass
from itertools import batched, cycle, islice
from random import Random
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SyntheticConfigEntry
from .churn import Churn
from .const import CONF_AREAS, CONF_SENSORS, DOMAIN

SENSORS_PER_DEVICE: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A quantity with its typical value and step size."""

    name: str
    device_class: SensorDeviceClass
    unit: str
    usual: float
    step: float


KINDS: Final = (
    Kind(name="temperature", device_class=SensorDeviceClass.TEMPERATURE, unit="°C", usual=20.5, step=0.1),
    Kind(name="humidity", device_class=SensorDeviceClass.HUMIDITY, unit="%", usual=46.0, step=0.5),
    Kind(name="illuminance", device_class=SensorDeviceClass.ILLUMINANCE, unit="lx", usual=240.0, step=5.0),
    Kind(name="power", device_class=SensorDeviceClass.POWER, unit="W", usual=85.0, step=1.5),
    Kind(name="voltage", device_class=SensorDeviceClass.VOLTAGE, unit="V", usual=230.0, step=0.2),
    Kind(name="current", device_class=SensorDeviceClass.CURRENT, unit="A", usual=0.37, step=0.01),
    Kind(name="carbon dioxide", device_class=SensorDeviceClass.CO2, unit="ppm", usual=620.0, step=4.0),
    Kind(name="pressure", device_class=SensorDeviceClass.ATMOSPHERIC_PRESSURE, unit="hPa", usual=1013.0, step=0.2),
    Kind(name="battery", device_class=SensorDeviceClass.BATTERY, unit="%", usual=78.0, step=1.0),
    Kind(name="signal", device_class=SensorDeviceClass.SIGNAL_STRENGTH, unit="dBm", usual=-61.0, step=1.0),
)


class SyntheticSensor(SensorEntity):
    """A sensor that changes on request."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, number: int, kind: Kind, device: DeviceInfo) -> None:
        """Create the sensor. Its number seeds its random changes, so that every run is identical."""
        self.entity_id = f"sensor.synthetic_{number:05}"
        self._attr_unique_id = f"{number:05}"
        self._attr_name = kind.name.capitalize()
        self._attr_device_class = kind.device_class
        self._attr_native_unit_of_measurement = kind.unit
        self._attr_device_info = device
        self._kind = kind
        self._random = Random(number)  # noqa: S311 - the measurement is not a secret
        self._offset = self._random.randrange(-10, 11)
        self._show()

    @callback
    def change(self) -> None:
        """Change the value by one step, close to the typical value."""
        up = self._random.randrange(-10, 11) > self._offset
        self._offset += 1 if up else -1
        self._show()
        self.async_write_ha_state()

    def _show(self) -> None:
        self._attr_native_value = round(self._kind.usual + self._offset * self._kind.step, 2)


async def async_setup_entry(
    hass: HomeAssistant, entry: SyntheticConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the entry."""
    registry = ar.async_get(hass)
    areas = [area.name for key in entry.data[CONF_AREAS] if (area := registry.async_get_area(key))]
    sensors = _sensors(int(entry.data[CONF_SENSORS]), areas)
    entry.runtime_data = Churn(hass, [sensor.change for sensor in sensors])
    async_add_entities(sensors)


def _sensors(number: int, areas: list[str]) -> list[SyntheticSensor]:
    """Return `number` sensors. Their devices are assigned to the areas in turn."""
    numbered_kinds = enumerate(islice(cycle(KINDS), number), 1)
    devices = enumerate(batched(numbered_kinds, SENSORS_PER_DEVICE, strict=False), 1)
    places: cycle[str | None] = cycle(areas or [None])
    return [
        SyntheticSensor(index, kind, _device(device_number, area))
        for (device_number, kinds), area in zip(devices, places, strict=False)
        for index, kind in kinds
    ]


def _device(number: int, area: str | None) -> DeviceInfo:
    return DeviceInfo(
        identifiers={(DOMAIN, f"multisensor-{number:04}")},
        name=f"Multisensor {number:04}",
        manufacturer="Synthetic",
        model="Multisensor",
        suggested_area=area,
    )
