"""Conditions and triggers: plain ones, of the entities in scope."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.drawbridge.operations.caller import Caller
from custom_components.drawbridge.operations.triggers import TriggerWatch
from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, live

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"
OUTSIDE = "sensor.outside"
HIDDEN = "hidden_marker"


@pytest.fixture(autouse=True)
def _more_states(house: HomeAssistant) -> None:
    house.states.async_set("input_number.limit", "5")
    house.states.async_set("sensor.words", "many words")
    house.states.async_set("sensor.inside", "21", {"power": 3.5, "latitude": 52.25, "access_token": HIDDEN})
    house.states.async_set("sensor.gone", "unavailable")


def state(entity_id: Any, wanted: Any, **more: Any) -> dict[str, Any]:
    """Return a state condition."""
    return {"condition": "state", "entity_id": entity_id, "state": wanted, **more}


def number(entity_id: Any, **more: Any) -> dict[str, Any]:
    """Return a condition of a number."""
    return {"condition": "numeric_state", "entity_id": entity_id, **more}


CONDITIONS: list[Any] = [
    state(LAMP, "off"),
    state(LAMP, "on"),
    state([LAMP, OTHER], ["on", "off"]),
    state(f"{LAMP}, {OTHER}", "off", match="any"),
    state(LAMP, "off", **{"for": {"seconds": 1}}),
    state(LAMP, "off", **{"for": "00:00:00"}),
    state(LAMP, "off", enabled=False),
    state(LAMP, "off", alias="a lamp"),
    state("sensor.inside", 3.5, attribute="power"),
    state("sensor.inside", [1, 3.5], attribute="power"),
    state("sensor.inside", 3.5, attribute="missing"),
    state("sensor.inside", "input_number.limit"),
    state(LAMP, "input_boolean.bedroom_lamp"),
    state(LAMP, ["input_text.missing"]),
    state("light.missing", "on"),
    state([LAMP, "light.missing"], "off"),
    number(OUTSIDE, above=5),
    number(OUTSIDE, above="5", below=7.5),
    number(OUTSIDE, above="input_number.limit"),
    number(OUTSIDE, below="sensor.words"),
    number(OUTSIDE, below="sensor.missing"),
    number("sensor.words", below=1),
    number("sensor.gone", below=1),
    number("sensor.missing", below=1),
    number("sensor.inside", attribute="power", above=3),
    number("sensor.inside", attribute="missing", above=3),
    {"condition": "and", "conditions": [state(LAMP, "off"), number(OUTSIDE, above=5)]},
    {"condition": "or", "conditions": [state(LAMP, "on"), state("light.missing", "on")]},
    {"condition": "not", "conditions": [state(LAMP, "on"), {"or": [state(OTHER, "on")]}]},
    {"and": [state(LAMP, "off"), {"not": [state("light.missing", "on")]}]},
    state("0123456789abcdef0123456789abcdef", "off"),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
async def test_test_condition(own: LiveClient, ours: LiveClient, condition: Any) -> None:
    """A key that sees everything gets Home Assistant's own answer, also where a condition cannot be tested."""
    expected = await own.command("test_condition", condition=condition, variables={"a": 1})
    actual = await ours.command("test_condition", condition=condition, variables={"a": 1})
    assert {**actual, "id": 0} == {**expected, "id": 0}


@pytest.mark.parametrize(
    "condition",
    [None, 5, [], {}, {"condition": "state"}, state(LAMP, 5), state("no entity", "on"), number(OUTSIDE), {"and": 3}],
    ids=str,
)
@pytest.mark.parametrize("command", ["test_condition", "subscribe_condition"])
async def test_malformed_conditions(own: LiveClient, ours: LiveClient, command: str, condition: Any) -> None:
    """What Home Assistant's schema refuses is refused in the same words."""
    fields = {} if condition is None else {"condition": condition}
    actual, expected = await ours.error(command, **fields), await own.error(command, **fields)
    assert actual == expected
    assert actual["code"] == "invalid_format"


def nested(depth: int) -> Any:
    """Return a condition within a condition, and so on."""
    return state(LAMP, "off") if not depth else {"and": [nested(depth - 1)]}


