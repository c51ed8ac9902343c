"""What a client has put together equals Home Assistant's own states, however fast they change and it reads."""

import asyncio
import json
import random
import time
from typing import Any, override

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.drawbridge.scope.model import Scope
from custom_components.drawbridge.scope.redaction import Redaction
from custom_components.drawbridge.states.channels import Batch
from custom_components.drawbridge.states.feed import WINDOW_SECONDS
from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, Picture, live

SENSORS = [f"sensor.s{number}" for number in range(400)]
LAMP = "input_boolean.living_room_lamp"


def churn(hass: HomeAssistant, dice: random.Random, size: int = 0) -> None:
    """Change something at random."""
    entity_id = dice.choice(SENSORS)
    if dice.random() < 0.05:
        hass.states.async_remove(entity_id)
        return
    attributes: dict[str, Any] = {
        name: dice.choice([1, "two", [3], {"four": 4}, None]) for name in "abcd" if dice.random() < 0.5
    }
    if size:
        attributes["padding"] = f"{dice.random()}" * size
    context = dice.choice([None, Context(user_id="u"), Context(parent_id="p"), Context(user_id="u", parent_id="p")])
    hass.states.async_set(entity_id, str(dice.randrange(20)), attributes, context=context)


def expected(hass: HomeAssistant, entity_ids: list[str]) -> dict[str, Any]:
    """Return what a client should have, as Home Assistant itself would send it now."""
    found = {}
    for entity_id in entity_ids:
        if (state := hass.states.get(entity_id)) is not None:
            content = json.loads(b"{" + state.as_compressed_state_json + b"}")[entity_id]
            found[entity_id] = {**content, "lu": content.get("lu", content["lc"])}
    return found


class Time(float):
    """A time in seconds, compared in microseconds as Home Assistant keeps it."""

    __hash__ = float.__hash__

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(self - other) < 2e-6


def comparable(states: dict[str, Any]) -> dict[str, Any]:
    """Write contexts in one form, and times as Home Assistant keeps them: in microseconds.

    Home Assistant itself sends more digits of a time when it is new.
    """

    def context(value: Any) -> Any:
        return {"parent_id": None, "user_id": None, **(value if isinstance(value, dict) else {"id": value})}

    return {
        entity_id: {**state, "c": context(state["c"]), "lc": Time(state["lc"]), "lu": Time(state["lu"])}
        for entity_id, state in states.items()
    }


async def catch_up(client: LiveClient, number: int, picture: Picture, marker: str) -> None:
    """Apply events until a marker is there."""
    while picture.states.get("sensor.marker", {}).get("s") != marker:
        picture.apply(await client.event(number))
    await client.command("ping")
    for event in client.events.pop(number, []):
        picture.apply(event)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("features", [{"coalesce_messages": 1}, {}], ids=["coalesced", "single"])
