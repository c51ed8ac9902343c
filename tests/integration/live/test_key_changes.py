"""Each change of a key or of a scope acts on connections that are open, at once."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import WSCloseCode, WSServerHandshakeError
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er, label_registry as lr
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.integration.house import Bridge
from tests.integration.live.client import Picture, live

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"


async def test_removed(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key that is removed closes its connections, and no others."""
    secret, other = await bridge.add_key("One"), await bridge.add_key("Two")
    async with live(bridge, secret) as client, live(bridge, other) as stays:
        number = await client.send("subscribe_entities")
        await client.event(number)
        await bridge.act("revoke_key", key=bridge.key_id("One"))
        hass.states.async_set(LAMP, "on", {"secret": "after"})
        assert "1008" in await client.closed()
        assert not any("after" in str(message) for message in client.log)
        assert await stays.command("ping")
    assert len(bridge.entry.runtime_data.connections) == 0


async def test_disabled(bridge: Bridge, hass: HomeAssistant) -> None:
    """Disabling a key closes its connections."""
    secret = await bridge.add_key("One")
    async with live(bridge, secret) as client:
        await hass.services.async_call("switch", "turn_off", {"entity_id": "switch.one_enabled"}, blocking=True)
        await hass.async_block_till_done()
        assert "1008" in await client.closed()