@pytest.mark.parametrize(
    "condition",
    [
        "{{ true }}",
        {"condition": "template", "value_template": "{{ true }}"},
        {"condition": "sun", "after": "sunset"},
        {"condition": "zone", "entity_id": "person.a", "zone": "zone.home"},
        {"condition": "time", "after": "10:00:00"},
        {"condition": "trigger", "id": "x"},
        {"condition": "device", "device_id": "x", "domain": "light", "type": "is_on"},
        state(LAMP, "off", enabled="{{ true }}"),
        state(LAMP, "off", **{"for": "{{ 1 }}"}),
        number(OUTSIDE, above=1, value_template="{{ 3 }}"),
        {"and": [state(LAMP, "off"), "{{ true }}"]},
        {"and": [state(LAMP, "off"), {"condition": "time", "after": "10:00:00"}]},
        nested(10),
        nested(100),
        state([f"light.a{item}" for item in range(501)], "on"),
    ],
    ids=lambda item: str(item)[:60],
)
@pytest.mark.parametrize("command", ["test_condition", "subscribe_condition"])
async def test_other_conditions(ours: LiveClient, command: str, condition: Any) -> None:
    """Other conditions, templates, deep nesting and too many entities are refused."""
    error = await ours.error(command, condition=condition)
    assert error["code"] == "invalid_format"


def of(condition: Any, entity_id: str, entry: str) -> Any:
    """Return a condition with a placeholder replaced."""
    if isinstance(condition, dict):
        return {name: of(value, entity_id, entry) for name, value in condition.items()}
    if isinstance(condition, list):
        return [of(value, entity_id, entry) for value in condition]
    return condition.replace("ENTITY", entity_id).replace("ENTRY", entry) if isinstance(condition, str) else condition


@pytest.mark.parametrize(
    "condition",
    [
        state("ENTITY", "on"),
        state("ENTITY", "on", attribute="friendly_name"),
        state([LAMP, "ENTITY"], "off"),
        state("ENTRY", "on"),
        state(LAMP, "ENTITY"),
        number("ENTITY", above=1),
        number(OUTSIDE, above="ENTITY"),
        number(OUTSIDE, below=["ENTITY"]) | {"below": "ENTITY"},
        {"or": [state("ENTITY", "on"), {"not": [state("ENTITY", "off")]}]},
    ],
    ids=str,
)
async def test_hidden_conditions(bridge: Bridge, hass: HomeAssistant, condition: Any) -> None:
    """A hidden entity has the same effect as a missing one, in every field of a condition and in errors."""
    secret = await bridge.add_key(entities=[LAMP, OUTSIDE])
    entity = er.async_get(hass).async_get_or_create("input_number", "test", "x", suggested_object_id="guess")
    hass.states.async_set(entity.entity_id, "3")
    async with live(bridge, secret) as client:
        answers = []
        for entity_id, entry in ((entity.entity_id, entity.id), ("input_number.other", "f" * 32)):
            answer = await client.command("test_condition", condition=of(condition, entity_id, entry))
            text = str({**answer, "id": 0}).replace(entity_id, "ENTITY").replace(entry, "ENTRY")
            answers.append(text)
        assert answers[0] == answers[1]
        assert "1000000" not in answers[0]


@pytest.mark.parametrize("attribute", ["latitude", "access_token"])
async def test_redacted_attributes(bridge: Bridge, attribute: str) -> None:
    """An attribute that the key does not read is to a condition one that does not exist."""
    async with live(bridge, await bridge.add_key("All")) as client:
        for condition in (
            number("sensor.inside", attribute=attribute, above=1),
            state("sensor.inside", [52.25, HIDDEN], attribute=attribute),
        ):
            assert await client.result("test_condition", condition=condition) == {"result": False}
    async with live(bridge, await bridge.add_key("Placed", capabilities=["read", "location"])) as client:
        result = await client.result("test_condition", condition=number("sensor.inside", attribute="latitude", above=1))
        assert result == {"result": True}


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("subscribe_condition", {"condition": state(LAMP, "on")}),
        ("subscribe_trigger", {"trigger": {"platform": "state", "entity_id": LAMP}}),
    ],
)
async def test_a_report_follows_its_change(
    ours: LiveClient, hass: HomeAssistant, command: str, fields: dict[str, Any]
) -> None:
    """The state comes first, also if a listener for a hidden entity has Home Assistant's triggers informed first."""
    stop = async_track_state_change_event(hass, [OUTSIDE], lambda _: None)
    states = await ours.send("subscribe_entities", entity_ids=[LAMP])
    await ours.answer(states)
    await ours.event(states)
    reports = await ours.send(command, **fields)
    await ours.answer(reports)
    await ours.command("ping")
    ours.log.clear()
    hass.states.async_set(LAMP, "on")
    await ours.event(states)
    while reports not in (seen := [message["id"] for message in ours.log if message["type"] == "event"]):
        await ours.event(reports)
    assert seen == [states, reports]
    stop()


