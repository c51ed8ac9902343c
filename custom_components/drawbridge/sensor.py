"""Sensors of the bridge and of each key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .bridge import DrawbridgeConfigEntry
from .coordinator import Reading
from .entity import BridgeEntity, KeyEntity, add_for_each_key
from .keys import ApiKey, Capability
from .telemetry.counters import KeyCounters
from .telemetry.health import COMPONENTS
from .telemetry.window import WINDOW_SECONDS

PARALLEL_UPDATES = 0

_MINUTES: Final = WINDOW_SECONDS / 60


@dataclass(frozen=True, kw_only=True)
class BridgeSensorDescription(SensorEntityDescription):
    """The description of a sensor of the bridge."""

    value_fn: Callable[[Reading], StateType]


@dataclass(frozen=True, kw_only=True)
class KeySensorDescription(SensorEntityDescription):
    """The description of a sensor of a key.

    ``value_fn`` is called with the key, its counters and the number of its connected clients. ``enabled_fn`` tells
    whether the sensor is enabled by default for a key.
    """

    value_fn: Callable[[ApiKey, KeyCounters, int], StateType | datetime]
    enabled_fn: Callable[[ApiKey], bool] = lambda _key: True


def _measured(name: str, *, factor: float, digits: int) -> Callable[[Reading], StateType]:
    """Return a function that returns the value of a health score component, times a factor."""

    def read(reading: Reading) -> StateType:
        measured = next(item for item in reading.health.measurements if item.component.name == name)
        return round(measured.value * factor, digits) if measured.value is not None else None

    return read


def _minute(timestamp: float | None) -> datetime | None:
    """Return a time rounded down to the minute, so that a busy key does not change the state with each request."""
    return dt_util.utc_from_timestamp(timestamp // 60 * 60) if timestamp is not None else None


def _total(key: str, value_fn: Callable[[Reading], StateType]) -> BridgeSensorDescription:
    """Return the description of a diagnostic sensor that counts since the start."""
    return BridgeSensorDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=value_fn,
    )


BRIDGE_SENSORS: Final = (
    BridgeSensorDescription(
        key="health_score",
        translation_key="health_score",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda reading: round(reading.health.score, 1),
    ),
    BridgeSensorDescription(
        key="requests_per_minute",
        translation_key="requests_per_minute",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda reading: round(reading.totals.requests / _MINUTES, 1),
    ),
    BridgeSensorDescription(
        key="error_rate",
        translation_key="error_rate",
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=_measured("errors", factor=100, digits=1),
    ),
    BridgeSensorDescription(
        key="response_time",
        translation_key="response_time",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=_measured("latency", factor=1000, digits=1),
    ),
    BridgeSensorDescription(
        key="cache_hit_rate",
        translation_key="cache_hit_rate",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_measured("cache", factor=100, digits=0),
    ),
    BridgeSensorDescription(
        key="event_loop_lag",
        translation_key="event_loop_lag",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_measured("event_loop", factor=1000, digits=0),
    ),
    _total("refusals", lambda reading: reading.refusals),
    BridgeSensorDescription(
        key="lockouts",
        translation_key="lockouts",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda reading: reading.lockouts,
    ),
    BridgeSensorDescription(
        key="connected_clients",
        translation_key="connected_clients",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda reading: reading.clients,
    ),
    _total("events_sent", lambda reading: reading.events),
    _total("conflated", lambda reading: reading.conflated),
)

KEY_SENSORS: Final = (
    KeySensorDescription(
        key="requests",
        translation_key="requests",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda _key, counters, _clients: counters.requests,
    ),
    KeySensorDescription(
        key="connected_clients",
        translation_key="connected_clients",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda _key, _counters, clients: clients,
    ),
    KeySensorDescription(
        key="last_used",
        translation_key="last_used",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda _key, counters, _clients: _minute(counters.last_used),
    ),
    KeySensorDescription(
        key="key_refusals",
        translation_key="key_refusals",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda _key, counters, _clients: counters.refused,
    ),
    KeySensorDescription(
        key="expires",
        translation_key="expires",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda key, _counters, _clients: (
            dt_util.utc_from_timestamp(key.expires) if key.expires is not None else None
        ),
        enabled_fn=lambda key: key.expires is not None,
    ),
)

SESSIONS: Final = KeySensorDescription(
    key="sessions",
    translation_key="sessions",
    entity_category=EntityCategory.DIAGNOSTIC,
    state_class=SensorStateClass.MEASUREMENT,
    value_fn=lambda _key, _counters, _clients: None,
    enabled_fn=lambda key: Capability.DASHBOARD in key.capabilities,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: DrawbridgeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors."""
    bridge = entry.runtime_data
    _remove_last_address(hass, entry)
    async_add_entities(
        HealthSensor(bridge, item) if item.key == "health_score" else BridgeSensor(bridge, item)
        for item in BRIDGE_SENSORS
    )
    add_for_each_key(
        entry,
        async_add_entities,
        lambda key: [
            *(KeySensor(bridge, item, key) for item in KEY_SENSORS),
            SessionsSensor(bridge, SESSIONS, key),
        ],
    )


def _remove_last_address(hass: HomeAssistant, entry: DrawbridgeConfigEntry) -> None:
    """Remove the sensors of earlier versions that showed addresses to every user."""
    registry = er.async_get(hass)
    for item in er.async_entries_for_config_entry(registry, entry.entry_id):
        if item.domain == "sensor" and item.unique_id.endswith("_last_address"):
            registry.async_remove(item.entity_id)


class BridgeSensor(BridgeEntity, SensorEntity):
    """A sensor of the bridge."""

    entity_description: BridgeSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return the value."""
        return self.entity_description.value_fn(self.coordinator.data)

    @override
    def _shown(self) -> object:
        return self.native_value


class HealthSensor(BridgeSensor):
    """The health score, with the scores of its components as attributes."""

    _unrecorded_attributes = frozenset(item.name for item in COMPONENTS)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, float | None]:
        """Return the score of each component, 0 to 100; ``None`` without data."""
        measurements = self.coordinator.data.health.measurements
        return {item.component.name: round(item.score) if item.score is not None else None for item in measurements}

    @override
    def _shown(self) -> object:
        return self.native_value, self.extra_state_attributes


class KeySensor(KeyEntity, SensorEntity):
    """A sensor of a key."""

    entity_description: KeySensorDescription

    @property
    @override
    def entity_registry_enabled_default(self) -> bool:
        """Disable sensors that do not apply to this key."""
        description, key = self.entity_description, self._key
        return description.entity_registry_enabled_default and key is not None and description.enabled_fn(key)

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value."""
        key = self._key
        if key is None:
            return None
        return self.entity_description.value_fn(key, self._counters, self._clients)

    @override
    def _shown(self) -> object:
        return self.available, self.native_value


class SessionsSensor(KeySensor):
    """The number of browsers that are signed in with a key."""

    @property
    @override
    def native_value(self) -> int:
        """Return the number of sessions."""
        return len(self._bridge.sessions.of_key(self._key_id))
