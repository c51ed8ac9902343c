"""The devices of the household and their entities."""

from dataclasses import dataclass
from typing import Final

from sandbox.household import things
from sandbox.household.things import Thing

MANUFACTURER: Final = "Demo"


@dataclass(frozen=True, slots=True)
class Device:
    """A device in an area, with its entities."""

    name: str
    model: str
    area: str
    things: tuple[Thing, ...]

    @property
    def key(self) -> str:
        """The unique key of the device."""
        return self.name.lower().replace(" ", "-")


def _draws(switch: str, watts: int) -> str:
    """Return a template for the power consumption while `switch` is on, with some noise."""
    drawn = f"({watts} + {watts / 200} * (now().minute * 7 % 19 - 9)) | round(1)"
    return f"{{{{ {drawn} if is_state('{switch}', 'on') else 0 }}}}"


def _battery(offset: int) -> str:
    """Return a template for a battery that loses one percent an hour and is recharged."""
    return f"{{{{ 100 - ((now().timestamp() / 3600 + {offset}) % 60) | int }}}}"


DEVICES: Final = (
    Device(
        "Living room ceiling light",
        "Lamp E27 White",
        "Living Room",
        (things.light("Living room ceiling light", white=True, brightness=178).labelled("Evening"),),
    ),
    Device(
        "Living room floor lamp",
        "Lamp E27 Colour",
        "Living Room",
        (things.light("Living room floor lamp", colour=True, brightness=90).labelled("Evening"),),
    ),
    Device(
        "Living room plug",
        "Plug with meter",
        "Living Room",
        (
            things.switch("Living room plug", on=True),
            things.sensor("Living room plug power", _draws("switch.living_room_plug", 42), "power", "W").labelled(
                "Energy"
            ),
        ),
    ),
    Device("Living room TV", "55 inch", "Living Room", (things.television("Living room TV"),)),
    Device(
        "Living room blind", "Roller blind", "Living Room", (things.cover("Living room blind", "blind", position=80),)
    ),
    Device(
        "Living room heating",
        "Radiator valve",
        "Living Room",
        (
            things.switch("Living room heating valve").labelled("Heating"),
            things.thermostat(
                "Living room heating",
                heater="switch.living_room_heating_valve",
                sensor="sensor.living_room_temperature",
                target=21,
            ).labelled("Heating"),
        ),
    ),
    Device(
        "Kitchen ceiling light",
        "Lamp GU10 White",
        "Kitchen",
        (things.light("Kitchen ceiling light", white=True, brightness=230),),
    ),
    Device("Kitchen worktop light", "LED strip", "Kitchen", (things.light("Kitchen worktop light"),)),
    Device("Coffee machine", "Plug", "Kitchen", (things.switch("Coffee machine"),)),
    Device(
        "Fridge",
        "Fridge freezer",
        "Kitchen",
        (
            things.sensor("Fridge temperature", "{{ (4 + now().minute % 12 / 10) | round(1) }}", "temperature", "°C"),
            things.binary_sensor("Fridge door", "{{ now().minute % 20 == 7 }}", "door"),
        ),
    ),
    Device("Hall light", "Lamp E27", "Hall", (things.light("Hall light"),)),
    Device(
        "Front door",
        "Door lock",
        "Hall",
        (
            things.lock("Front door").labelled("Security"),
            things.binary_sensor("Front door contact", "{{ now().minute % 15 == 3 }}", "door").labelled("Security"),
            things.sensor("Front door battery", _battery(12), "battery", "%"),
        ),
    ),
    Device(
        "Robot",
        "Vacuum robot",
        "Hall",
        (
            things.vacuum("Robot", "input_select.robot_activity"),
            things.sensor("Robot battery", _battery(31), "battery", "%"),
            things.update("Robot firmware", "2.4.1", "2.5.0"),
        ),
    ),
    Device("Bathroom mirror light", "Lamp LED", "Bathroom", (things.light("Bathroom mirror light"),)),
    Device("Bathroom fan", "Extractor fan", "Bathroom", (things.fan("Bathroom fan"),)),
    Device("Bedroom ceiling light", "Lamp E27 White", "Bedroom", (things.light("Bedroom ceiling light", white=True),)),
    Device(
        "Bedside lamp",
        "Lamp E27 White",
        "Bedroom",
        (things.light("Bedside lamp", white=True, brightness=40).labelled("Evening"),),
    ),
    Device("Bedroom curtain", "Curtain rail", "Bedroom", (things.cover("Bedroom curtain", "curtain", position=100),)),
    Device(
        "Bedroom heating",
        "Radiator valve",
        "Bedroom",
        (
            things.switch("Bedroom heating valve").labelled("Heating"),
            things.thermostat(
                "Bedroom heating",
                heater="switch.bedroom_heating_valve",
                sensor="sensor.bedroom_temperature",
                target=18,
            ).labelled("Heating"),
        ),
    ),
    Device(
        "Desk",
        "Standing desk",
        "Office",
        (
            things.light("Desk lamp", white=True, brightness=255),
            things.number("Desk height", lowest=65, highest=125, start=74, unit="cm"),
        ),
    ),
    Device(
        "Garden path light",
        "Path lamp",
        "Garden",
        (things.light("Garden path light").labelled("Evening"),),
    ),
    Device("Garden sprinkler", "Irrigation valve", "Garden", (things.switch("Garden sprinkler"),)),
    Device(
        "Weather station",
        "Weather station",
        "Garden",
        (
            things.weather(
                "Weather station",
                "{{ ['sunny', 'partlycloudy', 'cloudy', 'rainy'][now().hour % 4] }}",
                "{{ states('sensor.outdoor_temperature') | float(12) }}",
                "{{ 60 + now().minute % 20 }}",
            ),
        ),
    ),
    Device(
        "Garage door",
        "Door opener",
        "Garage",
        (things.cover("Garage door", "garage", position=0).labelled("Security"),),
    ),
    Device("Boiler", "Boiler 120 l", "Garage", (things.water_heater("Boiler"),)),
    Device(
        "Phone",
        "Phone",
        "",
        (
            things.tracker("Phone", "input_boolean.someone_home"),
            things.sensor("Phone battery", _battery(3), "battery", "%"),
        ),
    ),
    Device("Guest phone", "Phone", "", (things.tracker("Guest phone", "input_boolean.guest_mode"),)),
)

THINGS: Final = tuple(thing for device in DEVICES for thing in device.things)
