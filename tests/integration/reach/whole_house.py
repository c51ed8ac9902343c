"""A household with an entity of every reviewed domain in each room. Its services note what they are called with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.drawbridge.scope.reviewed_services import REVIEWED
from tests.integration.reach.everyday import ATTRIBUTES

DOMAINS: Final = sorted({name.partition(".")[0] for name in REVIEWED})
_SPEAK: Final = {
    vol.Required("media_player_entity_id"): cv.comp_entity_ids,
    vol.Required("message"): cv.string,
    vol.Optional("cache", default=True): cv.boolean,
    vol.Optional("language"): cv.string,
    vol.Optional("options"): dict,
}
"""As Home Assistant's ``tts`` has it, which needs a library that is not installed here."""
_SCRIPTS: Final[dict[str, Any]] = {
    name: {"sequence": [{"action": "input_boolean.turn_on", "target": {"entity_id": f"input_boolean.{name}"}}]}
    for name in ("lamp", "hidden")
}
_ROOMS: Final = {"lamp": "living_room", "hidden": "bedroom"}
_REAL: Final = frozenset({"script"})


@dataclass
class WholeHouse:
    """The calls that reached Home Assistant's services, and the ids by which the rooms can be named."""

    hass: HomeAssistant
    calls: list[dict[str, Any]] = field(default_factory=list)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)

    async def set_up(self) -> None:
        """Set all domains up. Do this before the server starts: it takes no more routes afterwards."""
        for domain in DOMAINS:
            if domain != "tts":
                config = {domain: _SCRIPTS} if domain == "script" else {}
                assert await async_setup_component(self.hass, domain, config)
        self.hass.services.async_register("tts", "speak", _ignore, cv.make_entity_service_schema(_SPEAK))
        await async_setup_component(self.hass, "homeassistant", {})
        self._furnish()
        for name in REVIEWED:
            self.watch(name)
        await self.hass.async_block_till_done()

    def watch(self, name: str) -> None:
        """Write down what a service is called with, after its own check of the data. Its entities are not told."""
        domain, _, service = name.partition(".")
        own = self.hass.services.async_services_for_domain(domain)[service]
        response = own.supports_response is not SupportsResponse.NONE

        async def record(call: ServiceCall) -> ServiceResponse:
            self.calls.append({"service": f"{call.domain}.{call.service}", **call.data})
            return {} if response else None

        self.hass.services.async_register(
            domain, service, record, schema=own.schema, supports_response=own.supports_response
        )

    def take(self) -> list[dict[str, Any]]:
        """Return the calls since the last time."""
        calls, self.calls = self.calls, []
        return calls

    def _furnish(self) -> None:
        floors, labels = fr.async_get(self.hass), lr.async_get(self.hass)
        entry = MockConfigEntry(domain="test")
        entry.add_to_hass(self.hass)
        for name, room in _ROOMS.items():
            label = labels.async_create(f"{room} label").label_id
            floor = floors.async_create(f"{room} floor").floor_id
            ar.async_get(self.hass).async_update(room, floor_id=floor)
            device = dr.async_get(self.hass).async_get_or_create(
                config_entry_id=entry.entry_id, identifiers={("test", name)}
            )
            dr.async_get(self.hass).async_update_device(device.id, area_id=room)
            for domain in DOMAINS:
                entity = er.async_get(self.hass).async_get_or_create(
                    domain, domain if domain in _REAL else "test", name, suggested_object_id=name
                )
                er.async_get(self.hass).async_update_entity(entity.entity_id, labels={label}, device_id=device.id)
                if domain not in _REAL:
                    self.hass.states.async_set(entity.entity_id, "on", ATTRIBUTES)
            self.targets[name] = {
                "entity_id": "",
                "area_id": room,
                "floor_id": floor,
                "label_id": label,
                "device_id": device.id,
            }


def plain(value: object) -> object:
    """Return what a call holds in a form that can be compared: as texts, and what has no order, in order."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return [plain(item) for item in value] if isinstance(value, list | tuple) else str(value)


async def _ignore(_: ServiceCall) -> None:
    """Do nothing."""
