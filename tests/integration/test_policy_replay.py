"""What a change of a key would do to its recorded requests, before it is made."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.audit.subject import Subject
from custom_components.drawbridge.audit.trail import AuditRecord
from tests.integration.house import Bridge, Flow, shown
from tests.integration.panel import PanelClient

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"


async def preview(panel: PanelClient, bridge: Bridge, **change: Any) -> dict[str, Any]:
    """Return the preview of a change."""
    return dict(await panel.ask("preview", key_id=bridge.key_id("Remote"), **change))


def counts(found: dict[str, Any]) -> dict[str, int]:
    """Return the numbers of a replay that are not 0."""
    replay = found["replay"]
    return {name: replay[name] for name in ("requests", "refused", "partly", "allowed") if replay[name]}


async def test_a_smaller_scope(panel: PanelClient, bridge: Bridge) -> None:
    """Of all recorded requests, those are named that would be refused. The key stays as it is."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"])
    for _ in range(3):
        assert (await bridge.get("/api/states", key)).status == 200
        assert (await bridge.post(TURN_ON, key, json={"entity_id": LIVING})).status == 200
    for _ in range(2):
        assert (await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})).status == 200
    found = await preview(panel, bridge, permissions={"everything": False, "include": {"areas": ["living_room"]}})
    assert counts(found) == {"requests": 8, "refused": 2}
    (change,) = found["replay"]["changes"]
    assert (change["outcome"], change["count"]) == ("refused", 2)
    assert change["rule"] == f"entity {BEDROOM} is not in scope"
    assert change["subject"]["action"] == "input_boolean.turn_on"
    assert change["subject"]["entities"] == [{"entity_id": BEDROOM, "name": "bedroom lamp"}]
    assert change["latest"] >= found["replay"]["since"]
    assert (await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})).status == 200


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ({}, {}),
        ({"exclude": {"entities": [BEDROOM]}}, {"refused": 1, "partly": 3}),
        ({"everything": False, "include": {"entities": ["sensor.outside"]}}, {"refused": 5}),
        ({"capabilities": ["read"]}, {"refused": 2}),
        ({"capabilities": ["control"]}, {"refused": 3}),
        ({"services": ["input_boolean.turn_off"]}, {"refused": 2}),
        ({"services": ["input_boolean.*"]}, {}),
    ],
)
async def test_what_becomes_of_requests(
    panel: PanelClient, bridge: Bridge, permissions: dict[str, Any], expected: dict[str, int]
) -> None:
    """Calls are counted one by one. Reads are sums, of which some may be refused."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"])
    for item in (LIVING, BEDROOM):
        assert (await bridge.post(TURN_ON, key, json={"entity_id": item})).status == 200
    for item in (LIVING, LIVING, BEDROOM):
        assert (await bridge.get(f"/api/states/{item}", key)).status == 200
    assert counts(await preview(panel, bridge, permissions=permissions)) == {"requests": 5, **expected}


async def test_an_addition(panel: PanelClient, bridge: Bridge) -> None:
    """Refused requests that would be allowed are counted; the tests that it breaks are named."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    for _ in range(2):
        assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    assert (await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})).status == 403
    adds: dict[str, Any] = {"entities": [BEDROOM]}
    found = await preview(panel, bridge, adds=adds)
    assert counts(found) == {"requests": 3, "allowed": 2}
    assert found["replay"]["changes"][0]["rule"] == "everything that it names is in scope"
    assert found["broken"] == []
    test = {"expect": "not_controls", "entity_id": BEDROOM}
    await panel.ask("tests/add", key_id=bridge.key_id("Remote"), test=test)
    assert (await preview(panel, bridge, adds=adds))["broken"] == []
    adds |= {"capabilities": ["control"], "services": ["input_boolean.turn_on"]}
    found = await preview(panel, bridge, adds=adds)
    assert counts(found) == {"requests": 3, "allowed": 3}
    assert [item["test"]["entity_id"] for item in found["broken"]] == [BEDROOM]


