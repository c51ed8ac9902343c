"""Calls that wait for a person: over REST and WebSocket, with every answer, and without one."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import Context, Event, HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
    async_mock_service,
)

from tests.integration.house import Bridge
from tests.integration.live.client import connected

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"
BODY = {"json": {"entity_id": LAMP}}


@pytest.fixture(autouse=True)
async def _websocket_api(house: HomeAssistant) -> None:
    assert await async_setup_component(house, "websocket_api", {})


@pytest.fixture
def requests(hass: HomeAssistant) -> list[Event[Any]]:
    """Return the events that ask for approvals, as they come."""
    return async_capture_events(hass, "drawbridge_approval_requested")


@pytest.fixture
def endings(hass: HomeAssistant) -> list[Event[Any]]:
    """Return the events that end them, as they come."""
    return async_capture_events(hass, "drawbridge_approval_ended")


@pytest.fixture
def calls(hass: HomeAssistant) -> Iterator[list[tuple[str, Any]]]:
    """Return the calls of services of input_boolean, as Home Assistant gets them."""
    seen: list[tuple[str, Any]] = []

    @callback
    def note(event: Event[Any]) -> None:
        if event.data["domain"] == "input_boolean":
            seen.append((event.data["service"], event.data["service_data"].get("entity_id")))

    stop = hass.bus.async_listen("call_service", note)
    yield seen
    stop()


async def add_key(bridge: Bridge, ask: list[str], **fields: Any) -> str:
    """Add a key that must ask."""
    return await bridge.add_key("Agent", capabilities=["read", "control"], ask=ask, **fields)


async def asked(requests: list[Event[Any]], number: int = 1) -> dict[str, Any]:
    """Wait until people were asked, and return the latest question."""
    async with asyncio.timeout(10):
        while len(requests) < number:  # noqa: ASYNC110 - Home Assistant's helper keeps a list
            await asyncio.sleep(0.01)
    return dict(requests[number - 1].data)


async def problem(response: Any) -> tuple[int, str]:
    """Return the status and the kind of a refusal."""
    return response.status, (await response.json())["reason"]


# --- Answers


@pytest.mark.parametrize("ask", ["input_boolean", "input_boolean.*", "input_boolean.turn_on", LAMP, "*"])
async def test_a_call_waits(bridge: Bridge, requests: list[Event[Any]], calls: list[Any], ask: str) -> None:
    """Nothing happens until an administrator allows it; then it happens once."""
    key = await add_key(bridge, [ask])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    question = await asked(requests)
    assert question["key_name"] == "Agent"
    assert question["calls"] == [{"action": "input_boolean.turn_on", "entities": [LAMP]}]
    assert 50 < question["until"] - question["asked_at"] < 70
    assert calls == []
    assert not waiting.done()
    await bridge.act("approve", request=question["id"])
    response = await waiting
    assert response.status == 200
    assert [state["entity_id"] for state in await response.json()] == [LAMP]
    assert [service for service, _ in calls] == ["turn_on"]


@pytest.mark.parametrize("ask", ["light", "input_boolean.turn_off", OTHER, "light.turn_on"])
async def test_other_calls_do_not_wait(bridge: Bridge, requests: list[Event[Any]], ask: str) -> None:
    """Only what the list includes."""
    key = await add_key(bridge, [ask])
    assert (await bridge.post(TURN_ON, key, **BODY)).status == 200
    assert requests == []


async def test_a_denied_call(bridge: Bridge, requests: list[Event[Any]], endings: list[Event[Any]], calls: Any) -> None:
    """It is refused, and nothing was called."""
    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    await bridge.act("deny", request=(await asked(requests))["id"])
    assert await problem(await waiting) == (403, "approval_denied")
    assert calls == []
    assert endings[0].data["outcome"] == "denied"


async def test_nobody_answers(
    bridge: Bridge, requests: list[Event[Any]], endings: list[Event[Any]], calls: Any
) -> None:
    """No answer is no. The time limit of requests, which is shorter, does not end the wait."""
    key = await add_key(bridge, [LAMP])
    await bridge.set_options(time_limit=1)
    (subentry,) = bridge.entry.subentries.values()
    data = {**subentry.data, "ask_seconds": 2}
    bridge.hass.config_entries.async_update_subentry(bridge.entry, subentry, data=data)
    response = await bridge.post(TURN_ON, key, **BODY)
    assert await problem(response) == (403, "approval_timed_out")
    await bridge.hass.async_block_till_done()
    assert calls == []
    assert endings[0].data["outcome"] == "timed_out"
    with pytest.raises(ServiceValidationError) as over:
        await bridge.act("approve", request=(await asked(requests))["id"])
    assert over.value.translation_key == "approval_over"


async def test_only_the_first_answer_counts(bridge: Bridge, requests: list[Event[Any]], calls: Any) -> None:
    """A call is made once, however many people allow it."""
    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]
    answers = (bridge.act("approve", request=request) for _ in range(5))
    results = await asyncio.gather(*answers, return_exceptions=True)
    assert sum(isinstance(item, ServiceValidationError) for item in results) == 4
    assert (await waiting).status == 200
    assert len(calls) == 1


async def test_allowed_for_a_while(bridge: Bridge, requests: list[Event[Any]]) -> None:
    """The same call, and no other one, is not asked about again, until the key changes."""
    key = await add_key(bridge, ["input_boolean"])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    await bridge.act("approve", request=(await asked(requests))["id"], allow="15_minutes")
    assert (await waiting).status == 200
    assert (await bridge.post(TURN_ON, key, **BODY)).status == 200
    assert len(requests) == 1
    others = [
        asyncio.create_task(bridge.post(TURN_ON, key, json={"entity_id": [LAMP, OTHER]})),
        asyncio.create_task(bridge.post("/api/services/input_boolean/turn_off", key, **BODY)),
    ]
    for number in (2, 3):
        await bridge.act("deny", request=(await asked(requests, number))["id"])
    assert {(await item).status for item in others} == {403}
    await bridge.edit_key("Agent", "rename", {"name": "Renamed"})
    again = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    await bridge.act("deny", request=(await asked(requests, 4))["id"])
    assert (await again).status == 403


async def test_always_allowed(bridge: Bridge, requests: list[Event[Any]]) -> None:
    """It is stored with the key, shown in its form, and can be taken back there."""
    key = await add_key(bridge, ["input_boolean"])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    await bridge.act("approve", request=(await asked(requests))["id"], allow="always")
    assert (await waiting).status == 200
    assert (await bridge.post(TURN_ON, key, **BODY)).status == 200
    assert len(requests) == 1
    stored = bridge.entry.subentries[bridge.key_id("Agent")].data
    assert stored["approved"] == [f"input_boolean.turn_on {LAMP}"]
    form = {"capabilities": ["read", "control"], "ask": ["input_boolean"], "approved": []}
    await bridge.edit_key("Agent", "abilities", form)
    again = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    await bridge.act("deny", request=(await asked(requests, 2))["id"])
    assert (await again).status == 403


async def test_always_that_cannot_be_saved_is_no_answer(
    bridge: Bridge, requests: list[Event[Any]], calls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call goes on waiting, and can be allowed once."""
    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.drawbridge.keys.store.KeyStore.change", full)
        with pytest.raises(Exception, match="No space left"):
            await bridge.act("approve", request=request, allow="always")
    assert calls == []
    await bridge.act("approve", request=request)
    assert (await waiting).status == 200