async def test_subscribe_condition(own: LiveClient, ours: LiveClient, hass: HomeAssistant) -> None:
    """Each change of the result is sent once, as Home Assistant itself sends it."""
    condition = {"or": [state(LAMP, "on"), number(OUTSIDE, above=20)]}
    numbers = []
    for client in (own, ours):
        number_ = await client.send("subscribe_condition", condition=condition)
        assert await client.answer(number_) == {"id": number_, "type": "result", "success": True, "result": None}
        numbers.append((client, number_))
    for change in ((), (LAMP, "on"), (OUTSIDE, "21"), (LAMP, "off"), (OUTSIDE, "text"), (OUTSIDE, "3")):
        if change:
            hass.states.async_set(*change)
            if change in {(OUTSIDE, "21"), (LAMP, "off")}:
                continue
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
        found = [await client.event(number_) for client, number_ in numbers]
        assert found[0] == found[1]
    await ours.nothing()
    await ours.result("unsubscribe_events", subscription=numbers[1][1])
    hass.states.async_set(LAMP, "on")
    await ours.nothing()


async def test_condition_for(ours: LiveClient, hass: HomeAssistant) -> None:
    """A condition with `for` becomes true without a state change."""
    number_ = await ours.send("subscribe_condition", condition=state(LAMP, "off", **{"for": {"milliseconds": 30}}))
    assert await ours.event(number_) == {"result": True}
    hass.states.async_set(LAMP, "on")
    hass.states.async_set(LAMP, "off")
    assert await ours.event(number_) == {"result": False}
    await asyncio.sleep(0.05)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
    assert await ours.event(number_) == {"result": True}


async def switch(hass: HomeAssistant, wanted: str) -> None:
    """Switch the other lamp: its entity writes its own state when its entry changes."""
    await hass.services.async_call("input_boolean", f"turn_{wanted}", {"entity_id": OTHER}, blocking=True)


async def test_condition_moves(bridge: Bridge, hass: HomeAssistant) -> None:
    """A condition follows its entity into the scope and out of it, and the key to what it may do."""
    secret = await bridge.add_key("One", areas=["living_room"])
    await switch(hass, "on")
    async with live(bridge, secret) as client:
        number_ = await client.send("subscribe_condition", condition=state(OTHER, "on"))
        assert "unknown entity" in (await client.event(number_))["error"]
        await switch(hass, "off")
        await switch(hass, "on")
        await client.nothing()
        er.async_get(hass).async_update_entity(OTHER, area_id="living_room")
        assert await client.event(number_) == {"result": True}
        await switch(hass, "off")
        assert await client.event(number_) == {"result": False}
        await bridge.edit_key("One", "scope", {"everything": False, "entities": [LAMP]})
        assert "unknown entity" in (await client.event(number_))["error"]
        await bridge.edit_key("One", "scope", {"everything": True})
        assert await client.event(number_) == {"result": False}
        await bridge.edit_key("One", "abilities", {"capabilities": ["history"]})
        await switch(hass, "on")
        await client.nothing()
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"]})
        assert await client.event(number_) == {"result": True}


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("test_condition", {"condition": state(LAMP, "on")}),
        ("subscribe_condition", {"condition": state(LAMP, "on")}),
        ("subscribe_trigger", {"trigger": {"platform": "state", "entity_id": LAMP}}),
    ],
)
async def test_without_read(bridge: Bridge, command: str, fields: dict[str, Any]) -> None:
    """The error for a key without `read` contains the name of the capability."""
    async with live(bridge, await bridge.add_key(capabilities=["control"])) as client:
        error = await client.error(command, **fields)
        assert error["code"] == "unauthorized"
        assert "'read'" in error["message"]


def on(**fields: Any) -> dict[str, Any]:
    """Return a trigger."""
    return {"trigger": fields.pop("kind", "state"), **fields}


