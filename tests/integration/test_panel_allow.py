"""Why a request was refused, and the smallest change that allows it."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from hypothesis import HealthCheck, given, settings, strategies as st
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.drawbridge.audit.subject import Subject
from custom_components.drawbridge.keys import ApiKey, Capability
from custom_components.drawbridge.operations.service_calls import CallPlanner
from custom_components.drawbridge.panel.changes import ChangeFinder, NotOfferedError
from custom_components.drawbridge.scope.model import Scope, Selection
from custom_components.drawbridge.scope.resolver import LiveScope
from custom_components.drawbridge.scope.service_rules import is_dangerous
from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"
NOTHING: dict[str, list[str]] = {"capabilities": [], "entities": [], "services": [], "events": []}


def number(bridge: Bridge) -> int:
    """Return the number of the latest record."""
    return int(bridge.entry.runtime_data.audit.number)


async def explained(panel: PanelClient, bridge: Bridge) -> dict[str, Any]:
    """Explain the latest record."""
    return dict(await panel.ask("activity/explain", record_id=number(bridge)))


async def allow(panel: PanelClient, bridge: Bridge, **fields: Any) -> dict[str, Any]:
    """Allow what the latest record was about, and return the change that was made."""
    record_id = number(bridge)
    (change,) = (await panel.ask("activity/explain", record_id=record_id))["changes"]
    await panel.ask("activity/allow", record_id=record_id, change_id=change["id"], **fields)
    return dict(change)


def split(action: str) -> tuple[str, str]:
    """Return the domain and the name of an action."""
    domain, _, name = action.partition(".")
    return domain, name


def stored(bridge: Bridge, name: str = "Remote") -> ApiKey:
    """Return a key as it is stored."""
    key = bridge.entry.runtime_data.stored_keys.get(bridge.key_id(name))
    assert isinstance(key, ApiKey)
    return key


async def test_an_entity_out_of_scope(panel: PanelClient, bridge: Bridge) -> None:
    """The entity is added, and nothing else of the key changes."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    before = stored(bridge)
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    explanation = await explained(panel, bridge)
    assert f"{BEDROOM} is not included." in explanation["rule"]
    assert (explanation["allowed_now"], explanation["why_none"]) == (False, None)
    change = await allow(panel, bridge)
    assert change["adds"] == {**NOTHING, "entities": [BEDROOM]}
    assert (change["broad"], change["text"]) == (False, f"Adds the entity {BEDROOM}.")
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 200
    include = replace(before.scope.include, entities=frozenset({BEDROOM}))
    assert stored(bridge) == replace(before, scope=replace(before.scope, include=include))
    assert (await explained(panel, bridge))["allowed_now"]


async def test_a_capability(panel: PanelClient, bridge: Bridge) -> None:
    """A capability applies to everything in scope, and the explanation says so."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await bridge.post(f"/api/states/{LIVING}", key, json={"state": "x"})
    change = await allow(panel, bridge)
    assert change["adds"] == {**NOTHING, "capabilities": ["set_state"]}
    assert change["broad"]
    assert (await bridge.post(f"/api/states/{LIVING}", key, json={"state": "x"})).status == 200


async def test_an_action_of_a_key_that_may_call_none(panel: PanelClient, bridge: Bridge) -> None:
    """The capability comes with a list, which otherwise would allow all actions."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING})
    change = await allow(panel, bridge)
    assert change["adds"] == {**NOTHING, "capabilities": ["control"], "services": ["input_boolean.turn_on"]}
    assert (await bridge.post(TURN_ON, key, json={"entity_id": LIVING})).status == 200
    answer = await bridge.post("/api/services/input_boolean/turn_off", key, json={"entity_id": LIVING})
    assert answer.status == 403


async def test_an_action_that_is_not_listed_on_an_entity_out_of_scope(panel: PanelClient, bridge: Bridge) -> None:
    """Both are added at once; what the key can do beyond is said."""
    key = await bridge.add_key(
        "Remote", capabilities=["read", "control"], areas=["living_room"], services=["input_boolean.turn_off"]
    )
    await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})
    change = await allow(panel, bridge)
    assert change["adds"] == {**NOTHING, "entities": [BEDROOM], "services": ["input_boolean.turn_on"]}
    assert "read, other_actions" in change["text"]
    assert (await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})).status == 200


