"""`execute_script`: plain actions, all checked before the first is called."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, live

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"
ON = {"action": "input_boolean.turn_on", "target": {"entity_id": LAMP}}


@pytest.fixture
async def ours(bridge: Bridge) -> Any:
    """Connect with a key that sees everything and may call all services that the tests register."""
    services = ["input_boolean.*", "test.*", "test.record", "test.fail", "test.invalid", "test.answer", "test.missing"]
    secret = await bridge.add_key("All", capabilities=["read", "control"], services=services)
    async with live(bridge, secret) as client:
        yield client


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Register services, and return the calls of them."""
    found: list[ServiceCall] = []

    @callback
    def record(call: ServiceCall) -> None:
        found.append(call)

    @callback
    def fail(call: ServiceCall) -> None:
        found.append(call)
        raise HomeAssistantError("it failed")

    @callback
    def invalid(call: ServiceCall) -> None:
        found.append(call)
        raise ServiceValidationError("not like this")

    @callback
    def answer(call: ServiceCall) -> dict[str, Any]:
        found.append(call)
        return {"a": 1}

    for name, handler in (("record", record), ("fail", fail), ("invalid", invalid)):
        hass.services.async_register("test", name, handler)
    hass.services.async_register("test", "answer", answer, supports_response=SupportsResponse.ONLY)
    return found


SEQUENCES: list[Any] = [
    ON,
    [],
    [ON, {"action": "test.record", "data": {"a": [1, {"b": None}], "c": "text"}}],
    [{"service": "test.record", "data": {"a": 1}, "alias": "x", "metadata": {}}],
    [{"action": "TEST.record"}, {"action": "test.record", "enabled": False}],
    [{"action": "test.record", "entity_id": f"{LAMP}, {OTHER}", "target": {"area_id": ["bedroom"]}}],
    [{"action": "test.answer", "response_variable": "x"}],
    [{"action": "test.fail"}, {"action": "test.record"}],
    [{"action": "test.fail", "continue_on_error": True}, {"action": "test.record"}],
    [{"action": "test.invalid"}, {"action": "test.record"}],
    [{"action": "test.missing"}],
    [{"action": "test.answer"}],
]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=str)
async def test_equal(own: LiveClient, ours: LiveClient, calls: list[ServiceCall], sequence: Any) -> None:
    """A key that may do everything calls what Home Assistant's own command calls, and gets the same result."""
    expected = await own.command("execute_script", sequence=sequence, variables={"x": 1})
    theirs = [(call.domain, call.service, dict(call.data)) for call in calls]
    calls.clear()
    actual = await ours.command("execute_script", sequence=sequence, variables={"x": 1})
    assert [(call.domain, call.service, dict(call.data)) for call in calls] == theirs
    assert actual["success"] == expected["success"], actual
    if not expected["success"]:
        assert actual["error"]["code"] == expected["error"]["code"]
        # Home Assistant repeats the whole command after some texts.
        assert actual["error"]["message"] == expected["error"]["message"].partition(". Got {")[0]
        return
    assert actual["result"]["response"] is None
    assert expected["result"]["response"] is None
    contexts = {call.context.id for call in calls}
    assert contexts <= {actual["result"]["context"]["id"]}


@pytest.mark.parametrize("sequence", [None, "x", [{"action": "no domain"}], [{"unknown": 1}], [5]], ids=str)
async def test_malformed(own: LiveClient, ours: LiveClient, sequence: Any) -> None:
    """What Home Assistant's schema refuses is refused in the same words."""
    fields = {} if sequence is None else {"sequence": sequence}
    actual, expected = await ours.error("execute_script", **fields), await own.error("execute_script", **fields)
    assert actual == expected
    assert actual["code"] == "invalid_format"


def nested(depth: int) -> Any:
    """Return a sequence within a sequence, and so on."""
    return [ON] if not depth else [{"sequence": nested(depth - 1)}]


