"""`/api/stream`: the events that `subscribe_events` without a type delivers."""

import asyncio
import json
from typing import Any

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.conftest import EVERYTHING
from tests.integration.live.test_events import HIDDEN, LAMP, OTHER, change_everything, received, subscribed, without_ids
from tests.integration.live.test_stream import Stream, streamed

LAST = "last_event"


def transport_of(stream: Stream) -> asyncio.Transport:
    """Return the client's side of a connection."""
    connection = stream.response.connection
    assert connection is not None
    assert connection.transport is not None
    return connection.transport


async def until_last(hass: HomeAssistant, stream: Stream) -> list[dict[str, Any]]:
    """Fire an event that ends a test, and return all events before it, without the ids of the stream."""
    hass.bus.async_fire(LAST)
    events: list[dict[str, Any]] = []
    while (fields := await stream.next()) is not None:
        if fields.get("data", "ping") == "ping":
            continue
        event: dict[str, Any] = json.loads(fields["data"])
        if event["event_type"] == LAST:
            return events
        events.append(event)
    raise AssertionError


@pytest.mark.parametrize(
    "query", ["", "?restrict=state_changed,last_event", "?restrict=test_event,area_registry_updated,,last_event"]
)
async def test_equal(bridge: Bridge, hass: HomeAssistant, hass_access_token: str, query: str) -> None:
    """A key that sees everything gets what Home Assistant's own stream carries, in the same order."""
    secret = await bridge.add_key("All", capabilities=EVERYTHING, events=["*"])
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": [LAMP, OTHER]}, blocking=True)
    own = await bridge.client.get(f"/api/stream{query}", headers={"Authorization": f"Bearer {hass_access_token}"})
    theirs = Stream(own)
    assert await theirs.next() == {"data": "ping"}
    async with streamed(bridge, secret, query) as ours:
        await change_everything(hass)
        actual, expected = await until_last(hass, ours), await until_last(hass, theirs)
    own.close()
    assert len(expected) > (2 if query else 30)
    assert actual == [without_ids(event) for event in expected]


@pytest.mark.parametrize("fields", [{"areas": ["living_room"]}, {"entities": [LAMP]}, {"domains": ["sensor"]}])
async def test_the_same_as_subscribe_events(bridge: Bridge, hass: HomeAssistant, fields: dict[str, Any]) -> None:
    """A narrow key gets what its subscription gets, and nothing of others."""
    secret = await bridge.add_key(**fields, capabilities=EVERYTHING, events=["test_event", LAST])
    async with live(bridge, secret) as client, streamed(bridge, secret) as stream:
        number = await subscribed(client)
        hass.bus.async_fire("test_event", {"entity_id": OTHER, "text": HIDDEN})
        hass.bus.async_fire("unlisted", {"text": HIDDEN})
        hass.states.async_set(OTHER, "on", {"text": HIDDEN})
        await change_everything(hass)
        events = await until_last(hass, stream)
        *expected, last = await received(client, number)
        assert last["event_type"] == LAST
        assert events == expected
        assert HIDDEN not in stream.text
        kinds = {event["event_type"] for event in events}
        assert "core_config_updated" in kinds
        assert "themes_updated" not in kinds
        assert ("state_changed" in kinds) is ("domains" not in fields)


async def test_a_narrow_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """Events about hidden entities are not sent, whatever their type."""
    secret = await bridge.add_key(areas=["living_room"], events=["listed", LAST])
    async with streamed(bridge, secret) as stream:
        hass.states.async_set(OTHER, "on", {"text": HIDDEN})
        er.async_get(hass).async_update_entity(OTHER, name=HIDDEN)
        hass.bus.async_fire("listed", {"entity_id": OTHER})
        hass.bus.async_fire("unlisted", {"text": HIDDEN})
        hass.bus.async_fire("drawbridge_audit", {"text": HIDDEN})
        hass.bus.async_fire("listed", {"entity_id": LAMP})
        er.async_get(hass).async_update_entity(LAMP, name="Bulb")
        events = [(event["event_type"], event["data"]) for event in await until_last(hass, stream)]
        # Where a state that follows a change of its registry entry stands depends on the version of Home Assistant.
        told = [event for event in events if event[0] != "state_changed"]
        assert told[0] == ("listed", {"entity_id": LAMP})
        assert [kind for kind, _ in told[1:]] == ["entity_registry_updated"]
        assert HIDDEN not in stream.text