async def test_an_event(panel: PanelClient, bridge: Bridge) -> None:
    """Its type is added to the list."""
    key = await bridge.add_key("Remote", capabilities=["read", "fire_event"], events=["a"])
    await bridge.post("/api/events/b", key, json={})
    assert (await allow(panel, bridge))["adds"] == {**NOTHING, "events": ["b"]}
    assert (await bridge.post("/api/events/b", key, json={})).status == 200
    assert (await bridge.post("/api/events/c", key, json={})).status == 403


@pytest.mark.parametrize(
    ("fields", "path", "body"),
    [
        ({"limits": {"networks": ["192.0.2.1"]}}, "/api/states", None),
        ({}, "/api/services/homeassistant/restart", {}),
        ({}, "/api/services/shell_command/run", {}),
        ({}, "/api/services/script/night", {}),
        ({}, "/api/services/light/unknown", {"entity_id": LIVING}),
        ({}, "/api/events/drawbridge_audit", {}),
        ({}, "/api/events/homeassistant_stop", {}),
        ({"areas": ["living_room"]}, "/api/states/light.unknown", None),
        ({"exclude": {"entities": [BEDROOM]}}, f"/api/states/{BEDROOM}", None),
        ({}, "/api/states/switch.remote_enabled", None),
        ({}, TURN_ON, {"entity_id": LIVING, "made_up": 1}),
        ({"areas": ["living_room"]}, TURN_ON, {"entity_id": [f"light.l{item}" for item in range(90)]}),
    ],
)
async def test_what_is_never_offered(
    panel: PanelClient, bridge: Bridge, fields: dict[str, Any], path: str, body: Any
) -> None:
    """Networks, dangerous actions, Drawbridge's own things, what does not exist, what is excluded, fields."""
    key = await bridge.add_key("Remote", capabilities=["read", "control", "fire_event"], events=["a"], **fields)
    before = stored(bridge)
    answer = await bridge.request("GET" if body is None else "POST", path, key, json=body)
    assert answer.status in {403, 404}
    explanation = await explained(panel, bridge)
    assert explanation["changes"] == []
    assert len(explanation["why_none"]) > 10
    assert not explanation["allowed_now"]
    assert await panel.error("activity/allow", record_id=number(bridge), change_id="x") == "not_allowed"
    assert stored(bridge) == before


def script_on(*entities: str, action: str = "input_boolean.turn_on") -> dict[str, Any]:
    """Return the configuration of a script that acts on entities."""
    return {"sequence": [{"action": action, "target": {"entity_id": list(entities)}}]}


async def test_what_acts_on_others_names_all_of_them(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """Listed by its ID, a script acts beyond the scope. All of that is said, and asked about twice."""
    scripts = {"night": script_on(BEDROOM), "leave": script_on("script.night", action="script.turn_on")}
    assert await async_setup_component(hass, "script", {"script": scripts})
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    start = "/api/services/script/turn_on", {"entity_id": "script.leave"}
    assert (await bridge.post(start[0], key, json=start[1])).status == 403
    explanation = await explained(panel, bridge)
    (change,) = explanation["changes"]
    assert change["adds"] == {**NOTHING, "entities": ["script.leave"]}
    assert change["broad"]
    beyond = change["beyond"][-1]
    assert beyond["name"] == "reaches"
    assert beyond["values"] == {"entity": "script.leave", "entities": [BEDROOM, "script.night"]}
    assert f"control: {BEDROOM}, script.night." in change["text"]
    await allow(panel, bridge)
    assert (await bridge.post(start[0], key, json=start[1])).status == 200
    await hass.async_block_till_done()
    assert hass.states.get(BEDROOM).state == "on"  # type: ignore[union-attr]
    assert (await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})).status == 403