async def test_always_is_limited(bridge: Bridge, requests: list[Event[Any]], calls: Any) -> None:
    """A key holds 500 such calls. One more can be allowed once."""
    full = [f"light.turn_on light.number_{number}" for number in range(500)]
    key = await add_key(bridge, [LAMP], approved=full)
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]
    with pytest.raises(ServiceValidationError) as refused:
        await bridge.act("approve", request=request, allow="always")
    assert refused.value.translation_key == "too_much"
    assert calls == []
    await bridge.act("approve", request=request)
    assert (await waiting).status == 200


# --- Who may answer


async def test_only_administrators_answer(
    bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]], hass_admin_user: MockUser, calls: Any
) -> None:
    """Neither a resident nor the key itself, by action or by the event of the companion app."""
    resident = await hass.auth.async_create_user("Resident", group_ids=[GROUP_ID_USER])
    key = await add_key(bridge, [LAMP])
    assert (await bridge.post(TURN_ON, key, json={"entity_id": OTHER})).status == 200
    calls.clear()
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]
    own = next(user for user in await hass.auth.async_get_users() if "Agent" in (user.name or ""))
    data = {"action": f"DRAWBRIDGE_ONCE_{request}"}
    for user_id in (resident.id, own.id, None, "gone"):
        context = Context(user_id=user_id)
        if user_id is not None:
            with pytest.raises(Exception):  # noqa: B017, PT011 - Unauthorized or a missing user
                await hass.services.async_call(
                    "drawbridge", "approve", {"request": request}, blocking=True, context=context
                )
        hass.bus.async_fire("mobile_app_notification_action", data, context=context)
        await hass.async_block_till_done()
        assert calls == []
    hass.bus.async_fire("mobile_app_notification_action", data, context=Context(user_id=hass_admin_user.id))
    assert (await waiting).status == 200


