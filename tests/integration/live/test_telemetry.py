"""Metrics of live connections."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.drawbridge.telemetry.live import RESULTS
from custom_components.drawbridge.websocket.commands import COMMANDS
from tests.integration.house import Bridge
from tests.integration.live.client import live


def commands(snapshot: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Return how often each command had each result."""
    return {(row["type"], row["result"]): row["count"] for row in snapshot["live"]["commands"]}


async def test_everything_is_there_from_the_start(bridge: Bridge) -> None:
    """All series exist at 0, so that the first increment is visible. Types and results are from fixed lists."""
    snapshot = bridge.entry.runtime_data.snapshot()
    assert snapshot["live"]["clients"] == {"websocket": 0, "stream": 0, "camera": 0}
    counts = commands(snapshot)
    assert set(counts.values()) == {0}
    assert {type_ for type_, _ in counts} == {*COMMANDS, "other"}
    assert {result for _, result in counts} <= RESULTS


async def test_a_connection_is_counted(bridge: Bridge, hass: HomeAssistant) -> None:
    """While it is open, by transport and by key: with its commands, its events and their delays."""
    runtime = bridge.entry.runtime_data
    secret = await bridge.add_key("Wall display", areas=["living_room"])
    async with live(bridge, secret) as client:
        await client.command("ping")
        await client.error("call_service", domain="light", service="turn_on")
        await client.error("made/up_by_the_client")
        await client.socket.send_json({"id": "x"})
        await client.next()
        number = await client.send("subscribe_entities")
        await client.answer(number)
        await client.event(number)
        hass.states.async_set("input_boolean.living_room_lamp", "on")
        await client.event(number)
        snapshot = runtime.snapshot()
        assert snapshot["live"]["clients"] == {"websocket": 1, "stream": 0, "camera": 0}
        assert [key["clients"] for key in snapshot["keys"]] == [1]
        counts = {item: count for item, count in commands(snapshot).items() if count}
        assert counts == {
            ("ping", "success"): 1,
            ("call_service", "unauthorized"): 1,
            ("other", "unknown_command"): 1,
            ("other", "invalid_format"): 1,
            ("subscribe_entities", "success"): 1,
        }
        assert snapshot["live"]["events"] == 2
        assert snapshot["live"]["dropped"] == snapshot["live"]["conflated"] == 0
        assert sum(snapshot["live"]["delays"]["counts"]) >= 1
        assert 0 < snapshot["live"]["delays"]["sum"] < 5
        assert snapshot["live"]["pending_bytes"] >= 0
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    snapshot = runtime.snapshot()
    assert snapshot["live"]["clients"] == {"websocket": 0, "stream": 0, "camera": 0}
    assert [key["clients"] for key in snapshot["keys"]] == [0]


async def test_each_changed_entity_is_an_event(bridge: Bridge, hass: HomeAssistant) -> None:
    """Each changed entity counts as one event, also if one message contains several."""
    secret = await bridge.add_key(globs=["sensor.n*"])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        await client.answer(number)
        await client.event(number)
        before = bridge.entry.runtime_data.snapshot()["live"]["events"]
        for name in ("sensor.n1", "sensor.n2", "sensor.n3"):
            hass.states.async_set(name, "1")
        assert len((await client.event(number))["a"]) == 3
        assert bridge.entry.runtime_data.snapshot()["live"]["events"] == before + 3


async def test_what_is_pending_is_counted(bridge: Bridge, hass: HomeAssistant) -> None:
    """The snapshot has the number of bytes that slow clients have not read."""
    runtime = bridge.entry.runtime_data
    secret = await bridge.add_key(globs=["sensor.big*"])
    async with live(bridge, secret, compress=0) as client:
        await client.result("subscribe_entities")
        connection = client.socket._response.connection  # noqa: SLF001 - there is no other way to stop reading
        assert connection is not None
        transport = connection.transport
        assert transport is not None
        transport.pause_reading()
        for number in range(400):
            hass.states.async_set("sensor.big", str(number), {"padding": f"{number}" * 10_000})
            if number % 10 == 0:
                await asyncio.sleep(0.01)
        assert runtime.snapshot()["live"]["pending_bytes"] > 100_000
        transport.resume_reading()


async def test_a_connection_is_no_request(bridge: Bridge) -> None:
    """However long it lives: it is in none of the request metrics, and takes no place of a request."""
    runtime = bridge.entry.runtime_data
    requests, routes = dict(runtime.recorder.counters.requests), set(runtime.recorder.counters.routes)
    totals = runtime.recorder.totals()
    secret = await bridge.add_key("Wall display")
    async with live(bridge, secret) as client:
        await client.command("ping")
        await client.result("get_states")
        assert not runtime.limits.concurrency.is_full(next(iter(runtime.connections)).key.id, 1)
    assert runtime.recorder.counters.requests == requests
    assert set(runtime.recorder.counters.routes) == routes
    assert runtime.recorder.totals().requests == totals.requests
