"""History by WebSocket: of a period, and live."""

import asyncio
import threading
from collections.abc import Iterable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.drawbridge.operations import catch_up, history_stream
from custom_components.drawbridge.websocket import outbox
from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, live
from tests.integration.live.past import (
    CLIMATE,
    HIDDEN,
    LAMP,
    NOTE,
    OTHER,
    SENSOR,
    in_loop,
    live_through,
    moment,
    wait_past,
)
from tests.integration.recording import wait_recording

PERIOD = "history/history_during_period"
STREAM = "history/stream"
ALL = [SENSOR, CLIMATE, LAMP, OTHER, "sensor.missing"]
FLAGS = ("include_start_time_state", "significant_changes_only", "minimal_response", "no_attributes")


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Load this repository's integration, with a database."""


@pytest.fixture(autouse=True)
async def _past(house: HomeAssistant, _websocket_api: None) -> None:
    """Create the history that the tests read."""
    await live_through(house)


async def same(own: LiveClient, ours: LiveClient, type_: str, **fields: Any) -> Any:
    """Hold the results or errors of both against each other."""
    said, heard = await own.command(type_, **fields), await ours.command(type_, **fields)
    assert {**said, "id": 0} == {**heard, "id": 0}, fields
    return heard.get("result")


def flags() -> Iterable[dict[str, bool]]:
    """Yield every combination of flags."""
    for values in product((False, True), repeat=len(FLAGS)):
        yield dict(zip(FLAGS, values, strict=True))


async def test_period_is_equal(hass: HomeAssistant, own: LiveClient, ours: LiveClient) -> None:
    """Every combination of flags, over periods that begin before, in and after what happened."""
    middle = hass.states.get(CLIMATE).last_changed.isoformat()  # type: ignore[union-attr]
    found = 0
    for start, end, chosen in product(
        (moment(days=3), middle, moment(seconds=0), moment(days=-1)),
        ({}, {"end_time": moment(days=-1)}, {"end_time": middle}, {"end_time": moment(days=5)}, {"end_time": ""}),
        flags(),
    ):
        found += len(await same(own, ours, PERIOD, start_time=start, entity_ids=ALL, **end, **chosen))
    assert found > 100


