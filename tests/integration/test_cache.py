"""The cache: exact, bounded, observable, and the same answers as without it."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.drawbridge.cache import states as states_module
from custom_components.drawbridge.scope.redaction import Redaction
from custom_components.drawbridge.states import index as state_index
from tests.integration.house import Bridge
from tests.integration.test_registry_properties import CHANGES, ENTITY_IDS, NAMES, House, facts, keys_of
from tests.unit.test_scope_properties import obviously_in_scope

_ALL = Redaction(images=True, location=True)
_NONE = Redaction(images=False, location=False)

ENCODINGS = ("identity", "gzip", "deflate", "zstd")


def set_options(bridge: Bridge, **options: Any) -> None:
    """Choose options; they hold from the next request on."""
    entry: ConfigEntry[Any] = bridge.entry
    bridge.hass.config_entries.async_update_entry(entry, options={**entry.options, **options})


async def cache_of(bridge: Bridge, kind: str = "states") -> dict[str, Any]:
    """Return what the bridge tells of a cache."""
    cache: dict[str, Any] = bridge.entry.runtime_data.snapshot()["cache"][kind]
    return cache


def is_guarded(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity is the bridge's own: those are in no scope."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == "drawbridge"


def visible_ids(hass: HomeAssistant) -> list[str]:
    """Return all entities that a key for everything sees."""
    return [entity_id for entity_id in hass.states.async_entity_ids() if not is_guarded(hass, entity_id)]


def grow(hass: HomeAssistant, number: int, domain: str = "sensor") -> None:
    """Add entities."""
    for index in range(number):
        hass.states.async_set(f"{domain}.many_{index:05}", str(index), {"friendly_name": f"Number {index}"})


async def move_key(house: House, _entity_id: str, name: str) -> None:
    """Change what a key sees."""
    form = {"everything": False, "areas": [], "globs": [f"*.{name}*"]}
    await house.bridge.edit_key("glob", "scope", form)


STEPS: tuple[Callable[[House, str, str], Any], ...] = (*CHANGES, House.change, House.change, House.vanish, move_key)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.sampled_from(ENTITY_IDS), st.sampled_from(NAMES), st.booleans()),
        min_size=1,
        max_size=15,
    ),
    st.randoms(use_true_random=False),
)
async def test_every_body_is_the_same_json_as_without_the_cache(
    bridge: Bridge,
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[Callable[[House, str, str], Any], str, str, bool]],
    chance: random.Random,
) -> None:
    """Responses are correct after any changes, for any key and coding."""
    random.seed()  # Hypothesis fixes it, and Home Assistant makes the ids of its registries from it
    monkeypatch.setattr(state_index, "SHARD_SIZE", 2)
    monkeypatch.setattr(state_index, "GROUP_SIZE", 2)
    keys = await keys_of(bridge)
    house = House(hass, bridge)
    seen: dict[str, tuple[str, list[Any]]] = {}
    for change, entity_id, name, ask in steps:
        result = change(house, entity_id, name)
        if result is not None:
            await result
        if ask:
            await check(bridge, chance.choice(tuple(keys)), keys, chance.choice(ENCODINGS), seen)
    for name in keys:
        for encoding in ENCODINGS:
            await check(bridge, name, keys, encoding, seen)


async def check(
    bridge: Bridge, name: str, keys: dict[str, str], encoding: str, seen: dict[str, tuple[str, list[Any]]]
) -> None:
    """Ask with a key, and with the validator of what it saw last, and hold the answer against the obvious one."""
    hass = bridge.hass
    scope = next(key.scope for key in bridge.entry.runtime_data.keys if key.name == name)
    etag, before = seen.get(name, ("", []))
    headers = {"Accept-Encoding": encoding, "If-None-Match": etag}
    answer = await bridge.get("/api/states", keys[name], headers=headers)
    expected = [
        json.loads(state.as_dict_json)
        for state in hass.states.async_all()
        if obviously_in_scope(scope, facts(hass, state.entity_id))
    ]
    assert json.loads(bridge.entry.runtime_data.caches.states.direct(scope, _ALL)) == expected
    if answer.status == 304:
        assert before == expected
        return
    assert answer.headers.get("Content-Encoding", "identity") == encoding
    assert await answer.json() == expected
    seen[name] = (answer.headers["ETag"], expected)


async def test_many_groups_stay_exact(bridge: Bridge, hass: HomeAssistant) -> None:
    """Changes here and there, of the same length or not, seen by many requests or by none, and by several scopes."""
    grow(hass, 1500)
    chance = random.Random(7)  # noqa: S311 - the same in every run
    excludes: list[dict[str, Any]] = [{}, {"entities": ["sensor.many_00700"]}, {"domains": ["light"]}]
    keys = [
        (await bridge.act("create_key", name=f"{index}", everything=True, per_minute=0, exclude=exclude))["secret"]
        for index, exclude in enumerate(excludes)
    ]
    grow(hass, 200, "light")
    for turn in range(25):
        for _ in range(chance.choice((0, 1, 5, 40))):
            number, state = chance.randrange(1500), chance.choice(("12", "21", "off", "a long state of its own"))
            hass.states.async_set(f"sensor.many_{number:05}", state, {"friendly_name": f"Number {number}"})
        if turn % 8 == 7:
            hass.states.async_remove(f"light.many_{turn:05}")
            hass.states.async_set(f"switch.new_{turn}", "on")
        for encoding in chance.sample(ENCODINGS, 2):
            for secret, key in zip(keys, bridge.entry.runtime_data.keys, strict=True):
                expected = json.loads(bridge.entry.runtime_data.states.direct(key.scope, _NONE))
                for _ in range(chance.choice((1, 1, 10))):
                    answer = await bridge.get("/api/states", secret, headers={"Accept-Encoding": encoding})
                    assert await answer.json() == expected


async def test_off_and_on_again(bridge: Bridge, hass: HomeAssistant) -> None:
    """With the cache off the answers are the same, and nothing is kept."""
    key = await bridge.add_key(everything=True)
    with_cache = await (await bridge.get("/api/states", key)).read()
    set_options(bridge, cache_enabled=False)
    await hass.async_block_till_done()
    for encoding in ENCODINGS:
        answer = await bridge.get("/api/states", key, headers={"Accept-Encoding": encoding})
        assert json.loads(await answer.read()) == json.loads(with_cache)
        again = await bridge.get("/api/states", key, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304
    assert (await bridge.get("/api/config", key)).status == 200
    assert (await cache_of(bridge))["entries"] == 0
    assert (await cache_of(bridge, "config"))["entries"] == 0
    assert (await cache_of(bridge))["bypassed"] == 2 * len(ENCODINGS)
    assert (await cache_of(bridge, "config"))["bypassed"] == 1
    set_options(bridge, cache_enabled=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await cache_of(bridge))["entries"] == 1
    assert (await bridge.get("/api/states", key)).status == 200
    assert (await cache_of(bridge))["bypassed"] == 2 * len(ENCODINGS)


async def test_many_entities(bridge: Bridge, hass: HomeAssistant, hass_client: Any) -> None:
    """With many entities, the body is always equal to Home Assistant's own, byte for byte."""
    own, key = await hass_client(), await bridge.add_key(everything=True)
    guarded = [state.as_dict_json + b"," for state in hass.states.async_all() if is_guarded(hass, state.entity_id)]

    async def check_bytes() -> None:
        for encoding in ("identity", "gzip", "deflate"):
            answer = await bridge.get("/api/states", key, headers={"Accept-Encoding": encoding})
            expected = await (await own.get("/api/states")).read()
            for state in guarded:
                expected = expected.replace(state, b"")
            assert await answer.read() == expected

    grow(hass, 3000)
    await check_bytes()
    for index in range(0, 3000, 2):
        hass.states.async_remove(f"sensor.many_{index:05}")
    await check_bytes()
    grow(hass, 700)
    hass.states.async_set("light.first", "on")
    await check_bytes()
    for index in range(3000):
        hass.states.async_remove(f"sensor.many_{index:05}")
    await check_bytes()