async def test_an_automation_that_a_resident_starts(
    bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]], calls: Any, hass_admin_user: MockUser
) -> None:
    """It acts for the resident, who may not approve. By its own trigger it acts for whoever wrote it."""
    assert hass_admin_user.is_admin  # the first user is the owner
    resident = await hass.auth.async_create_user("Resident", group_ids=[GROUP_ID_USER])
    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    approve = {"action": "drawbridge.approve", "data": {"request": (await asked(requests))["id"]}}
    trigger = {"trigger": "event", "event_type": "go"}
    config = {"alias": "approve", "triggers": [trigger], "actions": [approve]}
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    start, context = {"entity_id": "automation.approve"}, Context(user_id=resident.id)
    with suppress(ServiceValidationError):
        await hass.services.async_call("automation", "trigger", start, blocking=True, context=context)
    assert await asyncio.wait({waiting}, timeout=0.5) == (set(), {waiting})
    assert calls == []
    hass.bus.async_fire("go")
    assert (await waiting).status == 200


@pytest.mark.parametrize("action", ["DRAWBRIDGE_ONCE_nothing", "DRAWBRIDGE_X_1", "DRAWBRIDGE_", "OTHER", 5, None])
async def test_other_answers_of_the_app(bridge: Bridge, hass_admin_user: MockUser, action: object) -> None:
    """Other answers of the app are ignored: they belong to others, or are too late."""
    context = Context(user_id=hass_admin_user.id)
    bridge.hass.bus.async_fire("mobile_app_notification_action", {"action": action}, context=context)
    await bridge.hass.async_block_till_done()


async def test_the_audit_names_who_answered(
    bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]], hass_admin_user: MockUser
) -> None:
    """The audit trail has the user who answered, and the time."""
    records = async_capture_events(hass, "drawbridge_audit")
    key = await add_key(bridge, [LAMP])
    for number, action in enumerate(("approve", "deny"), 1):
        waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
        request = {"request": (await asked(requests, number))["id"]}
        context = Context(user_id=hass_admin_user.id)
        await hass.services.async_call("drawbridge", action, request, blocking=True, context=context)
        await waiting
    await hass.async_block_till_done()
    allowed, denied = (event.data for event in records)
    assert (allowed["outcome"], denied["outcome"]) == ("allowed", "refused")
    assert (allowed["approver"], denied["approver"]) == (hass_admin_user.name, hass_admin_user.name)
    assert allowed["answered_at"] <= allowed["time"]


# --- How people are asked


async def test_a_persistent_notification(bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]]) -> None:
    """A persistent notification has the key and the call, and disappears with the answer."""
    from homeassistant.components.persistent_notification import _async_get_or_create_notifications  # noqa: PLC0415

    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]
    await hass.async_block_till_done(wait_background_tasks=False) if waiting.done() else await asyncio.sleep(0.1)
    (notification,) = _async_get_or_create_notifications(hass).values()
    assert 'The API key "Agent" asks to run input_boolean.turn_on: ' in notification["message"]
    await bridge.act("deny", request=request)
    await waiting
    await hass.async_block_till_done()
    assert _async_get_or_create_notifications(hass) == {}


# --- What a wait depends on


async def test_a_client_that_has_gone(bridge: Bridge, requests: list[Event[Any]], endings: Any, calls: Any) -> None:
    """If the client has disconnected, nothing is called."""
    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]
    waiting.cancel()
    await asked(endings)
    with pytest.raises(ServiceValidationError):
        await bridge.act("approve", request=request)
    assert calls == []
    assert endings[0].data["outcome"] == "withdrawn"


@pytest.mark.parametrize("change", ["disable", "scope", "revoke"])
async def test_a_key_that_changes(bridge: Bridge, requests: list[Event[Any]], calls: Any, change: str) -> None:
    """The call of a key that is closed or changed is over at once."""
    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    await asked(requests)
    if change == "revoke":
        await bridge.act("revoke_key", key="Agent")
    else:
        await bridge.edit_key("Agent", change, {"everything": False, "entities": [OTHER]})
    assert (await waiting).status == 401
    assert calls == []


async def test_an_entity_that_leaves_the_scope(bridge: Bridge, requests: list[Event[Any]], calls: Any) -> None:
    """An approval does not allow entities that have left the scope."""
    from homeassistant.helpers import entity_registry as er  # noqa: PLC0415 - as the house does

    key = await add_key(bridge, [LAMP], areas=["living_room"])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]
    er.async_get(bridge.hass).async_update_entity(LAMP, area_id="bedroom")
    await bridge.act("approve", request=request)
    assert (await waiting).status == 403
    assert calls == []


