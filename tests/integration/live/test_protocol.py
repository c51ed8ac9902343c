"""The protocol: the responses to any frame are those of Home Assistant's own WebSocket API."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from homeassistant.const import __version__ as home_assistant_version
from homeassistant.core import HomeAssistant

from tests.integration.house import BASE, Bridge
from tests.integration.live.client import LiveClient, Picture, connected, live

SEQUENCES: dict[str, list[Any]] = {
    "ping": [{"id": 1, "type": "ping"}],
    "gaps": [{"id": 5, "type": "ping"}, {"id": 9, "type": "ping"}],
    "reused": [{"id": 5, "type": "ping"}, {"id": 5, "type": "ping"}, {"id": 4, "type": "ping"}],
    "no id": [{"type": "ping"}],
    "no type": [{"id": 1}],
    "an empty type": [{"id": 1, "type": ""}],
    "a number as type": [{"id": 1, "type": 7}],
    "a text as id": [{"id": "one", "type": "ping"}],
    "a boolean as id": [{"id": True, "type": "ping"}],
    "a fraction as id": [{"id": 1.5, "type": "ping"}],
    "zero": [{"id": 0, "type": "ping"}],
    "negative": [{"id": -1, "type": "ping"}],
    "huge": [{"id": 2**63, "type": "ping"}],
    "null": [None],
    "text": ["ping"],
    "a number": [5],
    "unknown": [{"id": 1, "type": "no/such/command"}, {"id": 1, "type": "ping"}],
    "extra fields": [{"id": 1, "type": "ping", "more": 1}, {"id": 1, "type": "ping"}],
    "an empty array": [[]],
    "an array": [[{"id": 1, "type": "ping"}, {"id": 2, "type": "ping"}, {"id": 2, "type": "ping"}, 7]],
    "an array in an array": [[[{"id": 1, "type": "ping"}]]],
    "a missing field": [{"id": 1, "type": "unsubscribe_events"}],
    "a wrong field": [{"id": 1, "type": "unsubscribe_events", "subscription": "x"}],
    "no subscription": [{"id": 1, "type": "unsubscribe_events", "subscription": 7}],
    "features": [
        {"id": 1, "type": "supported_features", "features": {"coalesce_messages": 1}},
        {"id": 2, "type": "ping"},
    ],
    "wrong features": [{"id": 1, "type": "supported_features", "features": {"coalesce_messages": "x"}}],
    "deep": [{"id": 1, "type": "ping", "x": [[[[[[[[[[1]]]]]]]]]]}],
    "an entity that cannot be": [{"id": 1, "type": "subscribe_entities", "entity_ids": ["x"]}],
    "a call without a service": [{"id": 1, "type": "call_service", "domain": "light"}],
}


async def answers(socket: ClientWebSocketResponse, frames: list[Any]) -> list[Any]:
    """Send frames, then a ping, and return all that comes before its pong."""
    for frame in frames:
        await socket.send_str(json.dumps(frame))
    last = 2**63 + 1
    await socket.send_json({"id": last, "type": "ping"})
    found: list[Any] = []
    while True:
        message = await socket.receive_json(timeout=10)
        messages = message if isinstance(message, list) else [message]
        found += [item for item in messages if item.get("id") != last]
        if any(item.get("id") == last for item in messages):
            return found


@pytest.mark.parametrize("name", SEQUENCES)
async def test_the_same_as_home_assistant(own: LiveClient, ours: LiveClient, name: str) -> None:
    """Ids, formats and errors."""
    expected = await answers(own.socket, SEQUENCES[name])
    assert await answers(ours.socket, SEQUENCES[name]) == expected


@pytest.mark.parametrize("path", ["/api/websocket", "/websocket"])
async def test_both_paths(bridge: Bridge, path: str) -> None:
    """Both paths work. Some clients use the second one."""
    secret = await bridge.add_key()
    async with connected(bridge.client, secret, BASE + path) as client:
        assert await client.command("ping") == {"id": 1, "type": "pong"}


async def test_authentication(bridge: Bridge) -> None:
    """The version comes with both messages, as clients read it."""
    secret = await bridge.add_key()
    async with bridge.client.ws_connect(f"{BASE}/api/websocket") as socket:
        # Some clients send their key, and a command, before they read anything.
        await socket.send_json({"type": "auth", "access_token": secret})
        await socket.send_json({"id": 1, "type": "ping"})
        assert await socket.receive_json() == {"type": "auth_required", "ha_version": home_assistant_version}
        assert await socket.receive_json() == {"type": "auth_ok", "ha_version": home_assistant_version}
        assert await socket.receive_json() == {"id": 1, "type": "pong"}


@pytest.mark.parametrize(
    "message",
    [
        {"type": "auth", "access_token": "dbk_" + "x" * 49},
        {"type": "auth", "access_token": "eyJhbGciOiJIUzI1NiJ9.e30.x"},
        {"type": "auth"},
        {"type": "auth", "access_token": 7},
        {"type": "ping"},
        {"id": 1, "type": "ping"},
        ["auth"],
    ],
    ids=str,
)
async def test_not_a_key(bridge: Bridge, message: Any) -> None:
    """It is refused in-band, so that clients do not take it for a lost connection, and the secret is not repeated."""
    async with bridge.client.ws_connect(f"{BASE}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json(message)
        answer = await socket.receive_json()
        assert answer["type"] == "auth_invalid"
        assert "eyJ" not in answer["message"]
        assert "xxxx" not in answer["message"]
        assert (await socket.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSED}


async def test_a_home_assistant_token(bridge: Bridge, hass_access_token: str) -> None:
    """A token of Home Assistant is not accepted."""
    async with bridge.client.ws_connect(f"{BASE}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": hass_access_token})
        assert (await socket.receive_json())["type"] == "auth_invalid"


@pytest.mark.parametrize("frame", ["not json", "", '{"type":"auth"'])
async def test_no_json_instead_of_a_key(bridge: Bridge, frame: str) -> None:
    """The connection is closed, with a reason."""
    async with bridge.client.ws_connect(f"{BASE}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_str(frame)
        closed = await socket.receive()
        assert (closed.type, socket.close_code) == (WSMsgType.CLOSE, 1008)


async def test_wrong_keys_lock_out(bridge: Bridge) -> None:
    """A wrong key counts for the lock-out, and the handshake then says why."""
    for _ in range(6):
        async with bridge.client.ws_connect(f"{BASE}/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": "dbk_" + "y" * 49})
            assert (await socket.receive_json())["type"] == "auth_invalid"
    answer = await bridge.get("/api/websocket")
    assert (answer.status, (await answer.json())["reason"]) == (429, "locked_out")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_not_a_handshake(bridge: Bridge, method: str) -> None:
    """A request that is no handshake says so."""
    answer = await bridge.request(method, "/api/websocket")
    assert (answer.status, (await answer.json())["reason"]) == (400, "upgrade_required")


async def test_invalid_json(ours: LiveClient) -> None:
    """The connection is closed, as Home Assistant does."""
    await ours.socket.send_str("{")
    assert (await ours.socket.receive()).type is WSMsgType.CLOSE


async def test_binary(ours: LiveClient) -> None:
    """Binary messages are refused."""
    await ours.socket.send_bytes(b"\x01audio")
    await ours.nothing()


async def test_ten_thousand_commands_in_an_array(bridge: Bridge) -> None:
    """Every command is answered, and other clients are served in between."""
    secret = await bridge.add_key()
    async with live(bridge, secret) as client, live(bridge, secret) as other:
        await client.socket.send_json([{"id": number, "type": "ping"} for number in range(1, 10_001)])
        assert await other.command("ping")
        for number in range(1, 10_001):
            assert await client.next() == {"id": number, "type": "pong"}


async def test_a_message_that_is_too_large(ours: LiveClient) -> None:
    """The connection is closed with the code for it."""
    await ours.socket.send_str(json.dumps({"id": 1, "type": "ping", "x": "y" * 2_000_000}))
    await ours.socket.receive()
    assert ours.socket.close_code == 1009


async def test_the_rate_limit(bridge: Bridge) -> None:
    """A command over the limit gets an error, and the connection stays. What costs nothing still works."""
    secret = await bridge.add_key(limits={"per_minute": 2})
    async with live(bridge, secret) as client:
        codes = []
        for _ in range(14):
            answer = await client.command("get_services")
            codes.append(answer.get("error", {}).get("code"))
        assert codes[0] is None
        assert codes[-1] == "rate_limited"
        assert await client.command("ping")


async def test_compressed(bridge: Bridge, hass: HomeAssistant) -> None:
    """A client with compression can read everything, for any window size."""
    secret = await bridge.add_key()
    for number in range(300):
        hass.states.async_set(f"sensor.n{number}", "on", {"text": "some text that repeats " * 20})
    for window in (9, 12, 15):
        async with live(bridge, secret, compress=window) as client:
            number = await client.send("subscribe_entities")
            picture = Picture()
            picture.apply(await client.event(number))
            assert len(picture.states) >= 300
            hass.states.async_set("sensor.n1", str(window), {"text": "some text that repeats " * 30})
            while picture.states["sensor.n1"]["s"] != str(window):
                picture.apply(await client.event(number))


async def test_an_origin(bridge: Bridge) -> None:
    """A page of another site is refused unless the key names its origin."""
    secret = await bridge.add_key("Page", limits={"cors_origins": ["https://wall.example"]})
    other = await bridge.add_key("Other")
    for key, origin, expected in (
        (secret, "https://wall.example", "auth_ok"),
        (secret, "https://other.example", "auth_invalid"),
        (other, "https://wall.example", "auth_invalid"),
        (other, f"http://{bridge.client.host}:{bridge.client.port}", "auth_ok"),
    ):
        async with bridge.client.ws_connect(f"{BASE}/api/websocket", headers={"Origin": origin}) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": key})
            assert (await socket.receive_json())["type"] == expected, origin


async def test_unloaded(bridge: Bridge, hass: HomeAssistant) -> None:
    """Unloading closes connections, and a new handshake gets 503."""
    secret = await bridge.add_key()
    async with live(bridge, secret) as client:
        assert await hass.config_entries.async_unload(bridge.entry.entry_id)
        with pytest.raises(ConnectionError, match="1001"):
            await client.command("ping")
    answer = await bridge.get("/api/websocket")
    assert answer.status == 503
    await asyncio.sleep(0)