async def test_what_is_not_about_permissions(panel: PanelClient, bridge: Bridge) -> None:
    """Requests of other keys, and requests that were refused for other reasons, are not counted."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"])
    other = await bridge.add_key("Other")
    assert (await bridge.get("/api/states", other)).status == 200
    assert (await bridge.post(TURN_ON, key, data="{")).status == 400
    await panel.ask("keys/set_enabled", key_id=bridge.key_id("Remote"), enabled=False)
    assert (await bridge.get("/api/states", key)).status == 401
    found = await preview(panel, bridge, permissions={"capabilities": ["history"]})
    assert counts(found) == {}
    assert found["replay"]["since"] is None


async def test_events(panel: PanelClient, bridge: Bridge) -> None:
    """The list of events decides."""
    key = await bridge.add_key("Remote", capabilities=["fire_event"], events=["bell", "ring"])
    for event in ("bell", "ring", "ring"):
        assert (await bridge.post(f"/api/events/{event}", key, json={})).status == 200
    assert counts(await preview(panel, bridge, permissions={"events": ["bell"]})) == {"requests": 3, "refused": 2}


async def test_what_learn_mode_proposes(panel: PanelClient, bridge: Bridge) -> None:
    """As it would be if it was submitted unchanged."""
    key = await bridge.add_key("Remote", capabilities=["read", "history"], areas=["living_room"])
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 200
    assert await panel.error("preview", key_id=bridge.key_id("Remote"), learned=True) == "not_found"
    await bridge.edit_key("Remote", "learn", {})
    assert (await bridge.get(f"/api/history/period?filter_entity_id={LIVING}", key)).status in {200, 404}
    assert (await bridge.get("/api/states/sensor.outside", key)).status == 404
    test = {"expect": "sees", "area_id": "living_room"}
    await panel.ask("tests/add", key_id=bridge.key_id("Remote"), test=test)
    before = bridge.entry.runtime_data.stored_keys.get(bridge.key_id("Remote"))
    found = await preview(panel, bridge, learned=True)
    assert found["broken"] == []
    assert counts(found)["requests"] >= 2
    assert "allowed" not in counts(found)
    assert bridge.entry.runtime_data.stored_keys.get(bridge.key_id("Remote")) == before


async def edited(bridge: Bridge, step: str, *forms: dict[str, Any]) -> Flow:
    """Submit forms for a part of a key one after the other, and return what follows the last one."""
    flow = await bridge.choose(await bridge.reconfigure("Remote"), step)
    for form in forms:
        flow = await bridge.submit(flow, form)
    return flow


async def test_an_edit_that_refuses_recorded_requests(bridge: Bridge) -> None:
    """The form says so before it saves, and saves what is submitted again."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"])
    for item in (LIVING, BEDROOM, BEDROOM):
        assert (await bridge.post(TURN_ON, key, json={"entity_id": item})).status == 200
    smaller = {"everything": False, "areas": ["living_room"]}
    before = bridge.entry.runtime_data.stored_keys.get(bridge.key_id("Remote"))
    flow = await edited(bridge, "scope", smaller)
    assert flow["errors"] == {"base": "refuses_requests"}
    told = shown(flow)
    assert (told["recorded"], told["denied"], told["less"]) == ("3", "2", "0")
    assert told["lost"] == f"`input_boolean.turn_on` (`{BEDROOM}`)"
    assert bridge.entry.runtime_data.stored_keys.get(bridge.key_id("Remote")) == before
    other = {"everything": False, "areas": ["bedroom"]}
    flow = await edited(bridge, "scope", smaller, other)
    assert shown(flow)["denied"] == "1"
    assert bridge.entry.runtime_data.stored_keys.get(bridge.key_id("Remote")) == before
    assert (await edited(bridge, "limits", {"local_only": True}))["reason"] == "reconfigure_successful"
    assert (await edited(bridge, "scope", smaller, smaller))["reason"] == "reconfigure_successful"
    assert (await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})).status == 403
    larger = {**smaller, "domains": ["sensor"]}
    assert (await edited(bridge, "scope", larger))["reason"] == "reconfigure_successful"


async def test_a_broken_test_comes_first(panel: PanelClient, bridge: Bridge) -> None:
    """A broken test cannot be confirmed by submitting the form again."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"])
    assert (await bridge.post(TURN_ON, key, json={"entity_id": LIVING})).status == 200
    test = {"expect": "sees", "entity_id": LIVING}
    await panel.ask("tests/add", key_id=bridge.key_id("Remote"), test=test)
    form = {"everything": False, "areas": ["bedroom"]}
    flow = await edited(bridge, "scope", form, form)
    assert flow["errors"] == {"base": "broken_tests"}
    assert "sees" in shown(flow)["tests"]


@pytest.mark.parametrize(
    "change",
    [
        {"learned": False},
        {"adds": {"capabilities": ["fly"]}},
        {"adds": {"entities": ["x"] * 501}},
        {"adds": {"unknown": []}},
        {"permissions": {"include": {"unknown": []}}},
        {"adds": {}, "permissions": {}},
    ],
)
async def test_bad_changes(panel: PanelClient, bridge: Bridge, change: dict[str, Any]) -> None:
    """They are refused."""
    await bridge.add_key("Remote")
    assert await panel.error("preview", key_id=bridge.key_id("Remote"), **change) == "invalid_format"


async def test_an_invalid_key(panel: PanelClient, bridge: Bridge) -> None:
    """What could not be saved cannot be previewed."""
    await bridge.add_key("Remote")
    invalid: list[dict[str, Any]] = [
        {"capabilities": []}, {"include": {"entities": ["light"]}}, {"services": ["light"]},
    ]  # fmt: skip
    for permissions in invalid:
        answer = await panel.send("preview", key_id=bridge.key_id("Remote"), permissions=permissions)
        assert answer["error"]["code"] == "not_allowed", permissions


async def test_a_large_house(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """All that is kept is replayed, the list is limited, and the event loop runs in between."""
    await bridge.add_key("Remote", capabilities=["read", "control"])
    runtime, key_id = bridge.entry.runtime_data, bridge.key_id("Remote")
    for number in range(1000):
        entity_id = f"input_boolean.number_{number}"
        hass.states.async_set(entity_id, "on")
        subject = Subject("services.call", (entity_id,), 0, "input_boolean.turn_on", capability="control")
        runtime.audit.add(
            AuditRecord(1.0, "r", key_id, "Remote", "local", "POST", "/", 200, "allowed", subject=subject)
        )
    tests = [{"expect": "not_controls", "area_id": "bedroom"}, {"expect": "sees", "entity_id": LIVING}]
    for test in tests:
        await panel.ask("tests/add", key_id=key_id, test=test)
    turns = 0

    async def watch() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    watching = asyncio.create_task(watch())
    found = await preview(panel, bridge, permissions={"exclude": {"globs": ["input_boolean.number_*"]}})
    watching.cancel()
    assert counts(found) == {"requests": 1000, "refused": 1000}
    assert (len(found["replay"]["changes"]), found["replay"]["more"]) == (50, 950)
    assert turns > 20