async def test_states_set_by_listeners(bridge: Bridge, hass: HomeAssistant) -> None:
    """What a listener adds or removes while an event is under way has its place too."""
    key = await bridge.add_key(everything=True)
    await bridge.entity_ids(key)

    @callback
    def react(event: Event[Any]) -> None:
        entity_id, new = event.data["entity_id"], event.data["new_state"]
        if entity_id == "sensor.cause":
            hass.states.async_set("sensor.effect", new.state if new else "gone")
            if new is None:
                hass.states.async_set("sensor.cause", "back")

    stop = hass.bus.async_listen("state_changed", react)
    hass.states.async_set("sensor.cause", "1")
    hass.states.async_set("sensor.other", "1")
    hass.states.async_remove("sensor.cause")
    stop()
    states = await (await bridge.get("/api/states", key)).json()
    assert [state["entity_id"] for state in states] == visible_ids(hass)
    assert {state["entity_id"]: state["state"] for state in states}["sensor.cause"] == "back"


async def test_validators_tell_nothing_of_what_is_out_of_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """A change out of scope leaves the validator as it is; one in scope changes it, and so does leaving the scope."""
    key, lamp = await bridge.add_key(areas=["living_room"]), "input_boolean.living_room_lamp"
    etags = []
    for change in (
        lambda: None,
        lambda: hass.states.async_set("sensor.outside", "99"),
        lambda: hass.states.async_remove("sensor.outside"),
        lambda: hass.states.async_set(lamp, "on"),
        lambda: er.async_get(hass).async_update_entity(lamp, area_id="bedroom"),
    ):
        change()
        etags.append((await bridge.get("/api/states", key)).headers["ETag"])
    assert etags[0] == etags[1] == etags[2]
    assert len({*etags}) == 3