async def test_a_target_that_grows(bridge: Bridge, requests: list[Event[Any]], calls: Any) -> None:
    """An approval does not apply to entities that were added to the target after the question."""
    from homeassistant.helpers import entity_registry as er  # noqa: PLC0415 - as the house does

    key = await add_key(bridge, ["input_boolean"])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, json={"area_id": "living_room"}))
    question = await asked(requests)
    assert question["calls"][0]["entities"] == [LAMP]
    er.async_get(bridge.hass).async_update_entity(OTHER, area_id="living_room")
    await bridge.act("approve", request=question["id"])
    assert await problem(await waiting) == (403, "approval_denied")
    assert calls == []


async def test_too_many_questions(bridge: Bridge, requests: list[Event[Any]]) -> None:
    """A key has four questions open at most, and may ask twenty times in ten minutes."""
    key = await add_key(bridge, [LAMP])
    waiting = [asyncio.create_task(bridge.post(TURN_ON, key, **BODY)) for _ in range(4)]
    await asked(requests, 4)
    refused = await bridge.post(TURN_ON, key, **BODY)
    assert await problem(refused) == (429, "approvals_pending")
    assert int(refused.headers["Retry-After"]) > 0
    assert (await bridge.get("/api/states", key)).status == 200
    for number in range(20):
        if number >= 4:
            waiting.append(asyncio.create_task(bridge.post(TURN_ON, key, **BODY)))
        await bridge.act("deny", request=(await asked(requests, number + 1))["id"])
        await waiting[number]
    assert await problem(await bridge.post(TURN_ON, key, **BODY)) == (429, "approvals_pending")


# --- Ways around the list


@pytest.mark.parametrize("ask", [LAMP, "input_boolean"])
async def test_through_others(bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]], ask: str) -> None:
    """A group, a scene, a script and a generic service act on the same lamp."""
    act = {"action": "input_boolean.turn_on", "target": {"entity_id": LAMP}}
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "group", {"group": {"lamps": {"entities": [LAMP]}}})
    assert await async_setup_component(hass, "scene", {"scene": [{"name": "Cosy", "entities": {LAMP: "on"}}]})
    assert await async_setup_component(hass, "script", {"script": {"leave": {"sequence": [act]}}})
    await hass.async_block_till_done()
    listed = ["homeassistant.*", "input_boolean.*", "scene.*", "script.*", "script.leave"]
    key = await add_key(bridge, [ask], services=listed)
    ways = [
        ("homeassistant/turn_on", {"entity_id": LAMP}),
        ("homeassistant/turn_on", {"entity_id": "group.lamps"}),
        ("homeassistant/toggle", {"area_id": "living_room"}),
        ("scene/turn_on", {"entity_id": "scene.cosy"}),
        ("script/leave", {}),
        ("script/turn_on", {"entity_id": "script.leave"}),
        ("input_boolean/turn_on", {"entity_id": "all"}),
    ]
    for number, (service, data) in enumerate(ways, 1):
        waiting = asyncio.create_task(bridge.post(f"/api/services/{service}", key, json=data))
        await bridge.act("deny", request=(await asked(requests, number))["id"])
        assert (await waiting).status == 403, service
    assert hass.states.get(LAMP).state == "off"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "target",
    [{"entity_id": f"{{{{ '{LAMP}' }}}}"}, {"entity_id": "all"}, {"device_id": "absent"}, {"area_id": "absent"}],
)
async def test_through_what_cannot_be_determined(
    bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]], target: dict[str, str]
) -> None:
    """A script waits if nobody can say what it acts on: it may be what the list includes."""
    act = {"action": "input_boolean.turn_on", "target": target}
    assert await async_setup_component(hass, "script", {"script": {"leave": {"sequence": [act]}}})
    await hass.async_block_till_done()
    key = await add_key(bridge, [LAMP], services=["script.leave"])
    waiting = asyncio.create_task(bridge.post("/api/services/script/leave", key, json={}))
    await bridge.act("deny", request=(await asked(requests))["id"])
    assert (await waiting).status == 403


async def test_a_service_of_an_integration(bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]]) -> None:
    """What its data names counts, whatever the field."""
    called: list[ServiceCall] = async_mock_service(hass, "robot", "fetch")
    key = await add_key(bridge, [LAMP], services=["robot.fetch"])
    data = {"things": {"first": LAMP}}
    waiting = asyncio.create_task(bridge.post("/api/services/robot/fetch", key, json=data))
    await bridge.act("approve", request=(await asked(requests))["id"])
    assert (await waiting).status == 200
    assert len(called) == 1