async def test_what_is_in_scope_and_acts_beyond_it(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """Its area is in scope, and it still must be listed itself, which is the change."""
    assert await async_setup_component(hass, "script", {"script": {"night": script_on(BEDROOM)}})
    er.async_get(hass).async_update_entity("script.night", area_id="living_room")
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    start = "/api/services/script/turn_on", {"entity_id": "script.night"}
    assert (await bridge.post(start[0], key, json=start[1])).status == 403
    explanation = await explained(panel, bridge)
    assert "rule_delegate" in {item["name"] for item in explanation["rule_sentences"]}
    (change,) = explanation["changes"]
    assert change["adds"] == {**NOTHING, "entities": ["script.night"]}
    assert [item["name"] for item in change["beyond"]] == ["reaches"]
    await allow(panel, bridge, seconds=60)
    assert (await bridge.post(start[0], key, json=start[1])).status == 200
    assert (await explained(panel, bridge))["allowed_now"]


@pytest.mark.parametrize(
    ("script", "fields", "why"),
    [
        (script_on(BEDROOM), {"exclude": {"entities": [BEDROOM]}}, "reaches_excluded"),
        (script_on("switch.remote_enabled", action="switch.turn_on"), {}, "reaches_excluded"),
        (script_on("switch.setting", action="switch.turn_on"), {}, "reaches_setting"),
        (script_on(*(f"light.l{item}" for item in range(31)), action="light.turn_on"), {}, "reaches_many"),
        (script_on("{{ 'light.x' }}", action="light.turn_on"), {}, "reach_unknown"),
        (script_on("script.other", action="script.turn_on"), {}, "reach_unknown"),
        ({"sequence": [{"action": "homeassistant.restart"}]}, {}, "reach_unknown"),
        ({"sequence": [{"event": "x"}]}, {}, "reach_unknown"),
        ({"sequence": [{"delay": 1}]}, {}, "reach_unknown"),
    ],
)
async def test_what_acts_on_others_and_is_not_offered(
    panel: PanelClient, bridge: Bridge, script: dict[str, Any], fields: Any, why: str
) -> None:
    """What it acts on is excluded, a part of Drawbridge, a setting, too much or not known. The panel says so."""
    hass = bridge.hass
    er.async_get(hass).async_get_or_create(
        "switch", "x", "1", entity_category=EntityCategory.CONFIG, suggested_object_id="setting"
    )
    hass.states.async_set("switch.setting", "on")
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"], **fields)
    scripts = {"night": script, "other": script_on("{{ 'light.x' }}", action="light.turn_on")}
    assert await async_setup_component(hass, "script", {"script": scripts})
    await bridge.post("/api/services/script/turn_on", key, json={"entity_id": "script.night"})
    explanation = await explained(panel, bridge)
    assert explanation["changes"] == []
    assert [item["name"] for item in explanation["why_none_sentences"]] == [why]


async def test_a_template_light(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """It is offered with what its actions act on."""
    act = {"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}
    options = {"name": "Glow", "template_type": "light", "state": "{{ false }}", "turn_on": [act], "turn_off": [act]}
    entry = MockConfigEntry(domain="template", options=options, title="Glow")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    call = "/api/services/light/turn_on", {"entity_id": "light.glow"}
    assert (await bridge.post(call[0], key, json=call[1])).status == 403
    change = await allow(panel, bridge)
    assert change["adds"] == {**NOTHING, "entities": ["light.glow"]}
    assert change["beyond"][-1]["values"] == {"entity": "light.glow", "entities": [BEDROOM]}
    assert (await bridge.post(call[0], key, json=call[1])).status == 200
    assert hass.states.get(BEDROOM).state == "on"  # type: ignore[union-attr]


async def test_a_setting_is_not_offered(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """Listed by its ID, it could be changed."""
    setting = er.async_get(hass).async_get_or_create("switch", "x", "1", entity_category=EntityCategory.CONFIG)
    hass.states.async_set(setting.entity_id, "on")
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    await bridge.get(f"/api/states/{setting.entity_id}", key)
    explanation = await explained(panel, bridge)
    assert explanation["changes"] == []
    assert "by hand" in explanation["why_none"]


async def test_what_has_no_change(panel: PanelClient, bridge: Bridge) -> None:
    """Requests without a key, requests that were allowed, and keys that are gone."""
    await bridge.get("/api/states")
    assert (await explained(panel, bridge))["changes"] == []
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING})
    explanation = await explained(panel, bridge)
    assert "The key has the capability control." in explanation["rule"]
    assert explanation["why_none"] == "The request was allowed."
    await bridge.get(f"/api/states/{LIVING}", key)
    assert (await explained(panel, bridge))["why_none"] == "The request was allowed."
    await bridge.get(f"/api/states/{BEDROOM}", key)
    await panel.ask("keys/delete", key_id=bridge.key_id("Remote"))
    assert "does not exist" in (await explained(panel, bridge))["why_none"]


async def test_a_change_that_is_outdated(panel: PanelClient, bridge: Bridge) -> None:
    """A change that is no longer offered is refused."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await bridge.get(f"/api/states/{BEDROOM}", key)
    record_id = number(bridge)
    (change,) = (await explained(panel, bridge))["changes"]
    await bridge.edit_key("Remote", "exclude", {"entities": [BEDROOM]})
    fields = {"record_id": record_id, "change_id": change["id"]}
    assert await panel.error("activity/allow", **fields) == "not_allowed"
    for seconds in (59, 86_401, 1.5):
        assert await panel.error("activity/allow", **fields, seconds=seconds) == "invalid_format"


async def test_a_key_that_changes_at_the_same_moment(
    panel: PanelClient, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was explained was about another key, so nothing is added."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await bridge.get(f"/api/states/{BEDROOM}", key)
    (change,) = (await explained(panel, bridge))["changes"]
    runtime = bridge.entry.runtime_data
    change_key = runtime.change_key

    async def change_later(key_id: str, second: Any) -> None:
        await change_key(key_id, lambda key: replace(key, capabilities=key.capabilities | {Capability.CONTROL}))
        await change_key(key_id, second)

    monkeypatch.setattr(runtime, "change_key", change_later)
    fields = {"record_id": number(bridge), "change_id": change["id"]}
    assert await panel.error("activity/allow", **fields) == "not_allowed"
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404


async def test_for_a_time(panel: PanelClient, bridge: Bridge) -> None:
    """A temporary change ends at its time, also if the key is edited in between."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    before = stored(bridge)
    await bridge.get(f"/api/states/{BEDROOM}", key)
    await allow(panel, bridge, seconds=60)
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 200
    await panel.ask("keys/subscribe")
    (shown,) = (await panel.event())["keys"]
    assert "temporary" in shown["chips"]
    assert shown["temporary"][0]["entities"] == [BEDROOM]
    await panel.ask("keys/set_enabled", key_id=bridge.key_id("Remote"), enabled=False)
    await panel.ask("keys/set_enabled", key_id=bridge.key_id("Remote"), enabled=True)
    await bridge.edit_key("Remote", "rename", {"name": "Other"})
    await bridge.edit_key("Other", "learn", {})
    kept = stored(bridge, "Other")
    assert (kept.scope, kept.capabilities) == (before.scope, before.capabilities)
    (listed,) = (await bridge.act("list_keys"))["keys"]
    assert (listed["scope"], listed["temporary"][0]["entities"]) == (before.scope.as_dict(), [BEDROOM])
    soon = (replace(kept.temporary[0], until=time.time() + 0.3),)
    await bridge.entry.runtime_data.change_key(kept.id, lambda key: replace(key, temporary=soon))
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 200
    await asyncio.sleep(0.4)
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 200


async def test_for_a_time_over_a_restart(
    panel: PanelClient, bridge: Bridge, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It goes on after a restart, and ends while Home Assistant is stopped."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await bridge.get(f"/api/states/{BEDROOM}", key)
    await allow(panel, bridge, seconds=3600)
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 200
    assert await hass.config_entries.async_unload(bridge.entry.entry_id)
    freezer.tick(3601)
    assert await hass.config_entries.async_setup(bridge.entry.entry_id)
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404


SOME_ACTIONS = (
    "input_boolean.turn_on",
    "input_boolean.turn_off",
    "homeassistant.turn_on",
    "homeassistant.restart",
    "light.turn_on",
    "script.night",
    "input_boolean.reload",
)
SOME_EVENTS = ("a", "b", "drawbridge_audit", "homeassistant_stop", "state_changed")
SOME_ENTITIES = (LIVING, BEDROOM, "sensor.outside", "light.unknown", "script.night", "switch.remote_enabled")
some_entities = st.frozensets(st.sampled_from(SOME_ENTITIES), max_size=4)
selections = st.builds(
    Selection,
    entities=some_entities,
    areas=st.frozensets(st.sampled_from(["living_room", "bedroom"]), max_size=1),
    domains=st.frozensets(st.sampled_from(["sensor", "script"]), max_size=1),
)
scopes = st.builds(Scope, everything=st.booleans(), include=selections, exclude=selections | st.just(Selection()))
keys = st.builds(
    ApiKey,
    id=st.just("id"),
    name=st.just("name"),
    secrets=st.just(()),
    capabilities=st.frozensets(st.sampled_from(Capability)),
    scope=scopes,
    services=st.frozensets(st.sampled_from(SOME_ACTIONS), max_size=2),
    events=st.frozensets(st.sampled_from(SOME_EVENTS), max_size=2),
)
subjects = st.builds(
    Subject,
    operation=st.just("x"),
    entities=some_entities.map(tuple),
    more=st.sampled_from([0, 0, 5]),
    action=st.none() | st.sampled_from(SOME_ACTIONS),
    event=st.none() | st.sampled_from(SOME_EVENTS),
    capability=st.sampled_from([item.value for item in Capability]),
    lacking=st.sampled_from(["capability", "entity", "service", "event"]),
)
reasons = st.sampled_from(["capability", "scope", "service_scope", "event", "template_scope", "network"])


async def test_a_change_never_adds_more_than_what_was_refused(bridge: Bridge, hass: HomeAssistant) -> None:
    """Whatever a key may do, and whatever it was refused: for good, and for a time."""
    sequence = [{"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}]
    assert await async_setup_component(hass, "script", {"script": {"night": {"sequence": sequence}}})
    await bridge.add_key("Remote")
    runtime = bridge.entry.runtime_data
    facts, offered = runtime.directory.facts, 0

    def calls(key: ApiKey) -> set[tuple[str, str]]:
        """Return each action and entity that a key may call it on."""
        planner = CallPlanner(hass, key, LiveScope(key.scope, runtime.directory))
        if Capability.CONTROL not in key.capabilities:
            return set()
        return {
            (action, item)
            for action in SOME_ACTIONS
            for item in SOME_ENTITIES
            if planner.plan(*split(action), {"entity_id": item}).decision.allowed
        }

    @settings(max_examples=600, suppress_health_check=list(HealthCheck), deadline=None)
    @given(key=keys, subject=subjects, reason=reasons)
    def check(key: ApiKey, subject: Subject, reason: str) -> None:
        nonlocal offered
        try:
            change = ChangeFinder(runtime, key).find(subject, reason)
        except NotOfferedError:
            return
        offered += 1
        adds, changed = change.adds, key.with_additions(change.adds)
        assert reason != "network"
        assert adds.capabilities <= {subject.capability} - key.capabilities
        assert adds.services <= {subject.action}
        assert not any(is_dangerous(*split(item)) for item in adds.services)
        assert adds.events <= {subject.event} - {"drawbridge_audit", "homeassistant_stop"}
        assert adds.entities <= set(subject.entities)
        assert not any(key.scope.matches(facts(item)) or facts(item).is_own for item in adds.entities)
        assert not any(key.scope.exclude.matches(facts(item)) for item in adds.entities)
        opens = "script.night" in adds.entities and Capability.CONTROL in changed.capabilities
        assert not (opens and key.scope.exclude.matches(facts(BEDROOM)))
        assert any(item.name == "reaches" for item in change.beyond) is (opens and not changed.scope.is_everything)
        seen_before, seen = (
            {item for item in SOME_ENTITIES if one.scope.matches(facts(item))} for one in (key, changed)
        )
        assert seen == seen_before | adds.entities
        assert (
            replace(changed, capabilities=key.capabilities, scope=key.scope, services=key.services, events=key.events)
            == key
        )
        gained_events = changed.events if Capability.FIRE_EVENT in adds.capabilities else changed.events - key.events
        assert gained_events == adds.events
        gained = calls(changed) - calls(key)
        assert all(
            action in adds.services or item in adds.entities or action.startswith("homeassistant.")
            for action, item in gained
        )
        if Capability.CONTROL in adds.capabilities:
            assert {action for action, _ in gained} <= adds.services

    check()
    assert offered > 20