@pytest.mark.parametrize(
    "sequence",
    [
        [ON, {"delay": 1}],
        [ON, {"event": "x"}],
        [ON, {"wait_template": "{{ true }}"}],
        [ON, {"stop": "x"}],
        [ON, {"condition": "state", "entity_id": LAMP, "state": "on"}],
        [ON, {"if": [], "then": []}],
        [ON, {"variables": {"a": 1}}],
        [ON, {"scene": "scene.x"}],
        [ON, {"parallel": [ON]}],
        [ON, {**ON, "enabled": "{{ true }}"}],
        [ON, {**ON, "data": {"a": ["{{ states('sensor.outside') }}"]}}],
        [ON, {**ON, "data": "{{ {} }}"}],
        [ON, {"action": "{{ 'test.record' }}"}],
        [ON, {"action": "test.record", "data_template": {"a": 1}}],
        [ON, {"action": "test.record", "target": "{{ {} }}"}],
        [ON, {"action": "test.record", "target": {"entity_id": "{{ 'a.b' }}"}}],
        [ON] * 101,
        nested(3),
        nested(100),
    ],
    ids=lambda item: str(item)[-60:],
)
async def test_other_syntax(hass: HomeAssistant, ours: LiveClient, calls: list[ServiceCall], sequence: Any) -> None:
    """Anything but actions, and any template, is refused; then nothing is called."""
    error = await ours.error("execute_script", sequence=sequence)
    assert error["code"] == "invalid_format"
    assert calls == []
    state = hass.states.get(LAMP)
    assert state is not None
    assert state.state == "off"


@pytest.mark.parametrize(
    "bad",
    [
        {"action": "input_boolean.turn_on", "target": {"entity_id": OTHER}},
        {"action": "input_boolean.turn_on", "target": {"entity_id": "input_boolean.none"}},
        {"action": "input_boolean.turn_on", "target": {"area_id": "bedroom"}},
        {"action": "input_boolean.turn_on", "data": {"entity_id": [LAMP, OTHER]}},
        {"action": "homeassistant.restart"},
        {"action": "nothing.here"},
    ],
    ids=str,
)
async def test_one_refused_none_called(bridge: Bridge, hass: HomeAssistant, bad: dict[str, Any]) -> None:
    """If the key may not perform one action of a sequence, none is performed."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["control"])
    async with live(bridge, secret) as client:
        errors = [
            await client.error("execute_script", sequence=sequence)
            for sequence in ([ON, bad], [bad, ON], [{**bad, "continue_on_error": True}, ON])
        ]
        assert {error["code"] for error in errors} == {"unauthorized"}
        assert len({error["message"] for error in errors}) == 1
        for entity_id in (LAMP, OTHER):
            state = hass.states.get(entity_id)
            assert state is not None
            assert state.state == "off"
        await client.result("execute_script", sequence=[{**bad, "enabled": False}, ON])
    state = hass.states.get(LAMP)
    assert state is not None
    assert state.state == "on"
    assert state.context.user_id is not None


async def test_audited(bridge: Bridge, hass: HomeAssistant) -> None:
    """The audit trail tells of all actions, and of a refused one."""
    secret = await bridge.add_key("One", areas=["living_room"], capabilities=["control"])
    records: list[Any] = []
    hass.bus.async_listen("drawbridge_audit", callback(lambda event: records.append(event.data)))
    off = {**ON, "action": "input_boolean.turn_off"}
    bad = {**ON, "target": {"entity_id": OTHER}}
    async with live(bridge, secret) as client:
        await client.result("execute_script", sequence=[ON, off])
        await client.error("execute_script", sequence=[ON, bad])
    assert [(item["outcome"], item["target"]) for item in records] == [
        ("allowed", f"input_boolean.turn_on on {LAMP}; input_boolean.turn_off on {LAMP}"),
        ("refused", f"input_boolean.turn_on on {LAMP}; input_boolean.turn_on on {OTHER}"),
    ]


async def test_without_control(bridge: Bridge) -> None:
    """The error for a key without `control` contains the name of the capability."""
    async with live(bridge, await bridge.add_key()) as client:
        error = await client.error("execute_script", sequence=[ON])
        assert error["code"] == "unauthorized"
        assert "'control'" in error["message"]
