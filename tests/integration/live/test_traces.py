"""Hidden entities do not affect the order, the times, the numbers or the errors that a key sees."""

import asyncio
from typing import Any

import pytest
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.operations.catch_up import COALESCE_SECONDS, TICK
from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.past import LAMP, live_through, moment
from tests.integration.mirror.sides import content
from tests.integration.recording import wait_recording

GONE = "sensor.gone"


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Load this repository's integration, with a database."""


@pytest.fixture
async def room(bridge: Bridge) -> str:
    """Return the secret of a key for one room, and for an entity that comes and goes."""
    capabilities = ["read", "history"]
    return await bridge.add_key("Room", areas=["living_room"], entities=[GONE], capabilities=capabilities)


async def test_listeners(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """The listed event types and their numbers do not depend on other listeners."""
    before = await content(await bridge.get("/api/events", room))
    for kind in ("state_changed", "state_changed", "call_service", "attic_event"):
        hass.bus.async_listen(kind, lambda _event: None)
    assert await content(await bridge.get("/api/events", room)) == before
    assert {item["listener_count"] for item in before} == {1}


async def test_components(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """Those of a narrow key are sorted: the order of a set depends on all of its members."""
    hass.config.components.update(f"sensor.attic_{number}" for number in range(50))
    found = await content(await bridge.get("/api/components", room))
    assert found == sorted(found)
    assert len(found) > 5


async def test_manifests(bridge: Bridge, room: str) -> None:
    """For a limited scope, manifests are sorted, whatever the order in the request."""
    async with live(bridge, room) as client:
        every = [item["domain"] for item in await client.result("manifest/list")]
        assert every == sorted(every)
        named = await client.result("manifest/list", integrations=every[::-1])
        assert [item["domain"] for item in named] == every


async def test_events_of_any_form(bridge: Bridge, hass: HomeAssistant, room: str, caplog: Any) -> None:
    """Anybody can fire an event of the type of a call, with any data."""
    async with live(bridge, room) as client:
        hass.bus.async_fire("call_service", {"x": 1})
        hass.bus.async_fire("call_service", {"domain": "automation"})
        await hass.async_block_till_done()
        await client.nothing()
    assert "rror in event filter" not in caplog.text


@pytest.fixture
async def _past(house: HomeAssistant) -> None:
    await live_through(house)


@pytest.mark.usefixtures("_past")
async def test_an_entity_that_was_removed(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """A minimal history has null for its removal."""
    for value in ("1", "2", None, "3", "4", "5"):
        if value is None:
            hass.states.async_remove(GONE)
        else:
            hass.states.async_set(GONE, value)
        await hass.async_block_till_done()
    await wait_recording(hass)
    answer = await bridge.get(f"/api/history/period?filter_entity_id={GONE}&minimal_response", room)
    assert [item["state"] for item in (await content(answer))[0]] == ["1", "2", None, "3", "4", "5"]
    async with live(bridge, room) as client:
        fields = {"start_time": moment(days=1), "entity_ids": [GONE], "minimal_response": True}
        told = await client.result("history/history_during_period", **fields)
        assert [item["s"] for item in told[GONE]] == ["1", "2", None, "3", "4", "5"]


@pytest.mark.usefixtures("_past")
async def test_the_second_part_of_a_logbook(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """It begins after the last entry in scope, as the client is told, whatever happened elsewhere since."""
    hass.states.async_set("light.secret", "on")
    hass.states.async_set("light.secret", "off")
    await wait_recording(hass)
    async with live(bridge, room) as client:
        number = await client.send("logbook/event_stream", start_time=moment(hours=1))
        first, second = await client.event(number), await client.event(number)
        last = first["events"][-1]
        assert last["entity_id"] == LAMP
        assert second["events"] == []
        assert second["start_time"] == pytest.approx(last["when"] + TICK.total_seconds(), abs=2e-6)


@pytest.mark.usefixtures("_past")
async def test_windows(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """Events are grouped by fixed times, not by hidden events."""
    async with live(bridge, room) as client:
        number = await client.send("logbook/event_stream", start_time=moment(hours=1))
        assert [await client.event(number) for _ in range(2)]
        await asyncio.sleep(0.1)
        hass.bus.async_fire("logbook_entry", {"name": "Secret", "message": "x", "entity_id": "light.secret"})
        timers: Any = hass.loop._scheduled  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way
        names = {handle.when(): getattr(handle._callback, "__qualname__", "") for handle in timers}  # noqa: SLF001
        ends = [when for when, name in names.items() if name == "CatchUp._flush"]
        assert [end / COALESCE_SECONDS for end in ends] == [pytest.approx(round(ends[0] / COALESCE_SECONDS), abs=1e-6)]