async def test_expired(bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connections of a key are closed when it expires, and not before."""
    end = dt_util.now() + timedelta(seconds=3600)
    secret = await bridge.add_key("One", limits={"expires": end.isoformat()})
    async with live(bridge, secret) as client:
        assert await client.command("ping")
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 3601)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=7300))
        assert "1008" in await client.closed()


@pytest.mark.parametrize("hours", [24, 0])
async def test_rotated(bridge: Bridge, hours: int) -> None:
    """Connections that use the old secret stay open until the overlap ends."""
    secret = await bridge.add_key("One")
    async with live(bridge, secret) as client:
        await bridge.act("rotate_key", key=bridge.key_id("One"), overlap={"hours": hours})
        if hours:
            assert await client.command("ping")
        else:
            assert "1008" in await client.closed()


async def test_networks(bridge: Bridge) -> None:
    """A key that may no longer be used from here closes its connections."""
    secret = await bridge.add_key("One")
    async with live(bridge, secret) as client:
        await bridge.edit_key("One", "limits", {"networks": ["10.0.0.0/8"]})
        assert "1008" in await client.closed()


async def test_capabilities(bridge: Bridge) -> None:
    """A command that the key may no longer use is refused, and the connection stays."""
    secret = await bridge.add_key("One", capabilities=["read", "control"])
    async with live(bridge, secret) as client:
        await client.result("get_services")
        await bridge.edit_key("One", "abilities", {"capabilities": ["history"]})
        error = await client.error("get_services")
        assert (error["code"], "'read'" in error["message"]) == ("unauthorized", True)


async def test_read_is_taken_and_given(bridge: Bridge, hass: HomeAssistant) -> None:
    """Without `read`, everything is withdrawn and nothing follows. With it, everything is there again."""
    secret = await bridge.add_key("One", areas=["living_room"], capabilities=["read", "history"])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        picture = Picture()
        picture.apply(await client.event(number))
        await bridge.edit_key("One", "abilities", {"capabilities": ["history"]})
        hass.states.async_set(LAMP, "on", {"text": "hidden_marker"})
        picture.apply(await client.event(number))
        assert not picture.states
        await client.nothing()
        assert "hidden_marker" not in str(client.log)
        hass.states.async_set(LAMP, "off")
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"]})
        picture.apply(await client.event(number))
        assert picture.states[LAMP]["s"] == "off"


def move_entity(hass: HomeAssistant) -> None:
    """Move the lamp by its own area."""
    er.async_get(hass).async_update_entity(OTHER, area_id="living_room")
    er.async_get(hass).async_update_entity(LAMP, area_id="bedroom")


def swap_labels(hass: HomeAssistant) -> None:
    """Move nothing by area: give and take a label."""
    registry = er.async_get(hass)
    registry.async_update_entity(OTHER, labels={"shown"})
    registry.async_update_entity(LAMP, labels=set())


@pytest.mark.parametrize(("scope", "move"), [("areas", move_entity), ("labels", swap_labels)])
async def test_entities_move(
    bridge: Bridge, hass: HomeAssistant, scope: str, move: Callable[[HomeAssistant], None]
) -> None:
    """Entities that leave the scope are removed, and those that enter it are added, without a new connection."""
    lr.async_get(hass).async_create("Shown")
    er.async_get(hass).async_update_entity(LAMP, labels={"shown"})
    chosen: dict[str, Any] = {scope: ["living_room" if scope == "areas" else "shown"]}
    secret = await bridge.add_key(**chosen)
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        picture = Picture()
        picture.apply(await client.event(number))
        assert set(picture.states) == {LAMP}
        hass.states.async_set(OTHER, "off", {"before": 1})
        move(hass)
        hass.states.async_set(LAMP, "off", {"after": "hidden"})
        hass.states.async_set(OTHER, "on", {"after": "shown"})
        while picture.states.get(OTHER, {}).get("s") != "on":
            picture.apply(await client.event(number))
        assert set(picture.states) == {OTHER}
        await client.nothing()
        assert "hidden" not in str(client.log)


async def test_renamed_and_removed(bridge: Bridge, hass: HomeAssistant) -> None:
    """A new entity id is a new entity, and one that is removed is withdrawn."""
    secret = await bridge.add_key(areas=["living_room"])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        picture = Picture()
        picture.apply(await client.event(number))
        er.async_get(hass).async_update_entity(LAMP, new_entity_id="input_boolean.new_name")
        await hass.async_block_till_done()
        while set(picture.states) != {"input_boolean.new_name"}:
            picture.apply(await client.event(number))
        er.async_get(hass).async_remove("input_boolean.new_name")
        await hass.async_block_till_done()
        while picture.states:
            picture.apply(await client.event(number))


async def test_the_area_itself(bridge: Bridge, hass: HomeAssistant) -> None:
    """An area that gets a label, and one that is removed."""
    label = lr.async_get(hass).async_create("Shown").label_id
    secret = await bridge.add_key(labels=[label])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        picture = Picture()
        picture.apply(await client.event(number))
        assert not picture.states
        ar.async_get(hass).async_update("bedroom", labels={label})
        await hass.async_block_till_done()
        picture.apply(await client.event(number))
        assert set(picture.states) == {OTHER}
        ar.async_get(hass).async_delete("bedroom")
        await hass.async_block_till_done()
        picture.apply(await client.event(number))
        assert not picture.states


async def test_another_scope(bridge: Bridge, hass: HomeAssistant) -> None:
    """Subscriptions follow the changed scope of a key."""
    secret = await bridge.add_key("One", areas=["living_room"])
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        picture = Picture()
        picture.apply(await client.event(number))
        await bridge.edit_key("One", "scope", {"everything": False, "areas": ["bedroom"]})
        hass.states.async_set(LAMP, "on")
        hass.states.async_set(OTHER, "on")
        while picture.states.get(OTHER, {}).get("s") != "on":
            picture.apply(await client.event(number))
        assert set(picture.states) == {OTHER}
        await client.nothing()


@pytest.mark.parametrize("count", [1, 300])
async def test_another_redaction(bridge: Bridge, hass: HomeAssistant, count: int) -> None:
    """Coordinates are removed and added with the capability, also in states that were sent before."""
    for number in range(count):
        hass.states.async_set(f"device_tracker.phone_{number}", "home", {"latitude": 52.1, "battery": 80})
    secret = await bridge.add_key("One", domains=["device_tracker"], capabilities=["read", "location"])
    phone = f"device_tracker.phone_{count - 1}"
    async with live(bridge, secret) as client:
        number = await client.send("subscribe_entities")
        picture = Picture()
        picture.apply(await client.event(number))
        assert picture.states[phone]["a"]["latitude"] == 52.1
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"]})
        picture.apply(await client.event(number))
        assert picture.states[phone]["a"] == {"battery": 80}
        hass.states.async_set(phone, "away", {"latitude": 53.3, "battery": 79})
        picture.apply(await client.event(number))
        assert picture.states[phone]["a"] == {"battery": 79}
        assert "53.3" not in str(client.log)


async def test_a_reload(bridge: Bridge, hass: HomeAssistant) -> None:
    """A reload closes open connections, and new connections work."""
    secret = await bridge.add_key()
    async with live(bridge, secret) as client:
        assert await hass.config_entries.async_reload(bridge.entry.entry_id)
        assert "1001" in await client.closed()
    assert bridge.entry.state is ConfigEntryState.LOADED
    async with live(bridge, secret) as client:
        assert await client.command("ping")


async def test_the_size_of_a_message(bridge: Bridge) -> None:
    """The option is in KiB. A larger message closes the connection."""
    secret = await bridge.add_key()
    await bridge.set_options(max_message=2)
    async with live(bridge, secret, compress=0) as client:
        assert (await client.error("ping", padding="x" * 1900))["code"] == "invalid_format"
        await client.send("ping", padding="x" * 2048)
        assert str(WSCloseCode.MESSAGE_TOO_BIG.value) in await client.closed()


@pytest.mark.parametrize(
    ("option", "limit"), [("max_connections", 2), ("max_key_connections", 2), ("max_subscriptions", 2)]
)
async def test_limits(bridge: Bridge, option: str, limit: int) -> None:
    """The limits of all connections, of those of a key, and of the subscriptions of a connection."""
    secret = await bridge.add_key()
    await bridge.set_options(**{option: limit})
    async with live(bridge, secret) as first, live(bridge, secret):
        if option == "max_subscriptions":
            for _ in range(limit):
                await first.result("subscribe_entities")
            assert "limit" in (await first.error("subscribe_entities"))["message"]
            await first.result("unsubscribe_events", subscription=1)
            await first.result("subscribe_entities")
            return
        with pytest.raises((AssertionError, WSServerHandshakeError)):
            async with live(bridge, secret):
                pass
    async with live(bridge, secret) as again:
        assert await again.command("ping")
