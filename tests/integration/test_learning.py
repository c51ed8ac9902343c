"""Learn mode: what a client asks for becomes the least that would have served it."""

from dataclasses import replace
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

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
    """It gets just that, goes on working, and can do nothing else any more."""
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
    await bridge.submit(flow, proposed)
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 200
    assert (await bridge.post("/api/services/input_boolean/toggle", key, json=body)).status == 200
    assert (await bridge.post("/api/services/input_boolean/turn_on", key, json=body)).status == 403
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    assert not next(iter(bridge.entry.runtime_data.keys)).learning


async def test_a_client_that_asks_for_all_at_once(bridge: Bridge) -> None:
    """Nobody can tell which entities it needs, so its scope is proposed to stay."""
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
    """What the client did not get is shown apart, and submitting the proposal as it stands grants none of it."""
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


async def test_control_needs_its_actions_by_name(bridge: Bridge) -> None:
    """An empty list would allow more than was learnt."""
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


async def test_entities_that_do_not_exist_are_not_proposed(bridge: Bridge) -> None:
    """Nor can a client fill the memory with their names."""
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
    """The person is told, by the field."""
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
    """A week of learning is not lost."""
    key = await learning_key(bridge)
    await bridge.get(f"/api/states/{LIVING}", key)
    await hass.config_entries.async_reload(bridge.entry.entry_id)
    await hass.async_block_till_done()
    _flow, proposed = await proposal(bridge)
    assert proposed["entities"] == [LIVING]


async def test_a_preset_learns_from_the_start(bridge: Bridge) -> None:
    """For a program that nobody knows."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "learn"})
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.choose(flow, "secret")
    await bridge.submit(flow, {})
    assert next(iter(bridge.entry.runtime_data.keys)).learning