async def test_period_in_slices(
    hass: HomeAssistant, own: LiveClient, ours: LiveClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long period is read in parts, and the answer is the same."""
    for number in range(40):
        hass.states.async_set(SENSOR, str(number // 3), {"number": number})
        hass.states.async_set(CLIMATE, "heat", {"number": number})
    await wait_recording(hass)
    monkeypatch.setattr(history_stream, "DAY", timedelta(microseconds=1))
    monkeypatch.setattr(history_stream, "_ENTITIES_AT_ONCE", 2)
    reads = count_reads(monkeypatch)
    start, end = moment(days=3), moment(seconds=0)
    for chosen in flags():
        result = await same(own, ours, PERIOD, start_time=start, end_time=end, entity_ids=ALL, **chosen)
        assert len(result[SENSOR]) > 10
    assert len(reads) > 1000


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Return a list that grows with each read of the database."""
    reads: list[None] = []
    read = history_stream._read  # noqa: SLF001

    def counted(*arguments: Any) -> Any:
        reads.append(None)
        return read(*arguments)

    monkeypatch.setattr(history_stream, "_read", counted)
    return reads


BAD: tuple[dict[str, Any], ...] = (
    {},
    {"start_time": "yesterday", "entity_ids": [LAMP]},
    {"start_time": 5, "entity_ids": [LAMP]},
    {"start_time": "2026-01-01T00:00:00+00:00"},
    {"start_time": "2026-01-01T00:00:00+00:00", "entity_ids": LAMP},
    {"start_time": "2026-01-01T00:00:00+00:00", "entity_ids": [5]},
    {"start_time": "2026-01-01T00:00:00+00:00", "entity_ids": ["lamp"]},
    {"start_time": "2026-01-01T00:00:00+00:00", "entity_ids": ["Light.Missing"]},
    {"start_time": "2026-01-01T00:00:00+00:00", "entity_ids": [LAMP], "end_time": "soon"},
    {"start_time": "2026-01-01T00:00:00+00:00", "entity_ids": [LAMP], "no_attributes": 1},
    {"start_time": "2026-01-01T00:00:00+00:00", "entity_ids": [LAMP], "more": 1},
)


@pytest.mark.parametrize("type_", [PERIOD, STREAM])
async def test_bad_fields(own: LiveClient, ours: LiveClient, type_: str) -> None:
    """The same errors as Home Assistant's own."""
    for fields in BAD:
        await same(own, ours, type_, **fields)
    if type_ == STREAM:
        await same(own, ours, type_, start_time=moment(days=-1), entity_ids=[LAMP])
        await same(own, ours, type_, start_time=moment(days=1), end_time=moment(days=2), entity_ids=[LAMP])
    else:
        assert await same(own, ours, type_, start_time=moment(days=1), entity_ids=[]) == {}


@pytest.mark.parametrize("type_", [PERIOD, STREAM])
async def test_beyond_bounds(ours: LiveClient, type_: str) -> None:
    """Times that no clock shows are invalid, where Home Assistant's own fails; so are too many entities."""
    for start in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-45T00:00:00+00:00"):
        assert (await ours.error(type_, start_time=start, entity_ids=[LAMP]))["code"] == "invalid_start_time"
    names = [f"light.l{number}" for number in range(2001)]
    error = await ours.error(type_, start_time=moment(days=1), entity_ids=names)
    assert (error["code"], "2000" in error["message"]) == ("invalid_format", True)


async def test_too_large(ours: LiveClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that would be too large is refused."""
    monkeypatch.setattr(history_stream, "MAX_ANSWER_BYTES", 100)
    error = await ours.error(PERIOD, start_time=moment(days=1), entity_ids=[SENSOR])
    assert (error["code"], "shorter period" in error["message"]) == ("invalid_format", True)


@pytest.mark.parametrize("type_", [PERIOD, STREAM])
async def test_needs_the_capability(bridge: Bridge, type_: str) -> None:
    """A key without the capability `history` gets neither."""
    async with live(bridge, await bridge.add_key(capabilities=["read", "control"])) as client:
        error = await client.error(type_, start_time=moment(days=1), entity_ids=[LAMP])
        assert (error["code"], "'history'" in error["message"]) == ("unauthorized", True)


async def test_narrow_period(bridge: Bridge) -> None:
    """A narrow key gets its own entities; a hidden one is like one that does not exist."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["history"])
    async with live(bridge, secret) as client:
        fields = {"start_time": moment(days=1), "significant_changes_only": False}
        result = await client.result(PERIOD, entity_ids=[LAMP, OTHER, "light.secret"], **fields)
        assert set(result) == {LAMP}
        for names in (["light.secret"], ["light.missing"], [OTHER]):
            assert await client.result(PERIOD, entity_ids=names, **fields) == {}
        hidden = await client.error(PERIOD, entity_ids=["Light.Secret"], **fields)
        assert hidden == await client.error(PERIOD, entity_ids=["Light.Missing"], **fields)
        assert HIDDEN not in str(client.log)


@pytest.mark.parametrize("type_", [PERIOD, STREAM])
async def test_redacted(bridge: Bridge, type_: str) -> None:
    """Attributes that need a capability are left out, and bearer text always."""
    async with live(bridge, await bridge.add_key(domains=["climate"], capabilities=["history"])) as client:
        fields = {"start_time": moment(days=1), "entity_ids": [CLIMATE, NOTE]}
        number = await client.send(type_, **fields)
        states = (await client.answer(number))["result"] or (await client.event(number))["states"]
        assert [item["a"]["current_temperature"] for item in states[CLIMATE]] == [20, 21]
        assert [item["a"] for item in states[NOTE]] == [{"note": "**REDACTED**"}]
        if type_ == STREAM:
            await settle(client)
            bridge.hass.states.async_set(NOTE, "cool", {"note": "/api/webhook/0123456789abcdef", "latitude": 52.1})
            assert (await client.event(number))["states"][NOTE][0]["a"] == {"note": "**REDACTED**"}
        assert "latitude" not in str(client.log)
        assert "0123456789abcdef" not in str(client.log)


async def test_past_stream_is_equal(own: LiveClient, ours: LiveClient, hass: HomeAssistant) -> None:
    """A period that has ended: one event, and no more."""
    middle = hass.states.get(CLIMATE).last_changed.isoformat()  # type: ignore[union-attr]
    now = moment(seconds=0)
    for start, end, names, chosen in product(
        (moment(days=3), middle), (now, middle, moment(days=2)), (ALL, ["sensor.missing"], [LAMP]), flags()
    ):
        if end < start:
            continue
        said: list[Any] = []
        heard: list[Any] = []
        for client, into in ((own, said), (ours, heard)):
            number = await client.send(STREAM, start_time=start, end_time=end, entity_ids=names, **chosen)
            into.append((await client.answer(number))["result"])
            into.append(await client.event(number))
            await client.result("unsubscribe_events", subscription=number)
        assert heard == said
    await own.nothing()
    await ours.nothing()


async def test_live_stream_is_equal(own: LiveClient, ours: LiveClient, hass: HomeAssistant) -> None:
    """Past states and live changes, with every combination of flags."""
    for turn, chosen in enumerate(flags()):
        hass.states.async_set(SENSOR, "last", {"before": str(chosen)})
        # Home Assistant's own can lose what the recorder is about to write.
        await wait_recording(hass)
        merged = []
        fields = {"start_time": moment(days=1), "entity_ids": [*ALL, "sensor.missing"], **chosen}
        numbers = [await client.send(STREAM, **fields) for client in (own, ours)]
        for client, number in zip((own, ours), numbers, strict=True):
            assert (await client.answer(number))["result"] is None
        # Home Assistant's own sends what happens before the end of the past out of order.
        await wait_past()
        for value in ("8", "8", "9"):
            hass.states.async_set(SENSOR, value, {"n": dt_util.utcnow().isoformat()})
            hass.states.async_set(CLIMATE, "cool", {"n": dt_util.utcnow().isoformat()})
        hass.states.async_set(SENSOR, f"end {turn}", {})
        for client, number in zip((own, ours), numbers, strict=True):
            merged.append(await until(client, number, f"end {turn}"))
            await client.result("unsubscribe_events", subscription=number)
        assert merged[1] == merged[0]
        assert len(merged[0][SENSOR]) > 2
        await wait_recording(hass)


async def test_state_about_to_be_written(
    ours: LiveClient, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state that the recorder has taken from its queue, but not written yet, is not lost."""
    recorder, taken, may_write = get_instance(hass), threading.Event(), threading.Event()
    write = recorder._process_state_changed_event_into_session  # noqa: SLF001

    def write_later(event: Any) -> None:
        taken.set()
        may_write.wait(20)
        write(event)

    await wait_recording(hass)
    monkeypatch.setattr(recorder, "_process_state_changed_event_into_session", write_later)
    hass.states.async_set(SENSOR, "taken")
    await hass.async_add_executor_job(taken.wait, 20)
    number = await ours.send(STREAM, start_time=moment(days=1), entity_ids=[SENSOR])
    await ours.event(number)
    await asyncio.sleep(0.5)
    may_write.set()
    await wait_past()
    hass.states.async_set(SENSOR, "end")
    assert "taken" in [item["s"] for item in (await until(ours, number, "end"))[SENSOR]]


async def until(client: LiveClient, number: int, last: str) -> dict[str, list[Any]]:
    """Return the states that come until a state of the sensor, put together."""
    states: dict[str, list[Any]] = {}
    while not states.get(SENSOR) or states[SENSOR][-1]["s"] != last:
        for entity_id, items in (await client.event(number))["states"].items():
            states.setdefault(entity_id, []).extend(items)
    return states


async def test_nothing_named(own: LiveClient, ours: LiveClient) -> None:
    """An empty list gets one empty event. Unlike in Home Assistant, the subscription can be ended."""
    for client in (own, ours):
        start = moment(days=1)
        number = await client.send(STREAM, start_time=start, entity_ids=[])
        event = await client.event(number)
        assert (event["states"], event["start_time"]) == ({}, dt_util.parse_datetime(start).timestamp())  # type: ignore[union-attr]
    await own.error("unsubscribe_events", subscription=own.number)
    await ours.result("unsubscribe_events", subscription=ours.number)


async def test_end_to_come(ours: LiveClient, hass: HomeAssistant) -> None:
    """Changes come until the end of the period, and the subscription can still be ended."""
    end = dt_util.utcnow() + timedelta(hours=1)
    number = await ours.send(STREAM, start_time=moment(days=1), end_time=end.isoformat(), entity_ids=[SENSOR])
    await ours.event(number)
    await settle(ours)
    hass.states.async_set(SENSOR, "20")
    assert (await ours.event(number))["states"][SENSOR][0]["s"] == "20"
    async_fire_time_changed(hass, end)
    hass.states.async_set(SENSOR, "21")
    await asyncio.sleep(0.5)
    await ours.nothing()
    await ours.result("unsubscribe_events", subscription=number)


async def settle(client: LiveClient) -> None:
    """Wait until the past was sent, and forget it."""
    await wait_past()
    await client.command("ping")
    client.events.clear()


async def test_unsubscribed(ours: LiveClient, hass: HomeAssistant) -> None:
    """After the end of a subscription, nothing is sent, and no listener remains."""
    before = hass.bus.async_listeners()["state_changed"]
    number = await ours.send(STREAM, start_time=moment(days=1), entity_ids=[SENSOR])
    await ours.event(number)
    await settle(ours)
    hass.states.async_set(SENSOR, "20")
    await ours.result("unsubscribe_events", subscription=number)
    ours.events.clear()
    hass.states.async_set(SENSOR, "21")
    await asyncio.sleep(0.5)
    await ours.nothing()
    assert hass.bus.async_listeners()["state_changed"] == before


async def test_narrowed(bridge: Bridge, hass: HomeAssistant) -> None:
    """A change waits to be sent while its entity leaves the scope: it is not sent. Another one enters it."""
    hass.states.async_set(OTHER, "off", {"note": HIDDEN})
    secret = await bridge.add_key(areas=["living_room"], capabilities=["history"])
    registry = er.async_get(hass)
    async with live(bridge, secret) as client:
        number = await client.send(STREAM, start_time=moment(days=1), entity_ids=[LAMP, OTHER])
        assert set((await client.event(number))["states"]) == {LAMP}
        await settle(client)
        hass.states.async_set(LAMP, "on", {"note": HIDDEN})
        registry.async_update_entity(LAMP, area_id="bedroom")
        registry.async_update_entity(OTHER, area_id="living_room")
        await asyncio.sleep(0.5)
        await client.nothing()
        assert HIDDEN not in str(client.log)
        hass.states.async_set(LAMP, "off", {"note": HIDDEN})
        hass.states.async_set(OTHER, "on", {"note": "shown"})
        assert set((await client.event(number))["states"]) == {OTHER}
        assert HIDDEN not in str(client.log)


async def test_hidden_changes_do_not_split_messages(bridge: Bridge, hass: HomeAssistant) -> None:
    """What a key sees of a window is sent in one message, however much else happens in it."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["history"])
    for type_, fields, name in (
        (STREAM, {"entity_ids": [LAMP, OTHER]}, "states"),
        ("logbook/event_stream", {}, "events"),
    ):
        await wait_recording(hass)
        async with live(bridge, secret) as client:
            number = await client.send(type_, start_time=moment(days=1), **fields)
            await client.event(number)
            await wait_recording(hass)
            await settle(client)
            hass.states.async_set(LAMP, f"first {type_}")
            for count in range(300):
                hass.states.async_set(OTHER, str(count))
                hass.bus.async_fire("logbook_entry", {"name": HIDDEN, "message": "x", "entity_id": OTHER})
            hass.states.async_set(LAMP, f"last {type_}")
            found = (await client.event(number))[name]
            assert len(found[LAMP] if isinstance(found, dict) else found) == 2, found
            await asyncio.sleep(0.5)
            await client.nothing()


async def test_key_changed(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key that gets another scope, and one that loses the capability."""
    secret = await bridge.add_key("One", areas=["living_room"], capabilities=["history"])
    async with live(bridge, secret) as client:
        number = await client.send(STREAM, start_time=moment(days=1), entity_ids=[LAMP, OTHER])
        await client.event(number)
        await settle(client)
        await bridge.edit_key("One", "scope", {"everything": False, "areas": ["bedroom"]})
        hass.states.async_set(LAMP, "on", {"note": HIDDEN})
        hass.states.async_set(OTHER, "on", {"note": "shown"})
        assert set((await client.event(number))["states"]) == {OTHER}
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"]})
        hass.states.async_set(OTHER, "off", {"note": HIDDEN})
        await asyncio.sleep(0.5)
        await client.nothing()
        assert (await client.error("unsubscribe_events", subscription=number))["code"] == "not_found"
        assert HIDDEN not in str(client.log)


async def test_hidden_and_missing_streams(bridge: Bridge) -> None:
    """A subscription to a hidden entity is like one to a missing one."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["history"])
    async with live(bridge, secret) as client:
        seen = []
        for name in ("light.secret", "light.missing"):
            number = await client.send(STREAM, start_time=moment(days=1), entity_ids=[name])
            seen.append([(await client.event(number))["states"] for _ in range(2)])
            await client.nothing()
            await client.result("unsubscribe_events", subscription=number)
        assert seen[0] == seen[1] == [{}, {}]


async def test_moved_while_read(bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entities that leave the scope while past states are read are not sent."""
    hass.states.async_set(LAMP, "on", {"note": HIDDEN})
    await wait_recording(hass)
    registry = er.async_get(hass)
    read = history_stream._read  # noqa: SLF001

    def moving(*arguments: Any) -> Any:
        found = read(*arguments)
        in_loop(hass, lambda: registry.async_update_entity(LAMP, area_id="bedroom"))
        return found

    monkeypatch.setattr(history_stream, "_read", moving)
    for type_ in (PERIOD, STREAM):
        registry.async_update_entity(LAMP, area_id="living_room")
        secret = await bridge.add_key(type_, areas=["living_room"], capabilities=["history"])
        async with live(bridge, secret) as client:
            number = await client.send(type_, start_time=moment(days=1), entity_ids=[LAMP])
            answer = await client.answer(number)
            assert (answer["result"] or {}) == {}
            await wait_past()
            await client.command("ping")
            assert HIDDEN not in str(client.log)


async def test_more_than_may_wait(ours: LiveClient, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes during the reading of past states are not lost, whatever their number."""
    monkeypatch.setattr(catch_up, "MAX_PENDING", 5)
    read, wanted, happened = history_stream._read, [12, 7], 0  # noqa: SLF001

    def happening(*arguments: Any) -> Any:
        found = read(*arguments)
        count = wanted.pop() if wanted else 0

        def happen() -> None:
            nonlocal happened
            for number in range(count):
                hass.states.async_set(SENSOR, f"{len(wanted)}.{number}")
            happened += count

        in_loop(hass, happen)
        return found

    monkeypatch.setattr(history_stream, "_read", happening)
    number = await ours.send(STREAM, start_time=moment(seconds=0), entity_ids=[SENSOR])
    while happened < 19:  # noqa: ASYNC110 - the reading is in a thread
        await asyncio.sleep(0.01)
    hass.states.async_set(SENSOR, "end")
    states = [item["s"] for item in (await until(ours, number, "end"))[SENSOR]]
    assert states[1:] == [f"1.{item}" for item in range(7)] + [f"0.{item}" for item in range(12)] + ["end"]


async def test_large_past(ours: LiveClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large past comes in several events, which put together are the same."""
    fields = {"start_time": moment(days=1), "end_time": moment(seconds=0), "entity_ids": ALL}
    number = await ours.send(STREAM, **fields)
    whole = (await ours.event(number))["states"]
    monkeypatch.setattr(history_stream, "MAX_EVENT_BYTES", 100)
    monkeypatch.setattr(history_stream, "DAY", timedelta(microseconds=1))
    number = await ours.send(STREAM, **fields)
    merged: dict[str, list[Any]] = {}
    count = 0
    while merged != whole:
        for entity_id, items in (await ours.event(number))["states"].items():
            merged.setdefault(entity_id, []).extend(items)
        count += 1
    assert count > 2


async def test_slow_reader(bridge: Bridge, ours: LiveClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A past is not read for a client that has not read what came before, and continues when it has."""
    read, reads = history_stream._read, 0  # noqa: SLF001

    def counted(*arguments: Any) -> Any:
        nonlocal reads
        reads += 1
        return read(*arguments)

    monkeypatch.setattr(history_stream, "_read", counted)
    monkeypatch.setattr(history_stream, "MAX_EVENT_BYTES", 1)
    monkeypatch.setattr(history_stream, "DAY", timedelta(microseconds=1))
    [connection] = bridge.entry.runtime_data.connections
    with monkeypatch.context() as full:
        full.setattr(outbox, "MAX_BUFFERED_BYTES", -1)
        number = await ours.send(STREAM, start_time=moment(days=1), end_time=moment(seconds=0), entity_ids=ALL)
        while not connection.pending_bytes:  # noqa: ASYNC110 - the reading is in a thread
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        waiting = reads
    assert waiting == 1
    while reads == waiting:
        await ours.event(number)


async def test_not_set_up(own: LiveClient, ours: LiveClient, hass: HomeAssistant) -> None:
    """Without the integration, the commands are not known."""
    hass.config.components.remove("history")
    for type_ in (PERIOD, STREAM):
        error = await ours.error(type_, start_time=moment(days=1), entity_ids=[LAMP])
        assert error == await own.error("no/such_command")