TRIGGERS: list[Any] = [
    on(entity_id=LAMP),
    [on(entity_id=LAMP, to="on", id="first"), on(entity_id=f"{OTHER}, {LAMP}", alias="x", **{"from": "off"})],
    {"platform": "state", "entity_id": [LAMP], "not_to": ["on"]},
    on(entity_id="sensor.inside", attribute="power"),
    on(entity_id=LAMP, enabled=False),
    on(entity_id=LAMP, to="on", **{"for": {"milliseconds": 1}}),
    on(kind="numeric_state", entity_id=OUTSIDE, above=10),
    on(kind="numeric_state", entity_id=OUTSIDE, above="input_number.limit", below="100"),
    on(kind="numeric_state", entity_id="sensor.inside", attribute="power", below=3),
    on(kind="event", event_type="test_event"),
    on(kind="event", event_type=["test_event", "x"], event_data={"a": {"b": 1}, "c": [1]}),
    on(kind="event", event_type="test_event", event_data={"a": 2}),
    on(kind="time_pattern", seconds="/1"),
    on(kind="time", at=["00:00:00", "sensor.time", {"entity_id": "sensor.time", "offset": "00:00:01"}], weekday="mon"),
    [],
    {"triggers": [on(entity_id=LAMP)]},
]


async def change(hass: HomeAssistant) -> None:
    """Make triggers fire."""
    context = Context(user_id="somebody")
    for step, wanted in enumerate(("on", "off", "on")):
        hass.states.async_set(LAMP, wanted, {"step": step}, context=context)
        hass.states.async_set(OTHER, wanted)
        hass.states.async_set(OUTSIDE, str(4 + 8 * step), {"unit_of_measurement": "°C"})
        hass.states.async_set("sensor.inside", "21", {"power": 4.5 - step})
        hass.bus.async_fire("test_event", {"a": {"b": 1, "d": 2}, "c": [1]}, context=context)
        await asyncio.sleep(0.01)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=step + 2))
        await hass.async_block_till_done()


def without_time(event: Any) -> Any:
    """Return an event of a time without the time itself."""
    trigger = event["variables"]["trigger"]
    return event if "now" not in trigger else {**trigger, "now": None}


@pytest.mark.parametrize("trigger", TRIGGERS, ids=str)
async def test_subscribe_trigger(own: LiveClient, ours: LiveClient, hass: HomeAssistant, trigger: Any) -> None:
    """A key that sees everything gets what Home Assistant's own command delivers."""
    numbers = []
    for client in (own, ours):
        number_ = await client.send("subscribe_trigger", trigger=trigger, variables={"a": 1})
        assert await client.answer(number_) == {"id": number_, "type": "result", "success": True, "result": None}
        numbers.append(number_)
    await change(hass)
    for client in (own, ours):
        await client.command("ping")
    expected, actual = own.events.pop(numbers[0], []), ours.events.pop(numbers[1], [])
    if "time_pattern" in str(trigger):
        # A real second may pass, before the answer to one of the pings or while the time is changed.
        number = min(len(expected), len(actual))
        expected, actual = expected[:number], actual[:number]
    assert list(map(without_time, actual)) == list(map(without_time, expected))
    enabled = trigger not in ([], on(entity_id=LAMP, enabled=False)) and "a': 2" not in str(trigger)
    assert bool(expected) == (enabled and "'at'" not in str(trigger))
    await ours.result("unsubscribe_events", subscription=numbers[1])
    # A real second may pass before the subscription ends, too.
    ours.events.pop(numbers[1], None)
    await change(hass)
    await ours.nothing()


@pytest.mark.parametrize(
    "trigger",
    [
        None,
        {},
        {"platform": "state"},
        on(entity_id="no entity"),
        on(entity_id=LAMP, to=5),
        on(kind="numeric_state", entity_id=LAMP),
        on(kind="time", at="x"),
        on(kind="time_pattern", hours="x"),
        on(kind="event"),
        on(kind="event", event_type="state_reported"),
        on(entity_id="0123456789abcdef0123456789abcdef"),
        {"platform": "state", "trigger": "state"},
    ],
    ids=str,
)
async def test_malformed_triggers(own: LiveClient, ours: LiveClient, trigger: Any) -> None:
    """What Home Assistant refuses is refused in the same words."""
    fields = {} if trigger is None else {"trigger": trigger}
    actual, expected = await ours.error("subscribe_trigger", **fields), await own.error("subscribe_trigger", **fields)
    assert actual["code"] == "invalid_format"
    # The oldest Home Assistant tells errors of platforms with the whole command.
    assert actual["message"] in expected["message"]


