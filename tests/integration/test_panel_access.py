"""Which key sees and controls what."""

import asyncio
import time
from typing import Any

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.drawbridge.keys import ApiKey, Capability
from custom_components.drawbridge.operations.service_calls import CallPlanner
from custom_components.drawbridge.policy_tests.key_access import KeyAccess
from custom_components.drawbridge.scope.model import Scope, Selection
from custom_components.drawbridge.scope.resolver import LiveScope
from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"


async def test_areas(panel: PanelClient, bridge: Bridge) -> None:
    """How many entities of each area each key sees and controls."""
    await bridge.add_key("Display", areas=["living_room"])
    await bridge.add_key("Remote", capabilities=["read", "control"])
    answer = await panel.ask("access/areas")
    display, remote = bridge.key_id("Display"), bridge.key_id("Remote")
    assert answer["keys"] == {display: "Display", remote: "Remote"}
    areas = {area["area_id"]: area for area in answer["areas"]}
    assert areas["living_room"] == {
        "area_id": "living_room",
        "name": "Living Room",
        "entities": 1,
        "keys": {display: {"read": 1, "control": 0}, remote: {"read": 1, "control": 1}},
    }
    assert areas["bedroom"]["keys"] == {remote: {"read": 1, "control": 1}}
    without = areas[None]
    assert without["name"] is None
    own = bridge.own_entities() & set(bridge.hass.states.async_entity_ids())
    assert without["keys"][remote]["read"] == without["entities"] - len(own)
    assert display not in without["keys"]


async def test_a_key(panel: PanelClient, bridge: Bridge) -> None:
    """Its entities, and the rule for each."""
    await bridge.add_key(
        "Remote", capabilities=["read", "control"], areas=["living_room"], entities=["sensor.outside"],
        services=["input_boolean.turn_on"],
    )  # fmt: skip
    answer = await panel.ask("access/key", key_id=bridge.key_id("Remote"))
    assert answer == {
        "entities": [
            {
                "entity_id": LIVING,
                "name": "living room lamp",
                "area_id": "living_room",
                "read": True,
                "control": True,
                "rule": "included by area living_room",
                "rule_sentence": {
                    "name": "scope_included",
                    "values": {"kind": "area", "item": "living_room"},
                    "text": "included by area living_room",
                },
            },
            {
                "entity_id": "sensor.outside",
                "name": "outside",
                "area_id": None,
                "read": True,
                "control": False,
                "rule": "included by entity sensor.outside",
                "rule_sentence": {
                    "name": "scope_included",
                    "values": {"kind": "entity", "item": "sensor.outside"},
                    "text": "included by entity sensor.outside",
                },
            },
        ],
        "more": 0,
    }


async def test_an_entity(panel: PanelClient, bridge: Bridge) -> None:
    """Every key, and why it sees the entity or not."""
    await bridge.add_key("Display", areas=["living_room"])
    await bridge.add_key("Remote", capabilities=["read", "control", "history"], exclude={"entities": [BEDROOM]})
    keys = (await panel.ask("access/entity", entity_id=LIVING))["keys"]
    assert [(key["name"], key["read"], key["control"], key["history"]) for key in keys] == [
        ("Display", True, False, False),
        ("Remote", True, True, True),
    ]
    keys = (await panel.ask("access/entity", entity_id=BEDROOM))["keys"]
    assert [(key["read"], key["rule"]) for key in keys] == [
        (False, "not included"),
        (False, f"excluded by entity {BEDROOM}"),
    ]
    assert await panel.error("access/entity", entity_id="light.unknown") == "not_found"


async def test_a_large_house(panel: PanelClient, bridge: Bridge) -> None:
    """The event loop runs in between, and the list is limited."""
    for number in range(2100):
        bridge.hass.states.async_set(f"sensor.number_{number}", "1")
    for number in range(10):
        await bridge.act("create_key", name=f"Key {number}", everything=True, capabilities=["read", "control"])
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            # The processor time of the thread, which other programs do not change.
            before = time.thread_time()
            await asyncio.sleep(0)
            worst = max(worst, time.thread_time() - before)

    watching = asyncio.create_task(watch())
    await panel.ask("access/areas")
    answer = await panel.ask("access/key", key_id=bridge.key_id("Key 1"))
    watching.cancel()
    assert len(answer["entities"]) == 2000
    assert answer["more"] > 100
    assert 0 < worst < 0.1


SOME_ACTIONS = ("input_boolean.turn_on", "homeassistant.toggle", "script.turn_on", "script.night", "switch.turn_off")
SOME_ENTITIES = (LIVING, BEDROOM, "sensor.outside", "script.night", "switch.setting", "switch.plain")
keys = st.builds(
    ApiKey,
    id=st.just("id"),
    name=st.just("name"),
    secrets=st.just(()),
    capabilities=st.frozensets(st.sampled_from([Capability.READ, Capability.CONTROL])),
    scope=st.builds(
        Scope,
        everything=st.booleans(),
        include=st.builds(Selection, entities=st.frozensets(st.sampled_from(SOME_ENTITIES))),
        exclude=st.builds(Selection, entities=st.frozensets(st.sampled_from(SOME_ENTITIES), max_size=2)),
    ),
    services=st.frozensets(st.sampled_from(SOME_ACTIONS), max_size=3),
)


async def test_what_is_shown_is_what_is_decided(bridge: Bridge, hass: HomeAssistant) -> None:
    """An entity counts as controlled exactly if a call of one of its actions would be allowed."""
    sequence = [{"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}]
    assert await async_setup_component(hass, "script", {"script": {"night": {"sequence": sequence}}})
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "switch", {})
    er.async_get(hass).async_get_or_create(
        "switch", "x", "1", suggested_object_id="setting", entity_category=EntityCategory.CONFIG
    )
    for item in ("switch.setting", "switch.plain"):
        hass.states.async_set(item, "on")
    runtime = bridge.entry.runtime_data

    def calls(key: ApiKey, entity_id: str) -> Any:
        planner = CallPlanner(hass, key, LiveScope(key.scope, runtime.directory))
        domain = entity_id.partition(".")[0]
        if Capability.CONTROL not in key.capabilities:
            return
        for action in (*SOME_ACTIONS, "switch.turn_on"):
            called, _, name = action.partition(".")
            if called in {domain, "homeassistant"} and hass.services.has_service(called, name):
                yield planner.plan(called, name, {"entity_id": entity_id}).decision.allowed

    @settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
    @given(key=keys, entity_id=st.sampled_from(SOME_ENTITIES))
    def check(key: ApiKey, entity_id: str) -> None:
        reads, controls, _ = KeyAccess(runtime, key).of(runtime.directory.facts(entity_id))
        assert reads == (Capability.READ in key.capabilities and key.scope.matches(runtime.directory.facts(entity_id)))
        assert controls == any(calls(key, entity_id)), (key, entity_id)

    check()
