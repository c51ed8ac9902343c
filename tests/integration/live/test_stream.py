"""`/api/stream`: server-sent events, which continue at the client's last position."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientPayloadError, ClientResponse
from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"


class Stream:
    """Reads server-sent events."""

    def __init__(self, response: ClientResponse) -> None:
        """Read a response."""
        self.response = response
        self.text = ""

    async def next(self) -> dict[str, str]:
        """Return the fields of the next event."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            while line := (await self.response.content.readline()).decode():
                self.text += line
                if line == "\n":
                    return fields
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
        raise ConnectionError("the stream ended")

    async def event(self) -> dict[str, Any]:
        """Return the next event of Home Assistant."""
        while True:
            fields = await self.next()
            if fields.get("data", "ping") != "ping" and "event" not in fields:
                assert fields["id"]
                content: dict[str, Any] = json.loads(fields["data"])
                return {**content, "id": fields["id"]}

    async def ended(self) -> None:
        """Read to the end."""
        try:
            while True:
                await self.next()
        except ConnectionError, ClientPayloadError:
            return


@asynccontextmanager
async def streamed(bridge: Bridge, key: str, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    """Open a stream."""
    response = await bridge.get(f"/api/stream{query}", key, headers=headers)
    assert response.status == 200, await response.text()
    assert response.headers["Content-Type"].startswith("text/event-stream")
    try:
        stream = Stream(response)
        assert await stream.next() == {"retry": "5000"}
        assert await stream.next() == {"data": "ping"}
        yield stream
    finally:
        response.close()


async def test_a_room(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key for a room gets the changes of the room only."""
    secret = await bridge.add_key(areas=["living_room"])
    async with streamed(bridge, secret) as stream:
        hass.states.async_set(OTHER, "on", {"text": "hidden_marker"})
        hass.states.async_set(LAMP, "on")
        event = await stream.event()
        assert (event["event_type"], event["data"]["entity_id"]) == ("state_changed", LAMP)
        assert event["data"]["old_state"]["state"] == "off"
        assert event["data"]["new_state"]["state"] == "on"
        assert "hidden_marker" not in stream.text
        live = bridge.entry.runtime_data.recorder.live
        assert live.clients["stream"] == 1


async def test_resumed(bridge: Bridge, hass: HomeAssistant) -> None:
    """A client that was away gets what has changed since, each entity once, and nothing twice."""
    secret = await bridge.add_key(areas=["living_room"])
    async with streamed(bridge, secret) as stream:
        hass.states.async_set(LAMP, "on")
        last = (await stream.event())["id"]
    hass.states.async_set(OTHER, "on")
    async with streamed(bridge, secret, **{"Last-Event-ID": last}) as stream:
        hass.states.async_set(LAMP, "off")
        event = await stream.event()
        assert event["data"]["old_state"]["state"] == "on"
        last = event["id"]
    hass.states.async_set(LAMP, "on")
    hass.states.async_set(LAMP, "off", {"a": 1})
    async with streamed(bridge, secret, **{"Last-Event-ID": last}) as stream:
        event = await stream.event()
        assert event["data"]["new_state"]["attributes"] == {"a": 1}
        hass.states.async_set(LAMP, "on")
        assert (await stream.event())["data"]["new_state"]["state"] == "on"


async def test_hidden_changes_while_away(bridge: Bridge, hass: HomeAssistant) -> None:
    """A client that was away is up to date with the last event that it sees, however much has changed elsewhere."""
    secret = await bridge.add_key(areas=["living_room"])
    async with streamed(bridge, secret) as stream:
        hass.states.async_set(LAMP, "on")
        last = (await stream.event())["id"]
    hass.states.async_set(LAMP, "off")
    for number in range(300):
        hass.states.async_set(f"sensor.n{number}", "1")
    async with streamed(bridge, secret, **{"Last-Event-ID": last}) as stream:
        event = await stream.event()
        assert event["data"]["new_state"]["state"] == "off"
        assert event["id"] != last


@pytest.mark.parametrize("last", ["nonsense", "A" * 43, ""])
async def test_unknown_positions(bridge: Bridge, last: str) -> None:
    """For an unknown position, all states in scope are sent again."""
    secret = await bridge.add_key(areas=["living_room"])
    async with streamed(bridge, secret, **{"Last-Event-ID": last}) as stream:
        if last:
            assert (await stream.next())["event"] == "reset"
            event = await stream.event()
            assert (event["data"]["entity_id"], event["data"]["old_state"]) == (LAMP, None)


async def test_starting_over_in_a_large_home(bridge: Bridge, hass: HomeAssistant) -> None:
    """Everything comes, however much it is. A client that is interrupted on the way starts over, and misses nothing."""
    for number in range(5000):
        hass.states.async_set(f"sensor.n{number}", "1")
    secret = await bridge.add_key(globs=["sensor.n*"])
    async with streamed(bridge, secret, **{"Last-Event-ID": "unknown"}) as stream:
        assert (await stream.next())["event"] == "reset"
        ids = [(await stream.event())["id"] for _ in range(5000)]
        assert set(ids[:-1]) == {"0"}
    async with streamed(bridge, secret, **{"Last-Event-ID": ids[0]}) as stream:
        assert (await stream.next())["event"] == "reset"
    async with streamed(bridge, secret, **{"Last-Event-ID": ids[-1]}) as stream:
        hass.states.async_set("sensor.n7", "2")
        assert (await stream.event())["data"]["entity_id"] == "sensor.n7"


async def test_a_position_of_another_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """A position of a key with another scope is unknown."""
    first, second = await bridge.add_key("One", areas=["living_room"]), await bridge.add_key("Two", areas=["bedroom"])
    async with streamed(bridge, first) as stream:
        hass.states.async_set(LAMP, "on")
        last = (await stream.event())["id"]
    async with streamed(bridge, second, **{"Last-Event-ID": last}) as stream:
        assert (await stream.next())["event"] == "reset"


async def test_restricted(bridge: Bridge, hass: HomeAssistant) -> None:
    """Only the types in `restrict` are sent."""
    secret = await bridge.add_key()
    async with streamed(bridge, secret, "?restrict=other") as stream:
        hass.states.async_set(LAMP, "on")
        await asyncio.sleep(0.05)
        assert stream.response.content.total_bytes < 100


async def test_revoked(bridge: Bridge, hass: HomeAssistant) -> None:
    """The stream ends with its key."""
    secret = await bridge.add_key("One")
    async with streamed(bridge, secret) as stream:
        await bridge.act("revoke_key", key=bridge.key_id("One"))
        hass.states.async_set(LAMP, "on", {"text": "after"})
        await stream.ended()
        assert "after" not in stream.text
    assert len(bridge.entry.runtime_data.connections) == 0


async def test_narrowed(bridge: Bridge, hass: HomeAssistant) -> None:
    """A changed scope applies from the next event on."""
    secret = await bridge.add_key("One", areas=["living_room"])
    async with streamed(bridge, secret) as stream:
        await bridge.edit_key("One", "scope", {"everything": False, "areas": ["bedroom"]})
        hass.states.async_set(LAMP, "on", {"text": "hidden_marker"})
        hass.states.async_set(OTHER, "on")
        assert (await stream.event())["data"]["entity_id"] == OTHER
        assert "hidden_marker" not in stream.text


async def test_not_a_request(bridge: Bridge) -> None:
    """A stream takes no place among the requests of its key, and no histogram counts it."""
    await bridge.set_options(max_concurrent=1)
    secret = await bridge.add_key()
    async with streamed(bridge, secret), streamed(bridge, secret):
        answer = await bridge.get("/api/", secret)
        assert answer.status == 200
    await asyncio.sleep(0.05)
    assert "/api/stream" not in bridge.entry.runtime_data.recorder.counters.routes


async def test_without_read(bridge: Bridge) -> None:
    """The stream needs `read`."""
    secret = await bridge.add_key(capabilities=["history"])
    answer = await bridge.get("/api/stream", secret)
    assert (answer.status, (await answer.json())["reason"]) == (403, "capability")


async def test_a_slow_reader(bridge: Bridge, hass: HomeAssistant) -> None:
    """A client that does not read gets the latest state of each entity when it does, and costs bounded memory."""
    secret = await bridge.add_key(globs=["sensor.n*"])
    runtime = bridge.entry.runtime_data
    async with streamed(bridge, secret) as stream:
        connection = stream.response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.pause_reading()
        for number in range(3000):
            hass.states.async_set(f"sensor.n{number % 10}", str(number), {"padding": "x" * 4000})
            if number % 20 == 0:
                await asyncio.sleep(0.001)
        session = next(iter(runtime.connections))
        assert session.pending_bytes < 8_000_000
        assert runtime.recorder.live.conflated > 0
        connection.transport.resume_reading()
        seen: dict[str, str] = {}
        while seen.get("sensor.n9") != "2999":
            event = await stream.event()
            seen[event["data"]["entity_id"]] = event["data"]["new_state"]["state"]
        assert runtime.recorder.live.dropped == 0
