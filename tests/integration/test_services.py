"""Calling services through the bridge: what is reached must be in scope."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from tests.integration.house import Bridge

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"


@pytest.fixture
async def remote(bridge: Bridge) -> str:
    """Return the secret of a key that controls the living room."""
    return await bridge.add_key(capabilities=["read", "control"], areas=["living_room"])


def lit(hass: HomeAssistant) -> set[str]:
    """Return the lamps that are on."""
    return {state.entity_id for state in hass.states.async_all("input_boolean") if state.state == "on"}


async def test_a_hidden_script_is_like_a_missing_one(hass: HomeAssistant, bridge: Bridge) -> None:
    """The answer to the service of a script outside the scope is the same if there is no such script."""
    services = ["script.hidden", "script.missing"]
    key = await bridge.add_key(capabilities=["read", "control"], areas=["living_room"], services=services)
    hass.states.async_set("script.hidden", "off")
    hass.services.async_register("script", "hidden", lambda _call: None)
    answers = [await bridge.post(f"/api/services/script/{name}", key, json={}) for name in ("hidden", "missing")]
    assert [answer.status for answer in answers] == [403, 403]
    hidden, missing = [await answer.text() for answer in answers]
    assert hidden.replace("script.hidden", "script.missing") == missing


@pytest.mark.parametrize(
    "data", [{"entity_id": LIVING}, {"entity_id": [LIVING]}, {"area_id": "living_room"}, {"entity_id": "all"}]
)
async def test_in_scope(hass: HomeAssistant, bridge: Bridge, remote: str, data: dict[str, Any]) -> None:
    """A call that reaches only the living room is made, and returns the changed states."""
    answer = await bridge.post(TURN_ON, remote, json=data)
    assert answer.status == 200
    assert [state["entity_id"] for state in await answer.json()] == [LIVING]
    assert lit(hass) == {LIVING}


@pytest.mark.parametrize(
    "data",
    [
        {"entity_id": BEDROOM},
        {"entity_id": [LIVING, BEDROOM]},
        {"entity_id": LIVING, "area_id": "bedroom"},
        {"area_id": ["living_room", "bedroom"]},
        {"entity_id": "input_boolean.no_such"},
        {"area_id": "no_such"},
        {"entity_id": "none"},
        {},
        None,
    ],
)
async def test_out_of_scope(hass: HomeAssistant, bridge: Bridge, remote: str, data: dict[str, Any] | None) -> None:
    """A call that reaches anything else, or nothing, is refused completely."""
    answer = await bridge.post(TURN_ON, remote, json=data)
    assert answer.status == 403
    assert not lit(hass)


@pytest.mark.parametrize(
    "path", ["/api/services/homeassistant/restart", "/api/services/no/such", "/api/services/input_boolean/reload"]
)
async def test_not_a_service_of_an_entity(bridge: Bridge, remote: str, path: str) -> None:
    """Services of no entity are refused, whether they exist or not, in the same words."""
    answer = await bridge.post(path, remote, json={"entity_id": LIVING})
    assert answer.status == 403
    assert "not in its scope" in (await answer.json(content_type=None))["message"]


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b'"on"', b"\x00"])
async def test_invalid_body(bridge: Bridge, remote: str, body: bytes) -> None:
    """What is no JSON object is a 400 with a message."""
    answer = await bridge.post(TURN_ON, remote, data=body)
    assert answer.status == 400
    assert "JSON" in (await answer.json(content_type=None))["message"]


async def test_data_that_the_service_refuses(bridge: Bridge, remote: str) -> None:
    """An unknown field needs the service with all of its fields; Home Assistant then says what is wrong."""
    body = {"entity_id": LIVING, "colour": "red"}
    assert (await bridge.post(TURN_ON, remote, json=body)).status == 403
    narrowed = await bridge.add_key(
        "Narrowed", capabilities=["control"], areas=["living_room"], services=["input_boolean.turn_on"]
    )
    assert (await bridge.post(TURN_ON, narrowed, json=body)).status == 403
    assert (await bridge.post(TURN_ON, narrowed, json={"entity_id": LIVING})).status == 200
    listed = await bridge.add_key(
        "Listed", capabilities=["control"], areas=["living_room"], services=["input_boolean.turn_on.*"]
    )
    answer = await bridge.post(TURN_ON, listed, json=body)
    assert answer.status == 400
    assert "colour" in (await answer.json(content_type=None))["message"]


async def test_response_data(bridge: Bridge, hass: HomeAssistant) -> None:
    """With `return_response`, what the service answers comes beside the states that it changed."""

    async def answer(call: ServiceCall) -> ServiceResponse:
        hass.states.async_set(LIVING, "on", context=call.context)
        hass.states.async_set(BEDROOM, "on", context=call.context)
        return {"said": call.data["word"]}

    hass.services.async_register("test", "ask", answer, supports_response=SupportsResponse.ONLY)
    hass.services.async_register("test", "tell", answer, supports_response=SupportsResponse.NONE)
    services = ["test.ask", "test.tell"]
    blind = await bridge.add_key("Blind", capabilities=["control"], areas=["living_room"], services=services)
    refused = await bridge.post("/api/services/test/ask?return_response", blind, json={"word": "hello"})
    assert refused.status == 403
    assert 'scope="read"' in refused.headers["WWW-Authenticate"]
    assert hass.states.get(LIVING).state == "off"  # type: ignore[union-attr]
    key = await bridge.add_key(capabilities=["control", "read"], areas=["living_room"], services=services)
    told = await bridge.post("/api/services/test/ask?return_response", key, json={"word": "hello"})
    assert told.status == 200
    body = await told.json()
    assert body["service_response"] == {"said": "hello"}
    assert [state["entity_id"] for state in body["changed_states"]] == [LIVING]
    for path, message in (("ask", "Add ?return_response"), ("tell?return_response", "does not support responses")):
        refused = await bridge.post(f"/api/services/test/{path}", key, json={"word": "x"})
        assert refused.status == 400
        assert message in (await refused.json(content_type=None))["message"]


async def test_templates_in_the_data(bridge: Bridge, hass: HomeAssistant) -> None:
    """Home Assistant may render what a service is given, as an administrator would: no template is passed on."""
    heard: list[ServiceCall] = []

    async def hear(call: ServiceCall) -> None:
        heard.append(call)

    hass.services.async_register("test", "hear", hear)
    key = await bridge.add_key(capabilities=["control"], everything=True, services=["test.hear"])
    path = "/api/services/test/hear"
    for text in ("{{ 1 }}", "{% set a = 1 %}"):
        for data in ({"word": text}, {"word": {"inner": [text]}}):
            assert (await bridge.post(path, key, json=data)).status == 403
    assert not heard
    assert (await bridge.post(path, key, json={"word": "plain"})).status == 200
    assert len(heard) == 1


async def test_an_error_of_the_service(bridge: Bridge, hass: HomeAssistant) -> None:
    """What Home Assistant says is wrong comes back: 400 for what was asked, 500 for what failed."""

    async def refuse(call: ServiceCall) -> None:
        raise ServiceValidationError("no such song") if call.service == "refuse" else HomeAssistantError("no power")

    for name in ("refuse", "fail"):
        hass.services.async_register("test", name, refuse)
    key = await bridge.add_key(capabilities=["control"], services=["test.refuse", "test.fail"])
    for name, status, message in (("refuse", 400, "no such song"), ("fail", 500, "no power")):
        answer = await bridge.post(f"/api/services/test/{name}", key)
        assert answer.status == status
        assert (await answer.json(content_type=None))["message"] == message