@pytest.mark.parametrize("compress", [0, 15])
async def test_random_changes(
    bridge: Bridge,
    hass: HomeAssistant,
    seed: int,
    features: dict[str, int],
    compress: int,
) -> None:
    """Clients that join at any time, one for everything and one for some, see the same in the end."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    for entity_id in SENSORS:
        hass.states.async_set(entity_id, "0")
    everything = await bridge.add_key("All")
    some = await bridge.add_key("Some", globs=["sensor.s1*", "sensor.marker"])
    async with live(bridge, everything, compress=compress) as one, live(bridge, some, compress=compress) as two:
        pictures = []
        for client in (one, two):
            await client.result("supported_features", features=features)
            number = await client.send("subscribe_entities")
            pictures.append((client, number, Picture()))
            for _ in range(50):
                churn(hass, dice)
                if dice.random() < 0.3:
                    await asyncio.sleep(0)
        for _ in range(1500):
            churn(hass, dice)
            if dice.random() < 0.05:
                await asyncio.sleep(0)
        hass.states.async_set("sensor.marker", "end")
        for client, number, picture in pictures:
            await catch_up(client, number, picture, "end")
        own = bridge.own_entities()
        all_ids = [item for item in hass.states.async_entity_ids() if item not in own]
        assert comparable(pictures[0][2].states) == comparable(expected(hass, all_ids))
        some_ids = [item for item in SENSORS if item.startswith("sensor.s1")]
        assert comparable(pictures[1][2].states) == comparable(expected(hass, [*some_ids, "sensor.marker"]))


async def test_a_slow_reader(bridge: Bridge, hass: HomeAssistant) -> None:
    """A client that stops reading is not disconnected, costs bounded memory, and has the exact states in the end."""
    dice = random.Random(1)  # noqa: S311 - no secret
    for entity_id in SENSORS:
        hass.states.async_set(entity_id, "0")
    secret = await bridge.add_key(globs=["sensor.s*", "sensor.marker"])
    runtime = bridge.entry.runtime_data
    async with live(bridge, secret, compress=0) as slow, live(bridge, secret, compress=0) as fast:
        pictures = []
        for client in (slow, fast):
            number = await client.send("subscribe_entities")
            await client.answer(number)
            picture = Picture()
            picture.apply(await client.event(number))
            pictures.append((client, number, picture))
        connection = slow.socket._response.connection  # noqa: SLF001 - there is no other way to stop reading
        assert connection is not None
        transport = connection.transport
        assert transport is not None
        transport.pause_reading()
        peak = 0
        for number in range(3000):
            churn(hass, dice, size=200)
            if number % 20 == 0:
                await asyncio.sleep(0.001)
                peak = max(peak, *(session.pending_bytes for session in runtime.connections))
        hass.states.async_set("sensor.marker", "end")
        await catch_up(*pictures[1], "end")
        assert runtime.recorder.live.conflated > 0
        assert peak < 4_000_000
        transport.resume_reading()
        await catch_up(*pictures[0], "end")
        shown = expected(hass, [*SENSORS, "sensor.marker"])
        for _, _, picture in pictures:
            assert comparable(picture.states) == comparable(shown)
        assert runtime.recorder.live.dropped == 0


async def test_many_join_at_once(bridge: Bridge, hass: HomeAssistant) -> None:
    """A hundred clients that connect while states change share a snapshot, and each has the exact states."""
    dice = random.Random(2)  # noqa: S311 - no secret
    for entity_id in SENSORS:
        hass.states.async_set(entity_id, "0")
    secret = await bridge.add_key(globs=["sensor.s*", "sensor.marker"])

    async def join() -> dict[str, Any]:
        async with live(bridge, secret) as client:
            number = await client.send("subscribe_entities")
            picture = Picture()
            await catch_up(client, number, picture, "end")
            return picture.states

    joined = [asyncio.create_task(join()) for _ in range(100)]
    for _ in range(400):
        churn(hass, dice)
        await asyncio.sleep(0)
    hass.states.async_set("sensor.marker", "end")
    shown = comparable(expected(hass, [*SENSORS, "sensor.marker"]))
    for states in await asyncio.gather(*joined):
        assert comparable(states) == shown
    assert len(bridge.entry.runtime_data.snapshots) <= 1


async def test_a_snapshot_after_many_changes(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new snapshot keeps the texts of the old one, but none of an entity that changed since or that changes now."""
    monkeypatch.setattr("custom_components.drawbridge.states.snapshot._SLICE_SECONDS", -1.0)
    dice = random.Random(3)  # noqa: S311 - no secret
    for entity_id in SENSORS:
        hass.states.async_set(entity_id, "0")
    runtime = bridge.entry.runtime_data
    scope = runtime.resources.directory.live(Scope(everything=True))
    channel = runtime.feed.entities(scope, Redaction(images=True, location=True), None, None)
    snapshots = []
    for _ in range(5):
        snapshot = runtime.snapshots.of(channel)
        # The building yields between slices, and every entity can change at any moment.
        for _ in range(60):
            churn(hass, dice)
            hass.states.async_set(SENSORS[-1], f"{dice.random()}")
            await asyncio.sleep(0)
        await snapshot.wait()
        runtime.feed.flush()
        picture = Picture()
        for payload in (b'{"a":{%s}}' % snapshot.body, *snapshot.changes.payloads(channel)):
            picture.apply(json.loads(payload))
        shown = {entity_id: state for entity_id, state in picture.states.items() if entity_id in SENSORS}
        assert comparable(shown) == comparable(expected(hass, SENSORS))
        snapshots.append(snapshot)
    assert len(set(snapshots)) == len(snapshots)