async def test_the_bound_in_bytes(bridge: Bridge, hass: HomeAssistant) -> None:
    """The least recently used entries are evicted and counted. Responses and validators stay correct."""
    grow(hass, 4000)
    keys = [
        await bridge.act(
            "create_key", name=f"{index}", everything=True, exclude={"entities": [f"sensor.many_{index:05}"]}
        )
        for index in range(6)
    ]
    set_options(bridge, cache_size=1_000_000)
    await hass.async_block_till_done(wait_background_tasks=True)
    etags = []
    for key in keys:
        answer = await bridge.get("/api/states", key["secret"], headers={"Accept-Encoding": "identity"})
        assert len(await answer.json()) == 4002
        etags.append(answer.headers["ETag"])
        assert (await cache_of(bridge))["bytes"] <= 1_000_000
    assert (await cache_of(bridge))["evictions"] > 0
    for key, etag in zip(keys, etags, strict=True):
        assert (await bridge.get("/api/states", key["secret"], headers={"If-None-Match": etag})).status == 304


async def test_what_equal_shards_hold_is_shared(bridge: Bridge, hass: HomeAssistant) -> None:
    """A second scope that differs in one entity costs little more memory than its joined body."""
    grow(hass, 4000)
    await bridge.add_key("One", everything=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    one = (await cache_of(bridge))["bytes"]
    await bridge.act("create_key", name="Other", everything=True, exclude={"entities": ["sensor.many_03999"]})
    await hass.async_block_till_done(wait_background_tasks=True)
    cache = await cache_of(bridge)
    assert cache["entries"] == 2
    assert cache["bytes"] < one * 1.6


async def test_the_ttl_bounds_a_lost_event(bridge: Bridge, hass: HomeAssistant) -> None:
    """When an event was lost, the answer is right again after the TTL, prepared before anybody asks."""
    key = await bridge.add_key(everything=True)
    await bridge.entity_ids(key)
    states = bridge.entry.runtime_data.caches.states
    lost = hass.states._states_data  # noqa: SLF001 - no event is what is wanted
    lost["sensor.outside"] = type(lost["sensor.outside"])("sensor.outside", "lost")

    async def value() -> Any:
        found = await (await bridge.get("/api/states", key)).json()
        return next(item["state"] for item in found if item["entity_id"] == "sensor.outside")

    assert await value() == "7.5"
    states._expire()  # noqa: SLF001 - as the timer does
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await cache_of(bridge))["entries"] == 1
    assert await value() == "lost"


async def test_first_builds_are_cut_into_slices(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The response is complete for any slice length, and with changes in between."""
    key = await bridge.add_key(everything=True)
    grow(hass, 500)
    monkeypatch.setattr(states_module, "_SLICE_SECONDS", 0.0)
    monkeypatch.setattr(states_module, "_MAX_SLICES", 100_000)
    states = bridge.entry.runtime_data.caches.states
    states.clear()
    answer = await bridge.get("/api/states", key)
    assert [state["entity_id"] for state in await answer.json()] == visible_ids(hass)


async def test_config(bridge: Bridge, hass: HomeAssistant) -> None:
    """The configuration is prepared once, and again as soon as something in it changes."""
    key = await bridge.add_key(everything=True)
    first = await bridge.get("/api/config", key, headers={"Accept-Encoding": "zstd"})
    assert (await first.json())["location_name"] == hass.config.location_name
    again = await bridge.get("/api/config", key, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    await hass.config.async_update(location_name="Elsewhere")
    hass.config.components.add("sensor.quietly_added")
    changed = await (await bridge.get("/api/config", key)).json()
    assert changed["location_name"] == "Elsewhere"
    assert "sensor.quietly_added" in changed["components"]
    cache = await cache_of(bridge, "config")
    assert (cache["requests"], cache["hits"], cache["misses"], cache["revalidations"]) == (3, 1, 2, 1)
    assert cache["invalidations"] == 1
    assert cache["entries"] == 1
