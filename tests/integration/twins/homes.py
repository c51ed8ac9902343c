"""The twins: a room that is the same in both, and what each of them has besides."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant import core
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.house import Bridge
from tests.integration.twins.normal import Normal

ROOM: Final = "living_room"
HALL: Final = "hall"
"""An area that is the same in both homes too, for the key that sees a label."""
AWAY: Final = {"a": "closet", "b": "cellar"}
"""The area that the key of the label excludes. Each home has another."""
LABEL: Final = "shared"
WALL: Final = "wall-tablet"
"""The dashboard of the key of the room."""
LIGHTS: Final = ("light.lamp", "light.spot")
PLAIN: Final = ("sensor.warmth", "sensor.power", "binary_sensor.window", "device_tracker.phone", "script.evening")
"""Entities of the room that have a state and nothing behind it."""
MIXED: Final = "group.mixed"
"""A group of the room. Some of its members are elsewhere."""
WANDERER: Final = "sensor.wanderer"
"""An entity that is carried out of the room and back."""
INSIDE: Final = (
    *LIGHTS, *PLAIN, "input_boolean.fan", "group.room", MIXED, "camera.door", "calendar.family", "todo.chores",
    "weather.home", "person.resident", "media_player.box", "image.map",
)  # fmt: skip
BOXES: Final = ("switch.box", "switch.outlet")
"""Entities of the hall. Their devices are in an area that the key of the label excludes."""
_DOMAINS: Final = (
    "light", "sensor", "binary_sensor", "device_tracker", "script", "camera", "calendar", "todo", "person",
    "image",
)  # fmt: skip
OUTSIDE: Final = tuple(f"{domain}.attic_{number}" for domain in _DOMAINS for number in range(3))
"""Ids that entities outside of the room may have, in either home or in none."""
MISSING: Final = ("light.loft", "light.none", "sensor.none", "camera.none", "calendar.none", "todo.none")
COMPONENTS: Final = (
    "http", "api", "websocket_api", "search", "history", "logbook", "input_boolean", "light", "camera", "calendar",
    "todo", "weather", "group", "homeassistant", "person", "tag", "media_player", "frontend", "lovelace",
    "image",
)  # fmt: skip
ONLY: Final = {"a": ("counter", "zone"), "b": ("timer", "input_number", "input_button")}
"""Integrations that one of the homes has and the other has not."""
FEW: Final = ["read", "history", "template"]
MANY: Final = [*FEW, "control", "set_state", "fire_event", "images", "dashboard"]
"""No key has `location`: where the homes stand differs."""
ONLY_SCRIPT: Final = "script.secret"
"""A script that only one of the homes has."""
ONLY_DOMAIN: Final = "fountain.attic"
"""An entity whose domain only one of the homes has."""
SERVICES: Final = [
    "input_boolean.*", "light.*", "todo.*", "calendar.*", "weather.*", "homeassistant.turn_on",
    "media_player.browse_media", "calendar.update_event", "calendar.delete_event",
    "counter.*", "timer.*", ONLY_SCRIPT,
]  # fmt: skip
KEYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "room": {
        "areas": [ROOM], "capabilities": MANY, "services": SERVICES, "events": ["bell"], "dashboards": [WALL],
    },
    "shared": {
        "labels": [LABEL], "entities": ["sensor.power"], "capabilities": FEW,
        "exclude": {"entities": ["light.spot"], "areas": [*AWAY.values()]},
    },
}  # fmt: skip
"""The keys that are compared, by name."""
SENSOR: Final = {"unit_of_measurement": "°C", "device_class": "temperature", "state_class": "measurement"}


@dataclass
class Home:
    """One of the twins."""

    name: str
    hass: HomeAssistant
    bridge: Bridge
    dice: random.Random
    normal: Normal
    secrets: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """What the requests name by a text that begins with ``@``."""
    config: MockConfigEntry = field(default_factory=lambda: MockConfigEntry(domain="test"))
    devices: list[str] = field(default_factory=list)
    """Devices that only this home has."""
    count: int = 0

    def word(self) -> str:
        """Return a text that the other home has never seen."""
        self.count += 1
        return f"twin-{self.name}-{self.count}"

    def act(self) -> None:
        """Be the instance that Home Assistant's global look-ups find."""
        core._hass.hass = self.hass  # noqa: SLF001 - two instances share a thread here
        frame.async_setup(self.hass)
