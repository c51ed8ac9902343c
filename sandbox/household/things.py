"""Entities that config flows create, as for helpers in the UI.

Entities that can be switched are template entities based on a hidden `input_boolean`, so that their state is not
assumed and the UI shows a single toggle. The template entity itself stores other values, such as brightness.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

type Options = Mapping[str, Any]

NOTHING: Final[list[Options]] = []
"""The action of a control whose state the entity stores itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An entity, and how to create it."""

    domain: str
    name: str
    handler: str = "template"
    answers: tuple[Options, ...] = ()
    switchable: bool = False
    start: tuple[tuple[str, Options], ...] = ()
    """Actions to call after it is created, to set its initial state."""
    labels: frozenset[str] = field(default=frozenset())

    @property
    def entity_id(self) -> str:
        """The entity id."""
        return f"{self.domain}.{_slug(self.name)}"

    @property
    def power(self) -> str:
        """The hidden helper with the on/off state."""
        return f"input_boolean.{_slug(self.name)}_power"

    def labelled(self, *labels: str) -> Thing:
        """Return the same thing with labels."""
        return replace(self, labels=frozenset(labels))


def light(name: str, *, white: bool = False, colour: bool = False, brightness: int | None = None) -> Thing:
    """Return a dimmable light. `white` adds color temperature, and `colour` adds color.

    With a `brightness`, the light is initially on.
    """
    on = _power("light", name, "on")
    options = {
        "state": _is_on("light", name),
        "turn_on": on,
        "turn_off": _power("light", name, "off"),
        "set_level": on,
    }
    if white:
        options["set_temperature"] = on
    if colour:
        options["set_hs"] = on
    look = ({"color_temp_kelvin": 2700} if white else {}) | ({"hs_color": [35, 70]} if colour else {})
    start = () if brightness is None else (("light.turn_on", {"brightness": brightness, **look}),)
    return _template("light", name, options, switchable=True, start=start)


def switch(name: str, *, on: bool = False) -> Thing:
    """Return a switch."""
    options = {
        "value_template": _is_on("switch", name),
        "turn_on": _power("switch", name, "on"),
        "turn_off": _power("switch", name, "off"),
    }
    start: tuple[tuple[str, Options], ...] = (("switch.turn_on", {}),) if on else ()
    return _template("switch", name, options, switchable=True, start=start)


def fan(name: str) -> Thing:
    """Return a fan with a speed."""
    options = {
        "state": _is_on("fan", name),
        "turn_on": _power("fan", name, "on"),
        "turn_off": _power("fan", name, "off"),
        "set_percentage": NOTHING,
        "speed_count": 4,
    }
    return _template("fan", name, options, switchable=True, start=(("fan.turn_on", {"percentage": 50}),))


def cover(name: str, device_class: str, *, position: int) -> Thing:
    """Return a cover with a position between closed (0) and open (100)."""
    options = {
        "device_class": device_class,
        "open_cover": NOTHING,
        "close_cover": NOTHING,
        "stop_cover": NOTHING,
        "set_cover_position": NOTHING,
    }
    return _template("cover", name, options, start=(("cover.set_cover_position", {"position": position}),))


def lock(name: str) -> Thing:
    """Return a lock that is initially locked."""
    return _template("lock", name, {"lock": NOTHING, "unlock": NOTHING}, start=(("lock.lock", {}),))


def vacuum(name: str, activity: str) -> Thing:
    """Return a vacuum whose activity is the state of the `input_select` with the id `activity`."""

    def become(option: str) -> list[Options]:
        target = {"entity_id": activity}
        return [{"action": "input_select.select_option", "target": target, "data": {"option": option}}]

    options = {
        "state": f"{{{{ states('{activity}') }}}}",
        "start": become("cleaning"),
        "pause": become("paused"),
        "stop": become("idle"),
        "return_to_base": become("docked"),
        "locate": NOTHING,
    }
    return _template("vacuum", name, options)


def television(name: str) -> Thing:
    """Return a television that is initially on, with volume and sources."""
    actions = ("turn_on", "turn_off", "volume_set", "volume_mute", "media_play", "media_pause", "media_stop")
    options: dict[str, Any] = dict.fromkeys((*actions, "select_source"), NOTHING)
    options |= {"device_class": "tv", "source_list": "{{ ['TV', 'Radio', 'Games'] }}"}
    start: tuple[tuple[str, Options], ...] = (
        ("media_player.turn_on", {}),
        ("media_player.volume_set", {"volume_level": 0.35}),
        ("media_player.select_source", {"source": "TV"}),
    )
    return _template("media_player", name, options, start=start)


def water_heater(name: str) -> Thing:
    """Return a boiler."""
    options = {
        "operation_list": "{{ ['off', 'eco', 'performance'] }}",
        "set_operation_mode": NOTHING,
        "set_temperature": NOTHING,
        "current_temperature": "{{ 52 + now().minute % 6 }}",
        "temperature_unit": "°C",
        "additional_options": {"min_temperature": 35, "max_temperature": 65},
    }
    start: tuple[tuple[str, Options], ...] = (
        ("water_heater.set_operation_mode", {"operation_mode": "eco"}),
        ("water_heater.set_temperature", {"temperature": 55}),
    )
    return _template("water_heater", name, options, start=start)


def number(name: str, *, lowest: float, highest: float, start: float, unit: str) -> Thing:
    """Return a number that can be set."""
    options = {
        "min": lowest,
        "max": highest,
        "step": 1,
        "unit_of_measurement": unit,
        "set_value": NOTHING,
    }
    return _template("number", name, options, start=(("number.set_value", {"value": start}),))


def sensor(name: str, state: str, device_class: str, unit: str) -> Thing:
    """Return a sensor whose value is the template `state`."""
    options = {
        "state": state,
        "device_class": device_class,
        "unit_of_measurement": unit,
        "state_class": "measurement",
    }
    return _template("sensor", name, options)


def binary_sensor(name: str, state: str, device_class: str) -> Thing:
    """Return a binary sensor that is on while the template `state` is true."""
    return _template("binary_sensor", name, {"state": state, "device_class": device_class})


def update(name: str, installed: str, latest: str) -> Thing:
    """Return the firmware of a device."""
    return _template("update", name, {"installed_version": installed, "latest_version": latest})


def weather(name: str, condition: str, temperature: str, humidity: str) -> Thing:
    """Return the weather, from templates."""
    options = {
        "condition": condition,
        "temperature": temperature,
        "humidity": humidity,
        "temperature_unit": "°C",
    }
    return _template("weather", name, options)


def tracker(name: str, at_home: str) -> Thing:
    """Return a phone that is at home while the entity `at_home` is on."""
    return _template(
        "device_tracker", name, {"in_zones": f"{{{{ ['zone.home'] if is_state('{at_home}', 'on') else [] }}}}"}
    )


def thermostat(name: str, *, heater: str, sensor: str, target: float) -> Thing:
    """Return a thermostat that switches `heater` based on `sensor`."""
    settings = {
        "name": name,
        "ac_mode": False,
        "heater": heater,
        "target_sensor": sensor,
        "cold_tolerance": 0.3,
        "hot_tolerance": 0.3,
        "min_temp": 7,
        "max_temp": 26,
    }
    start: tuple[tuple[str, Options], ...] = (
        ("climate.set_hvac_mode", {"hvac_mode": "heat"}),
        ("climate.set_temperature", {"temperature": target}),
    )
    presets = {"away_temp": 15, "eco_temp": 18}
    return Thing(domain="climate", name=name, handler="generic_thermostat", answers=(settings, presets), start=start)


def _template(domain: str, name: str, options: Options, **more: Any) -> Thing:  # noqa: ANN401 - fields of Thing
    return Thing(domain=domain, name=name, answers=({"next_step_id": domain}, {"name": name, **options}), **more)


def _is_on(domain: str, name: str) -> str:
    return f"{{{{ is_state('{Thing(domain=domain, name=name).power}', 'on') }}}}"


def _power(domain: str, name: str, state: str) -> list[Options]:
    power = Thing(domain=domain, name=name).power
    return [{"action": f"input_boolean.turn_{state}", "target": {"entity_id": power}}]


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")
