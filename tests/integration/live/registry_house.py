"""A house with registries: what a key for the living room sees, and what it must not learn of."""

from dataclasses import dataclass
from typing import Any

import pytest
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient

MARKER = "hidden_marker"


@dataclass(frozen=True)
class Manor:
    """The bridge, and the ids that Home Assistant has made up."""

    bridge: Bridge
    hass: HomeAssistant
    lamp_device: str
    hub_device: str
    hidden_device: str
    lamp_entry: str
    label: str
    hidden_label: str
    category: str


def add_device(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> dr.DeviceEntry:
    """Add a device with everything that tells of it."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("test", f"serial_{name}_{MARKER}")},
        connections={("mac", f"aa:bb:cc:00:00:{len(name):02x}")},
        name=name,
        manufacturer="Maker",
        model="Model",
        serial_number=f"number_{MARKER}",
        sw_version="1.2",
        hw_version="3",
        configuration_url=f"http://{MARKER.replace('_', '-')}.local/",
    )


def _script(*targets: dict[str, str]) -> dict[str, Any]:
    """Return a script that acts on targets."""
    return {"sequence": [{"action": "homeassistant.turn_on", "target": target} for target in targets]}


def _automation(*targets: dict[str, str]) -> dict[str, Any]:
    """Return an automation that acts on targets."""
    trigger = {"trigger": "event", "event_type": f"event_{MARKER}"}
    return {"triggers": [trigger], "actions": _script(*targets)["sequence"]}


@pytest.fixture(autouse=True)
async def components(hass: HomeAssistant) -> None:
    """Set up Home Assistant's own commands, before the server begins to serve."""
    for component in ("config", "websocket_api", "search", "person", "zone", "tag", "homeassistant"):
        assert await async_setup_component(hass, component, {})
    lamp, radio = {"entity_id": "light.lamp"}, {"entity_id": f"media_player.radio0_{MARKER}"}
    for component, config in (
        (
            "automation",
            [
                {"id": f"seen_{MARKER}", "alias": "Seen", **_automation(lamp, radio)},
                {"id": "hidden", "alias": f"Hidden {MARKER}", **_automation(lamp)},
            ],
        ),
        ("group", {"all": {"entities": ["light.lamp", radio["entity_id"]]}}),
        ("script", {"seen": _script(lamp, radio), f"hidden_{MARKER}": _script(lamp)}),
        ("scene", [{"id": f"1_{MARKER}", "name": "Seen", "entities": {"light.lamp": "on", radio["entity_id"]: "on"}}]),
    ):
        assert await async_setup_component(hass, component, {component: config})


@pytest.fixture
async def manor(bridge: Bridge, hass: HomeAssistant) -> Manor:
    """Add devices, labels, floors and categories to the rooms."""
    areas, entities, floors = ar.async_get(hass), er.async_get(hass), fr.async_get(hass)
    labels, devices, categories = lr.async_get(hass), dr.async_get(hass), cr.async_get(hass)
    entry = MockConfigEntry(domain="test", entry_id=f"entry_{MARKER}")
    entry.add_to_hass(hass)
    ground = floors.async_create("Ground floor", level=0, aliases={"downstairs"}, icon="mdi:home")
    upper = floors.async_create(f"Upper {MARKER}", level=1)
    label, hidden_label = labels.async_create("Evening", color="red"), labels.async_create(f"Night {MARKER}")
    hub = add_device(hass, entry, f"Hub {MARKER}")
    lamp = add_device(hass, entry, "Lamp")
    devices.async_update_device(lamp.id, via_device_id=hub.id)
    devices.async_update_device(lamp.id, area_id="living_room", labels={label.label_id}, name_by_user="My lamp")
    hidden = add_device(hass, entry, f"Radio {MARKER}")
    devices.async_update_device(hidden.id, area_id="bedroom", labels={hidden_label.label_id})
    areas.async_update("living_room", floor_id=ground.floor_id, aliases={"salon"}, picture="/local/room.png")
    areas.async_update("bedroom", name=f"Bedroom {MARKER}", floor_id=upper.floor_id, labels={hidden_label.label_id})
    areas.async_create(f"Attic {MARKER}")
    category = categories.async_create(scope="automation", name="Comfort")
    hidden_category = categories.async_create(scope="automation", name=f"Secret {MARKER}")
    light = entities.async_get_or_create(
        "light",
        "test",
        f"unique_{MARKER}",
        config_entry=entry,
        device_id=lamp.id,
        suggested_object_id="lamp",
        original_name="Lamp",
        capabilities={"effect_list": ["rainbow"]},
        translation_key="lamp",
    )
    entities.async_update_entity(
        light.entity_id, categories={"automation": category.category_id}, labels={label.label_id}, aliases=["sun"]
    )
    entities.async_update_entity_options(light.entity_id, "light", {"favorite_colors": [{"color_temp_kelvin": 2700}]})
    entities.async_update_entity_options(light.entity_id, "lock", {"default_code": f"0000{MARKER}"})
    disabled = entities.async_get_or_create(
        "sensor",
        "test",
        f"disabled_{MARKER}",
        config_entry=entry,
        device_id=lamp.id,
        suggested_object_id="lamp_power",
        disabled_by=er.RegistryEntryDisabler.USER,
        entity_category=EntityCategory.DIAGNOSTIC,
    )
    for number in range(2):
        radio = entities.async_get_or_create(
            "media_player",
            "test",
            f"radio{number}_{MARKER}",
            config_entry=entry,
            device_id=hidden.id,
            suggested_object_id=f"radio{number}_{MARKER}",
        )
        entities.async_update_entity(radio.entity_id, categories={"automation": hidden_category.category_id})
    areas.async_update("living_room", temperature_entity_id=None, humidity_entity_id=None)
    hass.states.async_set("light.lamp", "on")
    hass.states.async_set(f"media_player.radio0_{MARKER}", "on")
    await hass.async_block_till_done()
    assert disabled.entity_id == "sensor.lamp_power"
    return Manor(
        bridge=bridge,
        hass=hass,
        lamp_device=lamp.id,
        hub_device=hub.id,
        hidden_device=hidden.id,
        lamp_entry=light.id,
        label=label.label_id,
        hidden_label=hidden_label.label_id,
        category=category.category_id,
    )


def ensure_nothing_hidden(client: LiveClient) -> None:
    """Make sure that nothing hidden was in any message."""
    assert client.log
    for message in client.log:
        assert MARKER not in str(message), message
        assert MARKER.replace("_", "-") not in str(message), message
        assert "aa:bb" not in str(message), message
