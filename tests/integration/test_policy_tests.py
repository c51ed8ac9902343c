"""Policy tests of keys: their results, and the refusal of changes that break one."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar, entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.keys import Additions, ApiKey, Capability
from custom_components.drawbridge.keys.policy_test import MAX_TESTS
from custom_components.drawbridge.keys.store import STORE_FILE
from custom_components.drawbridge.policy_tests import watch
from custom_components.drawbridge.policy_tests.guard import BrokenTestsError
from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"
SEES_LIVING = {"expect": "sees", "area_id": "living_room"}
NO_BEDROOM_CONTROL = {"expect": "not_controls", "entity_id": BEDROOM}
NO_BEDROOM_SIGHT = {"expect": "not_sees", "entity_id": BEDROOM}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the delay of the watch."""
    monkeypatch.setattr(watch, "_SETTLE_SECONDS", 0.01)


def stored(bridge: Bridge, name: str = "Remote") -> ApiKey:
    """Return a key as it is stored."""
    key = bridge.entry.runtime_data.stored_keys.get(bridge.key_id(name))
    assert isinstance(key, ApiKey)
    return key


def on_disk(bridge: Bridge, name: str = "Remote") -> dict[str, Any]:
    """Return the data of a key in the store's file."""
    document = json.loads(Path(bridge.hass.config.path(STORE_FILE)).read_text(encoding="utf-8"))
    return dict(document["keys"][bridge.key_id(name)]["data"])


async def add_test(panel: PanelClient, bridge: Bridge, test: dict[str, Any], name: str = "Remote") -> str:
    """Add a policy test, and return its status."""
    answer = await panel.ask("tests/add", key_id=bridge.key_id(name), test=test)
    return str(answer["results"][-1]["status"])


async def statuses(panel: PanelClient, bridge: Bridge, name: str = "Remote") -> list[str]:
    """Return the status of each policy test."""
    return [item["status"] for item in (await panel.ask("tests/list", key_id=bridge.key_id(name)))["results"]]


async def issues(bridge: Bridge) -> list[ir.IssueEntry]:
    """Return the issues about policy tests, when the watch has settled."""
    await asyncio.sleep(0.1)
    await bridge.hass.async_block_till_done()
    found = ir.async_get(bridge.hass).issues.values()
    return [item for item in found if item.translation_key == "policy_tests_fail"]


async def test_stored_with_the_key(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """On disk before it is acknowledged, and kept when the key is rotated, edited, deleted and restored, reloaded."""
    await bridge.add_key("Remote", areas=["living_room"])
    assert await add_test(panel, bridge, SEES_LIVING) == "passed"
    expected = [{"expect": "sees", "entity_id": None, "area_id": "living_room", "action": None}]
    assert on_disk(bridge)["tests"] == expected
    assert await add_test(panel, bridge, SEES_LIVING) == "passed"
    assert len(stored(bridge).tests) == 1
    await panel.ask("keys/rotate", key_id=bridge.key_id("Remote"))
    await bridge.edit_key("Remote", "rename", {"name": "Other"})
    await bridge.edit_key("Other", "limits", {"local_only": True})
    undo = (await panel.ask("keys/delete", key_id=bridge.key_id("Other")))["undo"]
    await panel.ask("keys/undo", undo=undo)
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    assert on_disk(bridge, "Other")["tests"] == expected
    assert await statuses(panel, bridge, "Other") == ["passed"]
    (listed,) = (await bridge.act("list_keys"))["keys"]
    assert listed["tests"] == expected
    answer = await panel.ask("tests/remove", key_id=bridge.key_id("Other"), test=expected[0])
    assert answer["results"] == on_disk(bridge, "Other")["tests"] == []


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ({"expect": "sees"}, "invalid_format"),
        ({"expect": "sees", "entity_id": LIVING, "area_id": "living_room"}, "invalid_format"),
        ({"expect": "sees", "entity_id": LIVING, "action": "input_boolean.turn_on"}, "invalid_format"),
        ({"expect": "unreadable"}, "invalid_format"),
        ({"expect": "sees", "entity_id": "x" * 300}, "invalid_format"),
        ({"expect": "sees", "entity_id": "light.unknown"}, "not_found"),
        ({"expect": "sees", "area_id": "unknown"}, "not_found"),
        ({"expect": "controls", "entity_id": LIVING, "action": "input_boolean.unknown"}, "not_found"),
    ],
)
async def test_what_is_no_test(panel: PanelClient, bridge: Bridge, test: dict[str, Any], code: str) -> None:
    """It is refused, and the key stays as it is."""
    await bridge.add_key("Remote")
    assert await panel.error("tests/add", key_id=bridge.key_id("Remote"), test=test) == code
    assert stored(bridge).tests == ()


