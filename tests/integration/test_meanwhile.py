"""What changes while a request is under way, or where it comes from, is not outrun by it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any

import pytest
from aiohttp import ClientResponse
from hass_nabucasa import remote
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.drawbridge.cache import states as states_module
from tests.integration.house import Bridge
from tests.integration.test_cache import grow

LIVING = "input_boolean.living_room_lamp"


async def send_slowly(bridge: Bridge, path: str, key: str, body: bytes, change: Callable[[], Any]) -> ClientResponse:
    """Send a body in two halves, with a change in between that the server has seen before the second."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def halves() -> AsyncIterator[bytes]:
        yield body[:1]
        begun.set()
        await go_on.wait()
        yield body[1:]

    answer = asyncio.create_task(bridge.post(path, key, data=halves()))
    await begun.wait()
    while not len(bridge.entry.runtime_data.limits.concurrency):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    change()
    await bridge.hass.async_block_till_done()
    go_on.set()
    return await answer


async def test_a_local_key_through_the_cloud(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant Cloud hands requests on from this machine itself: they are not local."""
    local = await bridge.add_key("Local", limits={"local_only": True})
    other = await bridge.add_key("Other", limits={"local_only": False})
    hass.config.components.add("cloud")
    assert (await bridge.get("/api/", local)).status == 200
    monkeypatch.setattr(remote, "is_cloud_request", ContextVar("is_cloud_request", default=True))
    refused = await bridge.get("/api/", local)
    assert refused.status == 403
    assert (await refused.json(content_type=None))["reason"] == "network"
    assert (await bridge.get("/api/", other)).status == 200


async def test_an_entity_that_leaves_the_scope_while_the_body_comes(bridge: Bridge, hass: HomeAssistant) -> None:
    """The state of an entity that has left the scope is not written."""
    key = await bridge.add_key(areas=["living_room"], capabilities=["read", "set_state"])

    def leave() -> None:
        er.async_get(hass).async_update_entity(LIVING, area_id="bedroom")

    answer = await send_slowly(bridge, f"/api/states/{LIVING}", key, b'{"state": "written"}', leave)
    assert answer.status == 404
    state = hass.states.get(LIVING)
    assert state is not None
    assert state.state == "off"


@pytest.mark.parametrize("path", ["/api/services/input_boolean/turn_on", "/api/events/called", f"/api/states/{LIVING}"])
async def test_an_entity_that_leaves_the_scope_while_a_user_is_made(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The first write of a key waits until its user is stored. What it names is checked after that."""
    capabilities = ["read", "control", "set_state", "fire_event"]
    key = await bridge.add_key(areas=["living_room"], capabilities=capabilities, events=["called"])
    fired = async_capture_events(hass, "called")
    create = hass.auth.async_create_system_user

    async def leave(*args: Any, **options: Any) -> Any:
        er.async_get(hass).async_update_entity(LIVING, area_id="bedroom")
        await hass.async_block_till_done()
        return await create(*args, **options)

    monkeypatch.setattr(hass.auth, "async_create_system_user", leave)
    answer = await bridge.post(path, key, json={"state": "on"} if "states" in path else {"entity_id": LIVING})
    assert answer.status in {403, 404}
    state = hass.states.get(LIVING)
    assert state is not None
    assert (state.state, fired) == ("off", [])


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/template", b'{"template": "{{ 6 * 7 }}"}'), (f"/api/states/{LIVING}", b'{"state": "written"}')],
)
async def test_a_key_revoked_while_the_body_comes(bridge: Bridge, hass: HomeAssistant, path: str, body: bytes) -> None:
    """The request is refused for any body."""
    key = await bridge.add_key(capabilities=["read", "template", "set_state"])

    def revoke() -> None:
        hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Test"))

    answer = await send_slowly(bridge, path, key, body, revoke)
    assert answer.status == 401
    assert "42" not in await answer.text()
    state = hass.states.get(LIVING)
    assert state is not None
    assert state.state == "off"


async def test_a_key_revoked_while_its_answer_is_built(
    bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large answer takes many slices of time; after the last one the key is looked at again."""
    key = await bridge.add_key()
    await hass.async_block_till_done(wait_background_tasks=True)
    grow(hass, 2000)
    monkeypatch.setattr(states_module, "_SLICE_SECONDS", 0.0)
    monkeypatch.setattr(states_module, "_MAX_SLICES", 100_000)
    running = bridge.entry.runtime_data
    running.states.clear()
    request = asyncio.create_task(bridge.get("/api/states", key))
    while not len(running.limits.concurrency):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Test"))
    answer = await request
    assert answer.status == 401
    assert "many_" not in await answer.text()


@pytest.mark.parametrize(
    "damage",
    [
        {"expires": "tomorrow", "secrets": None},
        {"capabilities": ["fly"]},
        {"networks": ["nowhere"]},
        {"scope": None},
        {"secrets": [{}]},
    ],
)
async def test_one_damaged_key_closes_no_other(bridge: Bridge, hass: HomeAssistant, damage: dict[str, Any]) -> None:
    """The damaged one opens nothing, the others open as before, now and after a reload."""
    broken, whole = await bridge.add_key("Broken"), await bridge.add_key("Whole")
    subentry = bridge.entry.subentries[bridge.key_id("Broken")]
    hass.config_entries.async_update_subentry(bridge.entry, subentry, data={**subentry.data, **damage})
    await hass.async_block_till_done()
    for _ in range(2):
        assert (await bridge.get("/api/states", whole)).status == 200
        assert (await bridge.get("/api/states", broken)).status == 401
        assert await hass.config_entries.async_reload(bridge.entry.entry_id)
        await hass.async_block_till_done()
