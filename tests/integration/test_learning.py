"""Learn mode: the requests of a client become the smallest permissions that it needs."""

from dataclasses import replace
from typing import Any

import pytest
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.drawbridge.flows.key_forms import learned_of
from custom_components.drawbridge.flows.learned import as_learned, propose_for
from custom_components.drawbridge.keys import ApiKey, Capability
from custom_components.drawbridge.keys.key_input import KeyInputError
from custom_components.drawbridge.learning.lessons import Lesson
from custom_components.drawbridge.operations.service_calls import CallPlanner
from custom_components.drawbridge.scope.model import Scope, Selection
from tests.integration.house import Bridge
from tests.integration.test_flows import suggested

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"


async def learning_key(bridge: Bridge, name: str = "Client") -> str:
    """Return a key that sees all and learns."""
    key = await bridge.add_key(name=name, capabilities=["read", "control", "history", "location"])
    await bridge.edit_key(name, "learn", {})
    return key


async def proposal(bridge: Bridge, name: str = "Client") -> tuple[Any, dict[str, Any]]:
    """Return the flow at its proposal, and what that proposes."""
    flow = await bridge.choose(await bridge.reconfigure(name), "learned")
    assert flow["step_id"] == "learned", flow
    return flow, suggested(flow)


async def test_a_client_that_names_what_it_wants(bridge: Bridge) -> None:
    """The client keeps working with the proposed permissions, and can do nothing else."""
    key = await learning_key(bridge)
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 200
    body = {"entity_id": LIVING}
    assert (await bridge.post("/api/services/input_boolean/toggle", key, json=body)).status == 200
    flow, proposed = await proposal(bridge)
    assert proposed == {
        "capabilities": ["control", "read"],
        "keep_scope": False,
        "entities": [LIVING],
        "services": ["input_boolean.toggle"],
        "events": [],
    }
    about = flow["description_placeholders"]
    assert about["used"] == f"`control`, `{LIVING}`, `input_boolean.toggle`, `read`"
    assert (about["unused"], about["refused"]) == ("`history`, `location`", "-")
    await bridge.submit(flow, proposed)
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 200
    assert (await bridge.post("/api/services/input_boolean/toggle", key, json=body)).status == 200
    assert (await bridge.post("/api/services/input_boolean/turn_on", key, json=body)).status == 403
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    assert not next(iter(bridge.entry.runtime_data.keys)).learning


async def test_a_client_that_asks_for_all_at_once(bridge: Bridge) -> None:
    """If a client reads all entities at once, the proposal keeps the scope."""
    key = await learning_key(bridge)
    await bridge.get("/api/states", key)
    flow, proposed = await proposal(bridge)
    assert proposed["keep_scope"] is True
    assert proposed["capabilities"] == ["read"]
    await bridge.submit(flow, proposed)
    assert LIVING in await bridge.entity_ids(key)


@pytest.mark.parametrize(
    ("path", "everything", "entities"),
    [
        (f"/api/history/period?filter_entity_id={LIVING}, {BEDROOM}", False, [BEDROOM, LIVING]),
        (f"/api/logbook?entity={LIVING}", False, [LIVING]),
        (f"/api/states?entity_id={LIVING}", False, [LIVING]),
        ("/api/logbook", True, []),
        ("/api/states?domain=light", True, []),
        ("/api/config", False, []),
    ],
)
async def test_what_a_query_names(bridge: Bridge, path: str, entities: list[str], *, everything: bool) -> None:
    """Entities are named in paths, in queries, or not at all."""
    key = await learning_key(bridge)
    await bridge.get(path, key)
    lesson = bridge.entry.runtime_data.lessons.get(bridge.key_id("Client"))
    assert (lesson.everything, sorted(lesson.entities)) == (everything, entities)


async def test_what_was_refused_is_learnt_too(bridge: Bridge) -> None:
    """Refused requests are shown separately, and the unchanged proposal does not allow them."""
    key = await bridge.add_key(name="Client", entities=[BEDROOM])
    await bridge.edit_key("Client", "learn", {})
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 404
    assert (await bridge.post("/api/services/light/turn_on", key, json={})).status == 403
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 200
    assert (await bridge.get(f"/api/logbook?entity={BEDROOM}", key)).status == 403
    flow, proposed = await proposal(bridge)
    assert proposed["entities"] == [BEDROOM]
    assert proposed["capabilities"] == ["read"]
    assert proposed["services"] == []
    refused = (flow["description_placeholders"] or {})["refused"]
    assert refused == f"`control`, `history`, `{LIVING}`, `light.turn_on`"
    await bridge.submit(flow, proposed)
    assert await bridge.entity_ids(key) == {BEDROOM}
    assert (await (await bridge.get("/key", key)).json())["capabilities"] == ["read"]