@pytest.mark.parametrize(
    "trigger",
    [
        {"platform": "template", "value_template": "{{ true }}"},
        {"platform": "webhook", "webhook_id": "x"},
        {"platform": "mqtt", "topic": "x"},
        {"platform": "homeassistant", "event": "shutdown"},
        {"platform": "sun", "event": "sunset"},
        {"platform": "conversation", "command": "x"},
        {"platform": "device", "device_id": "x", "domain": "light", "type": "turned_on"},
        on(entity_id=LAMP, variables={"a": 1}),
        on(entity_id=LAMP, options={"to": "on"}),
        on(entity_id=LAMP, **{"for": "{{ 1 }}"}),
        on(entity_id=LAMP, enabled="{{ true }}"),
        on(kind="numeric_state", entity_id=OUTSIDE, above=1, value_template="{{ 1 }}"),
        on(kind="time", at="{{ now() }}"),
        on(kind="event", event_type="{{ 'x' }}"),
        on(kind="event", event_type="x", event_data={"a": ["{{ 1 }}"]}),
        on(kind="event", event_type="x", event_data={"{{ 1 }}": 1}),
        5,
        ["text"],
        [on(entity_id=LAMP)] * 101,
        on(entity_id=[f"light.a{item}" for item in range(501)]),
    ],
    ids=lambda item: str(item)[:80],
)
async def test_other_triggers(ours: LiveClient, trigger: Any) -> None:
    """Other triggers, templates and variables are refused."""
    assert (await ours.error("subscribe_trigger", trigger=trigger))["code"] == "invalid_format"


async def test_hidden_triggers(bridge: Bridge, hass: HomeAssistant) -> None:
    """A hidden entity does not trigger, in any field. Delivered data is redacted."""
    secret = await bridge.add_key(entities=[LAMP, OUTSIDE], events=["listed"])
    entity = er.async_get(hass).async_get_or_create("input_number", "test", "x", suggested_object_id="guess")
    hass.states.async_set(entity.entity_id, "1")
    soon = (dt_util.utcnow() + timedelta(seconds=1)).isoformat()
    hass.states.async_set("sensor.time", soon, {"device_class": "timestamp"})
    async with live(bridge, secret) as client:
        for trigger in (
            on(entity_id=entity.entity_id),
            on(kind="numeric_state", entity_id=entity.entity_id, above=1),
            on(kind="numeric_state", entity_id=OUTSIDE, above=entity.entity_id),
            on(kind="numeric_state", entity_id=OUTSIDE, attribute="latitude", above=1),
            on(entity_id=OUTSIDE, attribute="latitude"),
            on(kind="time", at="sensor.time"),
            on(kind="time", at={"entity_id": "sensor.time"}),
            on(kind="event", event_type=["unlisted", "state_changed", "entity_registry_updated", "drawbridge_audit"]),
            on(kind="event", event_type="listed", event_data={"token": HIDDEN}),
            on(kind="event", event_type="listed", event_data={"deep": {"latitude": 1.5}}),
        ):
            assert await client.result("subscribe_trigger", trigger=trigger) is None
        seen = await client.send("subscribe_trigger", trigger=on(entity_id=[LAMP, entity.entity_id]))
        listed = await client.send("subscribe_trigger", trigger=on(kind="event", event_type="listed"))
        await client.answer(listed)
        hass.states.async_set(entity.entity_id, "2", {"text": HIDDEN})
        hass.states.async_set(OUTSIDE, "8", {"latitude": 2.5})
        hass.states.async_set(OUTSIDE, "1", {"latitude": 0.5})
        hass.states.async_set(OUTSIDE, "9", {"latitude": 2.5})
        for kind in ("unlisted", "drawbridge_audit"):
            hass.bus.async_fire(kind, {"text": HIDDEN})
        er.async_get(hass).async_update_entity(entity.entity_id, name=HIDDEN)
        hass.bus.async_fire("listed", {"token": HIDDEN, "deep": {"latitude": 1.5}, "x": 1})
        hass.bus.async_fire("listed", {"entity_id": entity.entity_id})
        hass.states.async_set(LAMP, "on", {"longitude": 1.5, "link": f"/api/hls/{HIDDEN}/x"})
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=3))
        await hass.async_block_till_done()
        trigger = (await client.event(seen))["variables"]["trigger"]
        assert trigger["entity_id"] == LAMP
        assert trigger["to_state"]["attributes"] == {"link": "**REDACTED**"}
        event = (await client.event(listed))["variables"]["trigger"]["event"]
        assert event["data"] == {"token": "**REDACTED**", "deep": {}, "x": 1}
        await client.nothing()
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_unknown_entries(bridge: Bridge, hass: HomeAssistant) -> None:
    """The id of a hidden entity's entry is refused as one that nothing has."""
    entry = er.async_get(hass).async_get(OTHER)
    assert entry is not None
    async with live(bridge, await bridge.add_key(areas=["living_room"])) as client:
        for command, field, value in (
            ("subscribe_trigger", "trigger", on(entity_id="ENTRY")),
            ("test_condition", "condition", state("ENTRY", "on")),
        ):
            errors = [
                str(await client.error(command, **{field: of(value, "", item)})).replace(item, "ENTRY")
                for item in (entry.id, "f" * 32)
            ]
            assert errors[0] == errors[1]
            assert "Unknown entity registry entry ENTRY" in errors[0]


