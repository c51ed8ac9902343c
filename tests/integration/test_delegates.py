"""What entities that act on others may be made to do."""

from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.drawbridge.operations.delegates import may_act_on_others
from tests.integration.house import Bridge

LIVING: Final = "input_boolean.living_room_lamp"
BEDROOM: Final = "input_boolean.bedroom_lamp"


def lit(hass: HomeAssistant) -> set[str]:
    """Return the lamps that are on."""
    return {state.entity_id for state in hass.states.async_all("input_boolean") if state.state == "on"}


async def test_delegates_act_within_the_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """A script in an area acts on what is in scope, unless the owner lists it by its id."""
    scripts = {
        "inside": {"sequence": [{"action": "input_boolean.turn_on", "target": {"entity_id": LIVING}}]},
        "outside": {"sequence": [{"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}]},
        "free": {"sequence": [{"action": "input_boolean.turn_on", "target": {"entity_id": "{{ x }}"}}]},
        "area": {"sequence": [{"action": "input_boolean.turn_on", "target": {"area_id": "bedroom"}}]},
    }
    assert await async_setup_component(hass, "script", {"script": scripts})
    for name in scripts:
        er.async_get(hass).async_update_entity(f"script.{name}", area_id="living_room")
    key = await bridge.add_key(capabilities=["control"], areas=["living_room"])
    path = "/api/services/script/turn_on"
    for name, status in (("inside", 200), ("outside", 403), ("free", 403), ("area", 403)):
        assert (await bridge.post(path, key, json={"entity_id": f"script.{name}"})).status == status, name
    body = {"entity_id": "script.inside", "variables": {"x": BEDROOM}}
    assert (await bridge.post(path, key, json=body)).status == 403
    chosen = await bridge.add_key("Chosen", capabilities=["control"], entities=["script.outside"])
    assert (await bridge.post(path, chosen, json={"entity_id": "script.outside"})).status == 200


async def test_delegates_of_delegates_act_within_the_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """A script that runs another, and a group of groups: what is done in the end counts."""
    lamp = {"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}
    outer = {"action": "script.turn_on", "target": {"entity_id": "script.inner"}}
    scripts = {"inner": [lamp], "outer": [outer]}
    assert await async_setup_component(hass, "script", {"script": {k: {"sequence": v} for k, v in scripts.items()}})
    for name in scripts:
        er.async_get(hass).async_update_entity(f"script.{name}", area_id="living_room")
    key = await bridge.add_key(capabilities=["control"], areas=["living_room"])
    path = "/api/services/script/turn_on"
    for name, status in (("inner", 403), ("outer", 403)):
        assert (await bridge.post(path, key, json={"entity_id": f"script.{name}"})).status == status, name
    chosen = await bridge.add_key("Chosen", capabilities=["control"], areas=["living_room"], entities=["script.inner"])
    assert (await bridge.post(path, chosen, json={"entity_id": "script.outer"})).status == 200
    assert lit(hass) == {BEDROOM}


async def test_a_call_is_not_refused_for_what_it_does_not_act_on(bridge: Bridge, hass: HomeAssistant) -> None:
    """A call of one domain by area, where entities of other domains stand that the key may not use."""
    script = {"sequence": [{"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}]}
    assert await async_setup_component(hass, "script", {"script": {"outside": script}})
    er.async_get(hass).async_update_entity("script.outside", area_id="living_room")
    key = await bridge.add_key(capabilities=["control"], areas=["living_room"])
    area = {"area_id": "living_room"}
    assert (await bridge.post("/api/services/input_boolean/turn_on", key, json=area)).status == 200
    assert lit(hass) == {LIVING}
    for path in ("/api/services/script/turn_on", "/api/services/homeassistant/turn_on"):
        assert (await bridge.post(path, key, json=area)).status == 403


async def test_delegates_that_lead_back_end(bridge: Bridge, hass: HomeAssistant) -> None:
    """Entities that refer to each other are followed once each, up to a limit."""
    around = {f"input_boolean.x{number}": f"input_boolean.x{(number + 1) % 400}" for number in range(400)}
    far = {f"input_boolean.y{number}": f"input_boolean.y{number + 1}" for number in range(600)}
    for item, other in (around | far).items():
        hass.states.async_set(item, "off", {"entity_id": [other]})
    key = await bridge.add_key(capabilities=["control"], domains=["input_boolean"])
    path = "/api/services/input_boolean/turn_on"
    assert (await bridge.post(path, key, json={"entity_id": "input_boolean.x0"})).status == 200
    assert (await bridge.post(path, key, json={"entity_id": "input_boolean.y0"})).status == 403


async def test_members_are_not_taken_from_a_written_state(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key that may write states does not make a scene, or a group, act beyond its scope."""
    scene = {"name": "evening", "entities": {BEDROOM: "on"}}
    assert await async_setup_component(hass, "scene", {"scene": [scene]})
    group = {"platform": "group", "name": "both", "entities": ["fan.inside", "fan.hidden"]}
    assert await async_setup_component(hass, "fan", {"fan": [group]})
    await hass.async_block_till_done()
    key = await bridge.add_key(capabilities=["control", "set_state"], globs=["scene.*", "fan.both", "fan.inside"])
    for item in ("scene.evening", "fan.both"):
        path = f"/api/services/{item.partition('.')[0]}/turn_on"
        assert (await bridge.post(path, key, json={"entity_id": item})).status == 403
        body = {"state": "on", "attributes": {"entity_id": ["fan.inside"]}}
        assert (await bridge.post(f"/api/states/{item}", key, json=body)).status == 200
        assert (await bridge.post(path, key, json={"entity_id": item})).status == 403
        assert (await bridge.request("DELETE", f"/api/states/{item}", key)).status == 200
        assert (await bridge.post(path, key, json={"entity_id": item})).status == 403
    assert not lit(hass)


HELPERS: Final[dict[str, tuple[str, dict[str, object]]]] = {
    "switch.sundown": ("light.lamp", {"platform": "flux", "lights": ["light.lamp"]}),
    "light.relay": ("switch.heater", {"platform": "switch", "entity_id": "switch.heater"}),
    "climate.warm": (
        "switch.heater",
        {"platform": "generic_thermostat", "heater": "switch.heater", "target_sensor": "sensor.x", "target_temp": 20},
    ),
    "humidifier.wet": (
        "switch.heater",
        {"platform": "generic_hygrostat", "humidifier": "switch.heater", "target_sensor": "sensor.x"},
    ),
}
"""Helpers in YAML, what they act on, and their configuration. Those of other domains set up the switches."""


@pytest.fixture
async def house(house: HomeAssistant) -> HomeAssistant:
    """Set helpers up before the bridge, which has switches too."""
    for entity_id, (_, config) in HELPERS.items():
        domain, _, name = entity_id.partition(".")
        assert await async_setup_component(house, domain, {domain: [{"name": name, **config}]})
    await house.async_block_till_done()
    return house


@pytest.mark.parametrize("entity_id", HELPERS)
async def test_helpers_in_yaml(bridge: Bridge, hass: HomeAssistant, entity_id: str) -> None:
    """What they act on must be in scope, although no attribute says what it is."""
    acted_on, _ = HELPERS[entity_id]
    domain, other = entity_id.partition(".")[0], acted_on.partition(".")[0]
    assert may_act_on_others(hass, entity_id)
    scopes: tuple[tuple[dict[str, Any], int], ...] = (
        ({"domains": [domain], "exclude": {"entities": [acted_on]}}, 403),
        ({"domains": [domain, other]}, 200),
        ({"domains": [domain, other], "exclude": {"entities": [acted_on]}}, 403),
        ({"entities": [entity_id]}, 200),
    )
    for scope, status in scopes:
        key = await bridge.add_key(str(scope)[:60], capabilities=["control"], **scope)
        path = f"/api/services/{domain}/turn_off"
        assert (await bridge.post(path, key, json={"entity_id": entity_id})).status == status, scope


def turning(**step: Any) -> dict[str, Any]:
    """Return the configuration of a switch that a user makes from templates, in the user interface."""
    return {"template_type": "switch", "turn_on": [], "turn_off": [{"action": "input_boolean.turn_off", **step}]}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (turning(target={"entity_id": [LIVING]}), 200),
        (turning(target={"entity_id": [BEDROOM]}), 403),
        (turning(target={"area_id": "living_room"}), 200),
        (turning(target={"area_id": "bedroom"}), 403),
        (turning(target={"entity_id": LIVING}, data={"x": "{{ 1 }}"}), 403),
        (turning(action="script.hidden"), 403),
        (turning(action="homeassistant.restart"), 403),
        (turning(target={"entity_id": LIVING}) | {"device_id": "a device"}, 200),
    ],
)
async def test_templates_of_users(bridge: Bridge, hass: HomeAssistant, options: dict[str, Any], status: int) -> None:
    """Their actions are held against the scope like those of a script."""
    if "device_id" in options:
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=bridge.entry.entry_id, identifiers={("test", "1")}
        )
        er.async_get(hass).async_update_entity(BEDROOM, device_id=device.id)
        options["device_id"] = device.id
    entry = MockConfigEntry(domain="template", title="Made", options={"name": "Made", **options})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (made,) = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    er.async_get(hass).async_update_entity(made.entity_id, area_id="living_room")
    key = await bridge.add_key(capabilities=["control"], areas=["living_room"])
    path, body = "/api/services/switch/turn_off", {"entity_id": made.entity_id}
    assert (await bridge.post(path, key, json=body)).status == status