async def test_order_within_an_entity(bridge: Bridge, hass: HomeAssistant) -> None:
    """No change of an entity is lost or out of order for a client that keeps up, though many leave together."""
    secret = await bridge.add_key(globs=["sensor.s*"])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        await client.event(number)
        for value in range(300):
            hass.states.async_set("sensor.s1", str(value))
            if value % 7 == 0:
                await asyncio.sleep(0)
        seen: list[str] = []
        while len(seen) < 300:
            event = await client.event(number)
            changes = [*event.get("a", {}).values(), *(change["+"] for change in event.get("c", {}).values())]
            seen += [change["s"] for change in changes]
        assert seen == [str(value) for value in range(300)]


async def test_a_long_publication_leaves_time(bridge: Bridge, hass: HomeAssistant) -> None:
    """Changes after a publication wait for a whole period, however long the publication took, and leave together."""
    feed = bridge.entry.runtime_data.feed
    batches: list[list[str]] = []

    class Slow:
        def deliver(self, batch: Batch) -> None:
            batches.append([shown.entity_id for shown in batch.shown])
            time.sleep(WINDOW_SECONDS * 2)

    scope = bridge.entry.runtime_data.resources.directory.live(Scope(everything=True))
    channel = feed.entities(scope, Redaction(images=True, location=True), None, None)
    feed.join(channel, Slow())
    for name in ("sensor.s1", "sensor.s2", "sensor.s3"):
        hass.states.async_set(name, "on")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert batches == [["sensor.s1"]]
    await asyncio.sleep(WINDOW_SECONDS * 1.5)
    assert batches == [["sensor.s1"], ["sensor.s2", "sensor.s3"]]


async def test_nothing_of_the_feed_is_left(bridge: Bridge, hass: HomeAssistant) -> None:
    """Without subscribers, the feed drops its channels."""
    secret = await bridge.add_key(areas=["living_room"])
    runtime = bridge.entry.runtime_data
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities", entity_ids=[LAMP])
        await client.event(number)
        assert len(runtime.feed) == 1
        await client.result("unsubscribe_events", subscription=number)
        assert len(runtime.feed) == 0
        hass.states.async_set(LAMP, "on")
        await client.nothing()


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"entity_ids": [LAMP]}, {LAMP}),
        ({"entity_ids": []}, set()),
        ({"entity_ids": ["input_boolean.bedroom_lamp"]}, set()),
        ({"include": {"domains": ["input_boolean"]}}, {LAMP}),
        ({"exclude": {"entities": [LAMP]}}, {"sensor.s1"}),
        ({"include": {"entity_globs": ["sensor.*"]}}, {"sensor.s1"}),
    ],
    ids=str,
)
async def test_filters(bridge: Bridge, hass: HomeAssistant, fields: dict[str, Any], shown: set[str]) -> None:
    """Filters select entities in scope only."""
    hass.states.async_set("sensor.s1", "1")
    secret = await bridge.add_key(areas=["living_room"], globs=["sensor.s1"])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities", **fields)
        picture = Picture()
        picture.apply(await client.event(number))
        assert set(picture.states) == shown
        er.async_get(hass).async_update_entity("input_boolean.bedroom_lamp", area_id="living_room")
        await client.command("ping")