async def test_the_number_is_limited(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """A key has at most 50 tests."""
    await bridge.add_key("Remote")
    for number in range(MAX_TESTS + 1):
        hass.states.async_set(f"sensor.number_{number}", "1")
        test = {"expect": "sees", "entity_id": f"sensor.number_{number}"}
        answer = await panel.send("tests/add", key_id=bridge.key_id("Remote"), test=test)
    assert answer["error"]["code"] == "not_allowed"
    assert len(stored(bridge).tests) == MAX_TESTS


@pytest.mark.parametrize(
    ("fields", "test", "status"),
    [
        ({"areas": ["living_room"]}, SEES_LIVING, "passed"),
        ({"areas": ["living_room"], "capabilities": ["history"]}, SEES_LIVING, "broken"),
        ({"areas": ["bedroom"]}, SEES_LIVING, "broken"),
        ({"exclude": {"entities": [LIVING]}}, SEES_LIVING, "broken"),
        ({"areas": ["living_room"]}, NO_BEDROOM_SIGHT, "passed"),
        ({}, NO_BEDROOM_SIGHT, "broken"),
        # Each of these tells something about an entity.
        *(({"capabilities": [item]}, NO_BEDROOM_SIGHT, "broken") for item in ("history", "template", "images")),
        *(({"capabilities": [item]}, NO_BEDROOM_SIGHT, "broken") for item in ("control", "set_state")),
        ({"capabilities": ["metrics"]}, NO_BEDROOM_SIGHT, "passed"),
        ({"areas": ["bedroom"]}, {"expect": "not_sees", "area_id": "living_room"}, "passed"),
        ({}, {"expect": "not_sees", "area_id": "living_room"}, "broken"),
        ({}, NO_BEDROOM_CONTROL, "passed"),
        ({"capabilities": ["control"]}, NO_BEDROOM_CONTROL, "broken"),
        ({"capabilities": ["control"], "services": ["light.*"]}, NO_BEDROOM_CONTROL, "passed"),
        ({"capabilities": ["control"], "services": ["homeassistant.toggle"]}, NO_BEDROOM_CONTROL, "broken"),
        ({"capabilities": ["control"], "areas": ["living_room"]}, NO_BEDROOM_CONTROL, "passed"),
        ({"capabilities": ["control"]}, {"expect": "not_controls", "area_id": "living_room"}, "broken"),
        ({"capabilities": ["control"]}, {"expect": "controls", "area_id": "living_room"}, "passed"),
        ({"capabilities": ["control"], "areas": ["bedroom"]}, {"expect": "controls", "entity_id": LIVING}, "broken"),
        ({"capabilities": ["read"]}, {"expect": "controls", "entity_id": LIVING}, "broken"),
    ],
)
async def test_results(
    panel: PanelClient, bridge: Bridge, fields: dict[str, Any], test: dict[str, Any], status: str
) -> None:
    """Decided by the scope and the capabilities, as requests are."""
    assert await async_setup_component(bridge.hass, "homeassistant", {})
    await bridge.add_key("Remote", **fields)
    assert await add_test(panel, bridge, test) == status


async def test_one_action(panel: PanelClient, bridge: Bridge) -> None:
    """A test can be about one action, which is planned as a call is."""
    await bridge.add_key("Remote", capabilities=["control"], services=["input_boolean.turn_on"])
    for action, expect, status in (
        ("input_boolean.turn_on", "controls", "passed"),
        ("input_boolean.turn_off", "controls", "broken"),
        ("input_boolean.turn_on", "not_controls", "broken"),
        ("input_boolean.turn_off", "not_controls", "passed"),
    ):
        for target in ({"entity_id": LIVING}, {"area_id": "living_room"}):
            assert await add_test(panel, bridge, {"expect": expect, "action": action, **target}) == status


async def test_through_others(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """A script that acts on an entity controls it. One whose targets are templates may."""
    turn_on = {"action": "input_boolean.turn_on", "target": {"entity_id": BEDROOM}}
    scripts = {
        "night": {"sequence": [turn_on]},
        "outer": {"sequence": [{"action": "script.turn_on", "target": {"entity_id": "script.night"}}]},
        "unknown": {"sequence": [{**turn_on, "target": {"entity_id": "{{ where }}"}}]},
        "harmless": {"sequence": [{**turn_on, "target": {"entity_id": LIVING}}]},
    }
    assert await async_setup_component(hass, "script", {"script": scripts})
    for name, status in (("night", "broken"), ("outer", "broken"), ("unknown", "broken"), ("harmless", "passed")):
        script = f"script.{name}"
        await bridge.add_key(name, capabilities=["control"], entities=[script], services=["script.*"])
        answer = await panel.ask("tests/add", key_id=bridge.key_id(name), test=NO_BEDROOM_CONTROL)
        (result,) = answer["results"]
        assert result["status"] == status, name
        assert status == "passed" or script in result["rule"]


async def test_an_action_of_the_integration(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """An action that the key lists by its name, and that is of the integration of the entity, controls it."""
    lock = er.async_get(hass).async_get_or_create("lock", "vendor", "1", suggested_object_id="gate")
    hass.states.async_set(lock.entity_id, "locked")
    hass.services.async_register("vendor", "unlatch", lambda _call: None)
    test = {"expect": "not_controls", "entity_id": lock.entity_id}
    await bridge.add_key("Remote", capabilities=["control"], services=["input_boolean.turn_on"])
    assert await add_test(panel, bridge, test) == "passed"
    await bridge.add_key("Opener", capabilities=["control"], services=["vendor.unlatch"])
    assert await add_test(panel, bridge, test, "Opener") == "broken"


async def refused_edit(bridge: Bridge, step: str, form: dict[str, Any]) -> str:
    """Edit a key, expect a refusal, and return the broken tests that the form names."""
    flow = await bridge.edit_key("Remote", step, form)
    assert flow["errors"] == {"base": "broken_tests"}, flow
    placeholders = dict(flow["description_placeholders"] or {})
    assert placeholders["name"] == "Remote"
    return str(placeholders["tests"])


async def test_an_edit_that_breaks_a_test_is_refused(panel: PanelClient, bridge: Bridge) -> None:
    """The form names the test. A smaller change is made."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    await add_test(panel, bridge, NO_BEDROOM_CONTROL)
    await add_test(panel, bridge, SEES_LIVING)
    before = stored(bridge)
    told = await refused_edit(bridge, "scope", {"everything": True})
    assert told.startswith(f"does not control {BEDROOM} (included by everything, input_boolean.")
    told = await refused_edit(bridge, "scope", {"everything": False, "areas": ["bedroom"]})
    assert "sees the area living_room" in told
    await refused_edit(bridge, "exclude", {"entities": [LIVING]})
    await refused_edit(bridge, "abilities", {"capabilities": ["control"], "services": ["light.turn_on"]})
    assert stored(bridge) == before
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    flow = await bridge.edit_key(
        "Remote", "scope", {"everything": False, "areas": ["living_room"], "domains": ["sensor"]}
    )
    assert flow["reason"] == "reconfigure_successful"
    assert stored(bridge).scope.include.domains == {"sensor"}


async def test_allow_that_breaks_a_test_is_refused(panel: PanelClient, bridge: Bridge) -> None:
    """For good, and for an hour."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await add_test(panel, bridge, NO_BEDROOM_SIGHT)
    before = stored(bridge)
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    record_id = bridge.entry.runtime_data.audit.number
    (change,) = (await panel.ask("activity/explain", record_id=record_id))["changes"]
    for fields in ({}, {"seconds": 3600}):
        answer = await panel.send("activity/allow", record_id=record_id, change_id=change["id"], **fields)
        assert answer["error"]["code"] == "broken_tests"
        assert f"does not see {BEDROOM}" in answer["error"]["message"]
    assert stored(bridge) == before
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 404
    await panel.ask("tests/remove", key_id=bridge.key_id("Remote"), test=NO_BEDROOM_SIGHT)
    await panel.ask("activity/allow", record_id=record_id, change_id=change["id"], seconds=3600)
    assert (await bridge.get(f"/api/states/{BEDROOM}", key)).status == 200


async def test_what_holds_for_a_time(panel: PanelClient, bridge: Bridge) -> None:
    """What a key may do for a time breaks what it may not do, and is not enough for what it must do."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await bridge.get(f"/api/states/{BEDROOM}", key)
    record_id = bridge.entry.runtime_data.audit.number
    (change,) = (await panel.ask("activity/explain", record_id=record_id))["changes"]
    await panel.ask("activity/allow", record_id=record_id, change_id=change["id"], seconds=3600)
    assert await add_test(panel, bridge, NO_BEDROOM_SIGHT) == "broken"
    assert await add_test(panel, bridge, {"expect": "sees", "entity_id": BEDROOM}) == "broken"


async def test_learn_mode_that_breaks_a_test_is_refused(panel: PanelClient, bridge: Bridge) -> None:
    """What learn mode proposes is not more than a person may submit."""
    key = await bridge.add_key("Remote", capabilities=["read", "history"], areas=["living_room"])
    await add_test(panel, bridge, SEES_LIVING)
    await bridge.edit_key("Remote", "learn", {})
    await bridge.get("/api/config", key)
    form = {"capabilities": ["read"], "keep_scope": False, "entities": [BEDROOM], "services": [], "events": []}
    assert "sees the area living_room" in await refused_edit(bridge, "learned", form)
    assert stored(bridge).learning
    flow = await bridge.edit_key("Remote", "learned", {**form, "entities": [LIVING, BEDROOM]})
    assert flow["reason"] == "reconfigure_successful"
    assert stored(bridge).scope.include.entities == {LIVING, BEDROOM}


async def test_an_action_that_creates_a_key(bridge: Bridge) -> None:
    """Its tests are checked before it exists."""
    tests = [NO_BEDROOM_CONTROL]
    with pytest.raises(ServiceValidationError) as refused:
        await bridge.act("create_key", name="Remote", everything=True, capabilities=["control"], tests=tests)
    assert refused.value.translation_key == "broken_tests"
    with pytest.raises(ServiceValidationError) as refused:
        await bridge.act("create_key", name="Remote", everything=True, tests=[{"expect": "sees"}])
    assert refused.value.translation_key == "invalid_tests"
    unknown = [{"expect": "sees", "area_id": "unknown"}]
    with pytest.raises(ServiceValidationError) as refused:
        await bridge.act("create_key", name="Remote", everything=True, tests=unknown)
    assert "There is no area unknown" in (refused.value.translation_placeholders or {})["tests"]
    assert bridge.entry.subentries == {}
    await bridge.act("create_key", name="Remote", everything=True, tests=tests)
    await bridge.act("create_key", name="Other", everything=True)
    answer = await bridge.act("check_tests")
    assert answer["passed"]
    assert [(key["name"], len(key["results"])) for key in answer["keys"]] == [("Remote", 1), ("Other", 0)]
    ar.async_get(bridge.hass).async_delete("living_room")
    assert (await bridge.act("check_tests", key="Remote"))["passed"]


async def test_a_change_while_another_is_checked(panel: PanelClient, bridge: Bridge) -> None:
    """Two changes that break a test only together: the second one is refused."""
    await bridge.add_key("Remote", areas=["living_room"], capabilities=["read"])
    await add_test(panel, bridge, NO_BEDROOM_CONTROL)
    runtime, key_id = bridge.entry.runtime_data, bridge.key_id("Remote")

    def with_control(key: ApiKey) -> ApiKey:
        return key.with_additions(
            Additions(frozenset({Capability.CONTROL}), services=frozenset({"input_boolean.turn_on"}))
        )

    def with_bedroom(key: ApiKey) -> ApiKey:
        return key.with_additions(Additions(entities=frozenset({BEDROOM})))

    changes = (runtime.change_key(key_id, change) for change in (with_control, with_bedroom))
    results = await asyncio.gather(*changes, return_exceptions=True)
    assert [type(item) for item in results] == [type(None), BrokenTestsError]
    assert Capability.CONTROL in stored(bridge).capabilities
    assert BEDROOM not in stored(bridge).scope.include.entities


async def test_other_changes_are_never_refused(panel: PanelClient, bridge: Bridge) -> None:
    """A test that is broken already, or that is new, stops no change that does not break one."""
    await bridge.add_key("Remote", areas=["living_room"])
    assert await add_test(panel, bridge, {"expect": "sees", "entity_id": BEDROOM}) == "broken"
    await add_test(panel, bridge, SEES_LIVING)
    for step, form in (("rename", {"name": "Remote 2"}), ("limits", {"local_only": True})):
        name = "Remote" if step == "rename" else "Remote 2"
        assert (await bridge.edit_key(name, step, form))["reason"] == "reconfigure_successful"
    scope = {"everything": False, "areas": ["living_room"], "domains": ["sensor"]}
    assert (await bridge.edit_key("Remote 2", "scope", scope))["reason"] == "reconfigure_successful"
    await panel.ask("keys/set_enabled", key_id=bridge.key_id("Remote 2"), enabled=False)
    await bridge.act("revoke_key", key="Remote 2")


async def test_what_is_gone_is_reported(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """A test about something that does not exist does not pass. A repair says so."""
    await bridge.add_key("Remote", areas=["living_room"])
    gate = er.async_get(hass).async_get_or_create("lock", "vendor", "1", suggested_object_id="gate").entity_id
    await add_test(panel, bridge, {"expect": "not_controls", "entity_id": gate})
    await add_test(panel, bridge, {"expect": "not_sees", "area_id": "bedroom"})
    assert await statuses(panel, bridge) == ["passed", "passed"]
    assert await issues(bridge) == []
    er.async_get(hass).async_update_entity(gate, new_entity_id="lock.main_gate")
    ar.async_get(hass).async_delete("bedroom")
    assert await statuses(panel, bridge) == ["missing", "missing"]
    (issue,) = await issues(bridge)
    assert issue.severity is ir.IssueSeverity.WARNING
    assert (issue.translation_placeholders or {})["name"] == "Remote"
    assert f"There is no entity {gate}" in (issue.translation_placeholders or {})["tests"]


async def test_an_entity_that_is_moved(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """It breaks a test without a change of the key: the panel and a repair say so, until it passes again."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    await add_test(panel, bridge, NO_BEDROOM_CONTROL)
    er.async_get(hass).async_update_entity(BEDROOM, area_id="living_room")
    (issue,) = await issues(bridge)
    assert issue.severity is ir.IssueSeverity.ERROR
    assert not issue.is_fixable
    await panel.ask("keys/subscribe")
    (shown,) = (await panel.event())["keys"]
    assert (shown["tests"], shown["failing_tests"]) == (1, 1)
    assert "tests_fail" in shown["chips"]
    assert (await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})).status == 200
    assert (await bridge.edit_key("Remote", "limits", {"local_only": True}))["reason"] == "reconfigure_successful"
    await panel.ask("keys/set_enabled", key_id=bridge.key_id("Remote"), enabled=False)
    assert await issues(bridge) == []
    await panel.ask("keys/set_enabled", key_id=bridge.key_id("Remote"), enabled=True)
    assert len(await issues(bridge)) == 1
    er.async_get(hass).async_update_entity(BEDROOM, area_id="bedroom")
    assert await issues(bridge) == []
    assert bridge.entry.runtime_data.policy_watch.failing == {}


def damage(path: Path) -> None:
    """Add damaged tests to all keys of a store."""
    document = json.loads(path.read_text(encoding="utf-8"))
    for record in document["keys"].values():
        record["data"]["tests"] = [*record["data"]["tests"], {"expect": "dances"}, 5]
        record["generation"] = document["generation"] = document["generation"] + 1
    path.write_text(json.dumps(document), encoding="utf-8")


async def test_a_damaged_test(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """The key works, its other tests count, and the damaged one is shown until it is removed."""
    key = await bridge.add_key("Remote", areas=["living_room"])
    await add_test(panel, bridge, SEES_LIVING)
    assert await hass.config_entries.async_unload(bridge.entry.entry_id)
    damage(Path(hass.config.path(STORE_FILE)))
    assert await hass.config_entries.async_setup(bridge.entry.entry_id)
    await hass.async_block_till_done()
    assert (await bridge.get(f"/api/states/{LIVING}", key)).status == 200
    assert await statuses(panel, bridge) == ["passed", "unreadable"]
    assert len(await issues(bridge)) == 1
    await bridge.edit_key("Remote", "rename", {"name": "Remote 2"})
    assert await statuses(panel, bridge, "Remote 2") == ["passed", "unreadable"]
    await panel.ask("tests/remove", key_id=bridge.key_id("Remote 2"), test={"expect": "unreadable"})
    assert await statuses(panel, bridge, "Remote 2") == ["passed"]
    assert await issues(bridge) == []


async def test_a_removed_key(panel: PanelClient, bridge: Bridge) -> None:
    """A change of it is refused as before."""
    await bridge.add_key("Remote")
    await add_test(panel, bridge, SEES_LIVING)
    key_id = bridge.key_id("Remote")
    await panel.ask("keys/delete", key_id=key_id)
    with pytest.raises(HomeAssistantError):
        await bridge.entry.runtime_data.change_key(key_id, lambda key: key)
    assert await panel.error("tests/list", key_id=key_id) == "not_found"
    assert await issues(bridge) == []