async def test_only_states_are_resumed(bridge: Bridge, hass: HomeAssistant) -> None:
    """Other events carry the id of the last change of a state, and do not come again."""
    secret = await bridge.add_key(areas=["living_room"], events=["listed"])
    async with streamed(bridge, secret) as stream:
        hass.states.async_set(LAMP, "on")
        hass.bus.async_fire("listed", {"number": 1})
        changed, listed = await stream.event(), await stream.event()
        assert (changed["event_type"], listed["event_type"]) == ("state_changed", "listed")
        assert changed["id"] == listed["id"]
    hass.bus.async_fire("listed", {"number": 2})
    hass.states.async_set(LAMP, "off")
    async with streamed(bridge, secret, **{"Last-Event-ID": listed["id"]}) as stream:
        event = await stream.event()
        assert event["data"]["new_state"]["state"] == "off"
        hass.bus.async_fire("listed", {"number": 3})
        event = await stream.event()
        assert event["data"] == {"number": 3}
        last = event["id"]
    async with streamed(bridge, secret, **{"Last-Event-ID": last}) as stream:
        hass.states.async_set(LAMP, "on")
        assert (await stream.event())["data"]["old_state"]["state"] == "off"


@pytest.mark.usefixtures("connection_errors_are_ignored")
async def test_an_id_of_another_event_is_no_further_than_what_was_sent(bridge: Bridge, hass: HomeAssistant) -> None:
    """While changes of states wait, other events overtake them, with an id that brings these changes again."""
    for number in range(2000):
        hass.states.async_set(f"sensor.n{number}", "1", {"padding": "x" * 8000})
    secret = await bridge.add_key(globs=["sensor.n*"], events=["listed"])
    async with streamed(bridge, secret, **{"Last-Event-ID": "unknown"}) as stream:
        transport = transport_of(stream)
        transport.pause_reading()
        await asyncio.sleep(0.1)
        hass.bus.async_fire("listed")
        transport.resume_reading()
        assert (await stream.next())["event"] == "reset"
        seen = set()
        while (event := await stream.event())["event_type"] != "listed":
            seen.add(event["data"]["entity_id"])
        assert len(seen) < 2000
        last = event["id"]
    async with streamed(bridge, secret, **{"Last-Event-ID": last}) as stream:
        assert (await stream.next())["event"] == "reset"
        assert {(await stream.event())["data"]["entity_id"] for _ in range(2000)} >= seen


async def test_key_changes(bridge: Bridge, hass: HomeAssistant) -> None:
    """A changed scope applies to every type from the next event on."""
    secret = await bridge.add_key("One", events=["listed", LAST])
    async with streamed(bridge, secret) as stream:
        hass.bus.async_fire("listed", {"entity_id": OTHER})
        assert (await stream.event())["data"] == {"entity_id": OTHER}
        await bridge.edit_key("One", "scope", {"everything": False, "areas": ["living_room"]})
        hass.bus.async_fire("listed", {"entity_id": OTHER, "text": HIDDEN})
        er.async_get(hass).async_update_entity(OTHER, name=HIDDEN)
        assert await until_last(hass, stream) == []
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"], "events": [LAST]})
        hass.bus.async_fire("listed", {"entity_id": LAMP, "text": HIDDEN})
        assert await until_last(hass, stream) == []
        assert HIDDEN not in stream.text
        await bridge.edit_key("One", "abilities", {"capabilities": ["history"], "events": [LAST]})
        hass.bus.async_fire(LAST)
        await stream.ended()
        assert LAST not in stream.text.rpartition(LAST)[2]
    assert len(bridge.entry.runtime_data.events) == 0
    assert not hass.bus.async_listeners().get("*")


async def test_too_many_events(bridge: Bridge, hass: HomeAssistant) -> None:
    """Events that cannot be merged wait in bounded memory. Then the stream ends."""
    secret = await bridge.add_key(events=["listed"])
    runtime = bridge.entry.runtime_data
    async with streamed(bridge, secret) as stream:
        transport = transport_of(stream)
        transport.pause_reading()
        largest = 0
        for number in range(1000):
            hass.bus.async_fire("listed", {"text": "x" * 30_000})
            largest = max(largest, *(item.pending_bytes for item in runtime.connections), 0)
            if number % 10 == 0:
                await asyncio.sleep(0)
        assert 3_000_000 < largest < 9_000_000
        assert runtime.recorder.live.dropped == 1
        assert len(runtime.connections) == 0
        transport.resume_reading()
        await stream.ended()


async def test_home_assistant_stops(bridge: Bridge, hass: HomeAssistant) -> None:
    """The stream and the WebSocket end, so that Home Assistant need not wait for them."""
    secret = await bridge.add_key(events=["*"])
    async with streamed(bridge, secret) as stream, live(bridge, secret) as client:
        await subscribed(client)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await stream.ended()
        assert str(EVENT_HOMEASSISTANT_STOP) not in stream.text
        assert "1001" in await client.closed()
