"""A key that is used from a network from which it was not used before."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_capture_events

from tests.integration.house import BASE, Bridge, add_bridge
from tests.integration.test_proxies import client_at

HOME, NEAR, AWAY, FAR = "192.0.2.5", "192.0.2.77", "203.0.113.9", "2001:db8::9"


@pytest.fixture
async def proxied(hass: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]) -> Bridge:
    """Return a bridge in a Home Assistant that trusts a proxy on this machine."""
    settings = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": settings})
    return Bridge(hass, await add_bridge(hass), await hass_client_no_auth())


async def counted(bridge: Bridge, name: str = "Test") -> int:
    """Return the counter of a key in the snapshot."""
    keys = bridge.entry.runtime_data.snapshot()["keys"]
    return next(int(item["new_networks"]) for item in keys if item["name"] == name)


async def test_a_new_network_is_a_security_event(proxied: Bridge, hass: HomeAssistant) -> None:
    """Recorded once, with the address in the audit event and not in the entity; the request is answered."""
    records = async_capture_events(hass, "drawbridge_audit")
    key = await proxied.add_key()
    for address in (HOME, NEAR, AWAY, AWAY, HOME):
        assert (await proxied.get("/api/", key, headers=client_at(address))).status == 200
    await hass.async_block_till_done()
    [record] = [event.data for event in records]
    assert (record["reason"], record["outcome"], record["address"]) == ("new_network", "allowed", AWAY)
    assert (record["method"], record["route"], record["key_name"]) == ("GET", "/api/", "Test")
    shown = hass.states.get("event.drawbridge_security")
    assert shown is not None
    assert shown.attributes["event_type"] == "new_network"
    assert AWAY not in str(shown.attributes)
    assert await counted(proxied) == 1


async def test_live_connections_are_noted_when_they_begin(proxied: Bridge) -> None:
    """The network of a live connection is recorded when it is opened."""
    key = await proxied.add_key()
    await proxied.get("/api/", key, headers=client_at(HOME))
    stream = await proxied.get("/api/stream", key, headers=client_at(AWAY))
    assert await counted(proxied) == 1
    stream.close()
    websocket = await proxied.client.ws_connect(f"{BASE}/api/websocket", headers=client_at(FAR))
    await websocket.receive_json()
    await websocket.send_json({"type": "auth", "access_token": key})
    assert (await websocket.receive_json())["type"] == "auth_ok"
    await websocket.send_json({"id": 1, "type": "ping"})
    await websocket.receive_json()
    assert await counted(proxied) == 2
    await websocket.close()


async def test_a_forbidden_network_stays_unknown(proxied: Bridge) -> None:
    """Its refusals are events of their own. When the key may be used from there, the network is new."""
    key = await proxied.add_key(limits={"local_only": False, "networks": [f"{HOME}/24"]})
    await proxied.get("/api/", key, headers=client_at(HOME))
    for _ in range(2):
        assert (await proxied.get("/api/", key, headers=client_at(AWAY))).status == 403
    assert await counted(proxied) == 0
    await proxied.edit_key("Test", "limits", {"local_only": False, "networks": []})
    assert (await proxied.get("/api/", key, headers=client_at(AWAY))).status == 200
    assert await counted(proxied) == 1


async def test_networks_outlast_a_restart(proxied: Bridge, hass: HomeAssistant) -> None:
    """With the counter, so that Prometheus sees the increment of the first request after it."""
    key = await proxied.add_key()
    for address in (HOME, AWAY):
        await proxied.get("/api/", key, headers=client_at(address))
    await proxied.entry.runtime_data.usage.save()
    assert await hass.config_entries.async_reload(proxied.entry.entry_id)
    await hass.async_block_till_done()
    assert await counted(proxied) == 1
    await proxied.get("/api/", key, headers=client_at(AWAY))
    assert await counted(proxied) == 1
    await proxied.get("/api/", key, headers=client_at(FAR))
    assert await counted(proxied) == 2


async def test_a_key_of_an_earlier_version(proxied: Bridge, hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """A key of an earlier version has the network of its last use."""
    key = await proxied.add_key()
    await proxied.get("/api/", key, headers=client_at(HOME))
    await proxied.entry.runtime_data.usage.save()
    await hass.config_entries.async_unload(proxied.entry.entry_id)
    del hass_storage["drawbridge"]["data"]["networks"]
    assert await hass.config_entries.async_setup(proxied.entry.entry_id)
    await proxied.get("/api/", key, headers=client_at(NEAR))
    assert await counted(proxied) == 0
    await proxied.get("/api/", key, headers=client_at(AWAY))
    assert await counted(proxied) == 1
