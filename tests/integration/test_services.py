"""Calling services through the bridge: what is reached must be in scope."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant

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


@pytest.mark.parametrize(
    "data", [{"entity_id": LIVING}, {"entity_id": [LIVING]}, {"area_id": "living_room"}, {"entity_id": "all"}]
)
async def test_in_scope(hass: HomeAssistant, bridge: Bridge, remote: str, data: dict[str, Any]) -> None:
    """A call that reaches the living room alone is made, and says what it changed."""
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
    """A call that reaches anything else, or nothing, is refused whole."""
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
    """Home Assistant's own validation comes back as a 400 that says what is wrong."""
    answer = await bridge.post(TURN_ON, remote, json={"entity_id": LIVING, "colour": "red"})
    assert answer.status == 400
    assert "colour" in (await answer.json(content_type=None))["message"]
