"""Calls that wait for a person, in the panel."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockUser, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

LAMP = "input_boolean.living_room_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"


@pytest.fixture(autouse=True)
def _panel(hass_admin_user: MockUser, panel: PanelClient) -> None:
    """The first user is the owner."""


async def add_key(bridge: Bridge, **fields: Any) -> str:
    """Add a key that must ask before it switches anything."""
    return await bridge.add_key("Agent", capabilities=["read", "control"], ask=["input_boolean"], **fields)


@asynccontextmanager
async def waiting_call(
    panel: PanelClient, bridge: Bridge, key: str
) -> AsyncIterator[tuple[dict[str, Any], Awaitable[Any]]]:
    """Make a call that waits, and return the request that the panel shows, and the response."""
    assert await panel.ask("approvals/subscribe") is None
    assert await panel.event() == {"requests": []}
    response = asyncio.create_task(bridge.post(TURN_ON, key, json={"entity_id": LAMP}))
    (request,) = (await panel.event())["requests"]
    yield request, response
    response.cancel()


def state(hass: HomeAssistant) -> str:
    """Return the state of the lamp."""
    found = hass.states.get(LAMP)
    assert found is not None
    return found.state


async def test_what_is_shown(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """Who asks for what, on which things by their names, how long it waits, and what a permanent approval adds."""
    key = await add_key(bridge)
    async with waiting_call(panel, bridge, key) as (request, _):
        assert 50 < request.pop("seconds_left") <= 60
        assert 50 < request.pop("until") - request.pop("asked_at") < 70
        lamp = hass.states.get(LAMP)
        assert lamp is not None
        assert len(request.pop("id")) == 32
        assert request == {
            "key_id": bridge.key_id("Agent"),
            "key_name": "Agent",
            "calls": [
                {
                    "action": "input_boolean.turn_on",
                    "entities": [{"entity_id": LAMP, "name": lamp.name}],
                    "more": 0,
                }
            ],
            "always": [{"action": "input_boolean.turn_on", "entity_id": LAMP}],
        }
        assert state(hass) == "off"


@pytest.mark.parametrize("answer", ["once", "15_minutes", "always"])
async def test_allowed(panel: PanelClient, bridge: Bridge, hass: HomeAssistant, answer: str) -> None:
    """The call is made, the request goes away, and the answer lasts as long as it says."""
    key = await add_key(bridge)
    async with waiting_call(panel, bridge, key) as (request, response):
        assert await panel.ask("approvals/decide", request=request["id"], answer=answer) is None
        assert (await response).status == 200
        assert state(hass) == "on"
    stored = bridge.entry.subentries[bridge.key_id("Agent")].data
    assert stored["approved"] == ([f"input_boolean.turn_on {LAMP}"] if answer == "always" else [])
    asked = async_capture_events(hass, "drawbridge_approval_requested")
    again = asyncio.create_task(bridge.post(TURN_ON, key, json={"entity_id": LAMP}))
    if answer == "once":
        while not asked:  # noqa: ASYNC110 - Home Assistant's helper keeps a list
            await asyncio.sleep(0.01)
        await panel.ask("approvals/decide", request=asked[0].data["id"], answer="deny")
    assert (await again).status == (403 if answer == "once" else 200)


async def test_denied_by_whom(
    panel: PanelClient, bridge: Bridge, hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    """The client is refused, and the audit trail names who answered."""
    records = async_capture_events(hass, "drawbridge_audit")
    key = await add_key(bridge)
    async with waiting_call(panel, bridge, key) as (request, response):
        await panel.ask("approvals/decide", request=request["id"], answer="deny")
        refused = await response
        assert (refused.status, (await refused.json())["reason"]) == (403, "approval_denied")
        assert await panel.error("approvals/decide", request=request["id"], answer="once") == "not_found"
    assert state(hass) == "off"
    await hass.async_block_till_done()
    assert records[-1].data["approver"] == hass_admin_user.name


async def test_a_request_that_ends_goes_away(
    panel: PanelClient, bridge: Bridge, hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """Whoever answers, every panel shows it; and one that is opened later begins with what waits."""
    key = await add_key(bridge)
    async with waiting_call(panel, bridge, key) as (request, response):
        other = PanelClient(await hass_ws_client(hass))
        await other.ask("approvals/subscribe")
        assert [item["id"] for item in (await other.event())["requests"]] == [request["id"]]
        await bridge.act("deny", request=request["id"])
        assert (await response).status == 403
        assert await panel.event() == {"requests": []}
        assert await other.event() == {"requests": []}


async def test_always_does_not_fit(panel: PanelClient, bridge: Bridge) -> None:
    """A key holds 500 permanent approvals. It is not offered, and refused; the request still waits."""
    full = [f"light.turn_on light.number_{number}" for number in range(500)]
    key = await add_key(bridge, approved=full)
    async with waiting_call(panel, bridge, key) as (request, response):
        assert request["always"] is None
        assert await panel.error("approvals/decide", request=request["id"], answer="always") == "not_allowed"
        await panel.ask("approvals/subscribe")
        assert [item["id"] for item in (await panel.event())["requests"]] == [request["id"]]
        await panel.ask("approvals/decide", request=request["id"], answer="once")
        assert (await response).status == 200


async def test_many_entities(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """Fifty are named, and the rest is counted."""
    for number in range(60):
        hass.states.async_set(f"input_boolean.extra_{number:02}", "off")
    key = await add_key(bridge)
    await panel.ask("approvals/subscribe")
    await panel.event()
    response = asyncio.create_task(bridge.post(TURN_ON, key, json={"entity_id": [LAMP, *_extra()]}))
    (request,) = (await panel.event())["requests"]
    (call,) = request["calls"]
    assert (len(call["entities"]), call["more"]) == (50, 11)
    assert len(request["always"]) == 61
    await panel.ask("approvals/decide", request=request["id"], answer="deny")
    assert (await response).status == 403


def _extra() -> list[str]:
    return [f"input_boolean.extra_{number:02}" for number in range(60)]