async def test_what_acts_on_others_is_left_out(bridge: Bridge, hass: HomeAssistant) -> None:
    """A listed id would let a script act beyond the scope; a listed name would open no field either."""
    sequence = [{"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}]
    assert await async_setup_component(hass, "script", {"script": {"night": {"sequence": sequence}}})
    er.async_get(hass).async_update_entity("script.night", area_id="living_room")
    key = await bridge.add_key("Client", capabilities=["read", "control"], areas=["living_room"])
    await bridge.edit_key("Client", "learn", {})
    for item in ("script.night", LIVING):
        assert (await bridge.get(f"/api/states/{item}", key)).status == 200
    called = "/api/services/script/turn_on", {"entity_id": "script.night"}
    for path, body in (called, ("/api/services/input_boolean/turn_on", {"entity_id": LIVING, "colour": "red"})):
        assert (await bridge.post(path, key, json=body)).status == 403
    assert (await bridge.post("/api/services/input_boolean/turn_on", key, json={"entity_id": LIVING})).status == 200
    flow, proposed = await proposal(bridge)
    assert proposed["entities"] == [LIVING]
    assert (flow["description_placeholders"] or {})["left_out"] == "`script.night`"
    await bridge.submit(flow, proposed)
    assert (await bridge.post(called[0], key, json=called[1])).status == 403
    path, body = "/api/services/input_boolean/turn_on", {"entity_id": LIVING, "colour": "red"}
    assert (await bridge.post(path, key, json=body)).status == 403


_NAMED = (LIVING, BEDROOM, "script.inside", "script.outside", "scene.night", "group.all", "switch.setting")
_CALLED = (
    "input_boolean.turn_on", "script.turn_on", "scene.turn_on", "switch.turn_on", "homeassistant.turn_on",
    "homeassistant.restart", "script.outside",
)  # fmt: skip
_LISTED = (*_CALLED, "input_boolean.turn_on.*", "switch.turn_on.*", "input_boolean.*", "switch.*", "homeassistant.*")
_FIELDS: tuple[dict[str, Any], ...] = ({}, {"transition": 1}, {"colour": "red"}, {"variables": {"x": BEDROOM}})


async def test_no_proposal_widens_a_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """After submitting the proposal, a key can make no call that it could not make before."""

    def turn_on(entity_id: str) -> dict[str, Any]:
        return {"sequence": [{"action": "input_boolean.turn_on", "target": {"entity_id": entity_id}}]}

    assert await async_setup_component(
        hass, "script", {"script": {"inside": turn_on(LIVING), "outside": turn_on(BEDROOM)}}
    )
    setting = er.async_get(hass).async_get_or_create(
        "switch", "test", "1", suggested_object_id="setting", entity_category=EntityCategory.CONFIG
    )
    for item in ("script.inside", "script.outside", setting.entity_id):
        er.async_get(hass).async_update_entity(item, area_id="living_room")
    for item in ("scene.night", "group.all"):
        hass.states.async_set(item, "on", {"entity_id": [LIVING, BEDROOM]})
    hass.states.async_set(setting.entity_id, "off")
    runtime = bridge.entry.runtime_data

    def allowed(key: ApiKey) -> set[tuple[str, str, int]]:
        planner = CallPlanner(hass, key, runtime.directory.live(key.scope))
        return {
            (name, item, number)
            for name in _CALLED
            for item in _NAMED
            for number, fields in enumerate(_FIELDS)
            if planner.plan(name.split(".")[0], name.split(".")[1], {"entity_id": item, **fields}).decision.allowed
        }

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.builds(
            Scope,
            everything=st.booleans(),
            include=st.builds(
                Selection,
                areas=st.frozensets(st.just("living_room")),
                domains=st.frozensets(st.sampled_from(["script", "scene", "group", "switch"])),
                entities=st.frozensets(st.sampled_from(_NAMED), max_size=3),
            ),
            exclude=st.builds(Selection, entities=st.frozensets(st.sampled_from(_NAMED), max_size=2)),
        ),
        st.frozensets(st.sampled_from(_LISTED), max_size=4),
        st.sets(st.sampled_from(_NAMED)),
        st.sets(st.sampled_from(_CALLED)),
        st.booleans(),
    )
    def check(scope: Scope, listed: frozenset[str], named: set[str], called: set[str], everything: bool) -> None:  # noqa: FBT001
        key = ApiKey("id", "Client", (), frozenset({Capability.CONTROL}), scope, listed)
        lesson = Lesson(0.0, everything=everything, capabilities={"control"}, entities=named, services=called)
        proposed = learned_of(propose_for(hass, runtime, key, lesson))
        try:
            after = as_learned(key, proposed)
        except KeyInputError:
            return
        assert allowed(after) <= allowed(key)

    check()


async def test_control_needs_its_actions_by_name(bridge: Bridge) -> None:
    """The proposal lists the actions by name, because an empty list would allow more."""
    key = await learning_key(bridge)
    await bridge.get(f"/api/states/{LIVING}", key)
    flow, proposed = await proposal(bridge)
    flow = await bridge.submit(flow, proposed | {"capabilities": ["read", "control"]})
    assert flow["errors"] == {"services": "no_service"}


async def test_what_runs_code_is_left_to_the_person(bridge: Bridge) -> None:
    """A service that restarts or administers is named, and not chosen."""
    key = await learning_key(bridge)
    await bridge.post("/api/services/homeassistant/restart", key, json={})
    flow, proposed = await proposal(bridge)
    assert proposed["services"] == []
    assert (flow["description_placeholders"] or {})["doubtful"] == "`homeassistant.restart`"


async def test_actions_that_were_taken_away_are_not_proposed(bridge: Bridge) -> None:
    """The key as it is now is the limit, not as it was when its client called them."""
    key = await learning_key(bridge)
    body = {"entity_id": LIVING}
    assert (await bridge.post("/api/services/input_boolean/toggle", key, json=body)).status == 200
    abilities = {"capabilities": ["read", "control"], "services": ["input_boolean.turn_on"]}
    await bridge.edit_key("Client", "abilities", abilities)
    flow, proposed = await proposal(bridge)
    # The response of the action has states, so it used the permission to read.
    assert (proposed["capabilities"], proposed["services"]) == (["read"], [])
    assert (flow["description_placeholders"] or {})["refused"] == "`input_boolean.toggle`"


async def test_entities_that_do_not_exist_are_not_proposed(bridge: Bridge) -> None:
    """A client cannot fill the memory with entity ids."""
    key = await learning_key(bridge)
    runtime = bridge.entry.runtime_data
    await runtime.change_key(bridge.key_id("Client"), lambda key: replace(key, per_minute=0))
    await bridge.hass.async_block_till_done()
    for number in range(600):
        await bridge.get(f"/api/states/light.none_{number}", key)
    lesson = runtime.lessons.get(bridge.key_id("Client"))
    assert len(lesson.entities) == 500
    _flow, proposed = await proposal(bridge)
    assert proposed["entities"] == []


async def test_nothing_asked_for_yet(bridge: Bridge) -> None:
    """There is nothing to propose."""
    await learning_key(bridge)
    flow = await bridge.choose(await bridge.reconfigure("Client"), "learned")
    assert flow["reason"] == "nothing_learned"


async def test_a_proposal_that_leaves_nothing(bridge: Bridge) -> None:
    """The form shows an error at the field."""
    key = await learning_key(bridge)
    await bridge.get(f"/api/states/{LIVING}", key)
    flow, proposed = await proposal(bridge)
    flow = await bridge.submit(flow, proposed | {"entities": []})
    assert flow["errors"] == {"keep_scope": "empty_scope"}


async def test_stopping_forgets(bridge: Bridge) -> None:
    """The key stays as it is."""
    key = await learning_key(bridge)
    await bridge.get(f"/api/states/{LIVING}", key)
    await bridge.edit_key("Client", "stop_learning", {})
    assert bridge.entry.runtime_data.lessons.get(bridge.key_id("Client")) is None
    assert BEDROOM in await bridge.entity_ids(key)


async def test_what_was_learnt_survives_a_restart(bridge: Bridge, hass: HomeAssistant) -> None:
    """Lessons are kept over a restart."""
    key = await learning_key(bridge)
    await bridge.get(f"/api/states/{LIVING}", key)
    await hass.config_entries.async_reload(bridge.entry.entry_id)
    await hass.async_block_till_done()
    _flow, proposed = await proposal(bridge)
    assert proposed["entities"] == [LIVING]


async def test_a_preset_learns_from_the_start(bridge: Bridge) -> None:
    """The preset for an unknown program starts in learn mode."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "learn"})
    flow = await bridge.submit(flow, {"everything": True})
    await bridge.choose(flow, "secret")
    assert next(iter(bridge.entry.runtime_data.keys)).learning