# --- The WebSocket API


async def test_over_websocket(bridge: Bridge, requests: list[Event[Any]], calls: Any) -> None:
    """A waiting command holds up no other, and a sequence is asked about as a whole."""
    key = await add_key(bridge, [LAMP])
    async with connected(bridge.client, key) as socket:
        call = {"domain": "input_boolean", "service": "turn_on", "service_data": {"entity_id": LAMP}}
        number = await socket.send("call_service", **call)
        request = (await asked(requests))["id"]
        await socket.result("get_config")
        await bridge.act("approve", request=request)
        assert (await socket.answer(number))["success"]
        steps = [
            {"action": "input_boolean.turn_off", "target": {"entity_id": OTHER}},
            {"action": "input_boolean.turn_off", "target": {"entity_id": LAMP}},
        ]
        before = len(calls)
        number = await socket.send("execute_script", sequence=steps)
        question = await asked(requests, 2)
        assert [item["entities"] for item in question["calls"]] == [[LAMP]]
        assert len(calls) == before
        await bridge.act("approve", request=question["id"])
        assert (await socket.answer(number))["success"]
        assert len(calls) == before + 2
        number = await socket.send("execute_script", sequence=steps)
        await bridge.act("deny", request=(await asked(requests, 3))["id"])
        assert (await socket.answer(number))["error"]["code"] == "unauthorized"
        assert len(calls) == before + 2


async def test_a_connection_that_closes(bridge: Bridge, requests: list[Event[Any]], calls: Any) -> None:
    """When a connection closes, its waiting calls end."""
    key = await add_key(bridge, [LAMP])
    async with connected(bridge.client, key) as socket:
        call = {"domain": "input_boolean", "service": "turn_on", "service_data": {"entity_id": LAMP}}
        await socket.send("call_service", **call)
        request = (await asked(requests))["id"]
    await bridge.hass.async_block_till_done()
    with pytest.raises(ServiceValidationError):
        await bridge.act("approve", request=request)
    assert calls == []


async def test_writes_of_items(bridge: Bridge, hass: HomeAssistant, requests: list[Event[Any]]) -> None:
    """They follow the rules of services, also where Home Assistant has no service for them."""
    entry = MockConfigEntry(domain="local_todo", data={"todo_list_name": "Shopping", "storage_key": "shopping"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    for item in ("Milk", "Bread"):
        await hass.services.async_call("todo", "add_item", {"entity_id": "todo.shopping", "item": item}, blocking=True)
    key = await add_key(bridge, ["todo"])
    async with connected(bridge.client, key) as socket:
        listed = await socket.result("todo/item/list", entity_id="todo.shopping")
        uids = [item["uid"] for item in listed["items"]]
        move = {"entity_id": "todo.shopping", "uid": uids[1]}
        number = await socket.send("todo/item/move", **move)
        await bridge.act("deny", request=(await asked(requests))["id"])
        assert not (await socket.answer(number))["success"]
        assert await socket.result("todo/item/list", entity_id="todo.shopping") == listed
        number = await socket.send("todo/item/move", **move)
        await bridge.act("approve", request=(await asked(requests, 2))["id"])
        assert (await socket.answer(number))["success"]
        assert await socket.result("todo/item/list", entity_id="todo.shopping") != listed


# --- Input


@pytest.mark.parametrize(
    ("field", "value"), [("ask", "Front door"), ("ask", "lock.*.x"), ("approved", "lock"), ("approved", "a.b c d")]
)
async def test_bad_input(bridge: Bridge, field: str, value: str) -> None:
    """An item that can match nothing is refused by name."""
    await bridge.add_key("Agent", capabilities=["read", "control"])
    flow = await bridge.edit_key("Agent", "abilities", {"capabilities": ["read", "control"], field: [value]})
    assert flow["errors"] == {"approval": f"invalid_{field}"}
    assert (flow["description_placeholders"] or {})[field] == value


async def test_questions_are_dropped_at_unload(bridge: Bridge, requests: list[Event[Any]], calls: Any) -> None:
    """A restart or a reload forgets what waits."""
    key = await add_key(bridge, [LAMP])
    waiting = asyncio.create_task(bridge.post(TURN_ON, key, **BODY))
    request = (await asked(requests))["id"]
    await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    with pytest.raises(ServiceValidationError):
        await bridge.act("approve", request=request)
    assert (await waiting).status == 503
    assert calls == []