async def test_trigger_moves(bridge: Bridge, hass: HomeAssistant) -> None:
    """Triggers follow their entities into the scope and out of it, and the key to what it may do."""
    secret = await bridge.add_key("One", areas=["living_room"])
    async with live(bridge, secret) as client:
        number_ = await client.send("subscribe_trigger", trigger=on(entity_id=[OTHER, LAMP], to=["on", "off"]))
        await client.answer(number_)
        await switch(hass, "on")
        await client.nothing()
        er.async_get(hass).async_update_entity(OTHER, area_id="living_room")
        await switch(hass, "off")
        assert (await client.event(number_))["variables"]["trigger"]["entity_id"] == OTHER
        er.async_get(hass).async_update_entity(OTHER, area_id="bedroom")
        await switch(hass, "on")
        await client.nothing()
        await bridge.edit_key("One", "scope", {"everything": True})
        await switch(hass, "off")
        assert (await client.event(number_))["variables"]["trigger"]["entity_id"] == OTHER
        await bridge.edit_key("One", "abilities", {"capabilities": ["history"]})
        await switch(hass, "on")
        await client.nothing()
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"]})
        hass.states.async_set(LAMP, "on")
        assert (await client.event(number_))["variables"]["trigger"]["entity_id"] == LAMP


async def test_a_trigger_is_not_reported_after_its_end(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report follows in a turn of its own, in which the subscription may have ended."""
    fire, fired = TriggerWatch._fired, 0  # noqa: SLF001

    @callback
    def ending(self: TriggerWatch, variables: Mapping[str, Any], context: Context | None = None) -> None:
        nonlocal fired
        fired += 1
        fire(self, variables, context)
        self.stop()

    monkeypatch.setattr(TriggerWatch, "_fired", ending)
    await bridge.add_key("Wide")
    runtime = bridge.entry.runtime_data
    caller = Caller.of(runtime.keys.get(bridge.key_id("Wide")), runtime.resources)
    reports: list[bytes] = []
    watch = TriggerWatch(lambda: caller, cv.TRIGGER_SCHEMA(on(entity_id=[LAMP])), reports.append)
    await watch.attach()
    hass.states.async_set(LAMP, "on")
    await hass.async_block_till_done()
    await asyncio.sleep(0)
    assert fired == 1
    assert reports == []


async def test_the_scope_is_checked_when_a_trigger_fires(bridge: Bridge, hass: HomeAssistant) -> None:
    """A trigger that is not attached anew yet does not tell of what has left the scope."""
    await bridge.add_key("Wide")
    await bridge.add_key("Narrow", areas=["living_room"])
    runtime = bridge.entry.runtime_data
    wide, narrow = (Caller.of(runtime.keys.get(bridge.key_id(name)), runtime.resources) for name in ("Wide", "Narrow"))
    current: list[Caller] = [wide]
    reports: list[bytes] = []
    watch = TriggerWatch(lambda: current[-1], cv.TRIGGER_SCHEMA(on(entity_id=[OTHER, LAMP])), reports.append)
    await watch.attach()

    async def turns() -> None:
        await hass.async_block_till_done()
        # The report follows in a turn of its own.
        await asyncio.sleep(0)

    hass.states.async_set(OTHER, "on")
    await turns()
    assert len(reports) == 1
    current.append(narrow)
    hass.states.async_set(OTHER, "off")
    await turns()
    assert len(reports) == 1
    hass.states.async_set(LAMP, "on")
    await turns()
    assert len(reports) == 2
    watch.detach()
