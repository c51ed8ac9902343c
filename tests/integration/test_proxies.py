"""Behind a reverse proxy that Home Assistant trusts: the client's address counts, not the proxy's."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.keys import generate
from tests.integration.house import Bridge, add_bridge


@pytest.fixture
async def proxied(hass: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]) -> Bridge:
    """Return a bridge in a Home Assistant that trusts a proxy on this machine."""
    settings = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": settings})
    return Bridge(hass, await add_bridge(hass), await hass_client_no_auth())


def client_at(address: str) -> dict[str, str]:
    """Return the headers that a proxy sends for a client."""
    return {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}


async def test_networks_and_local_only(proxied: Bridge) -> None:
    """They hold for the client."""
    local = await proxied.add_key(name="A", limits={"local_only": True})
    office = await proxied.add_key(name="B", limits={"local_only": False, "networks": ["198.51.100.0/24"]})
    for key, address, status in (
        (local, "192.168.1.5", 200),
        (local, "203.0.113.9", 403),
        (local, "fe80::1", 200),
        (office, "198.51.100.7", 200),
        (office, "192.168.1.5", 403),
    ):
        assert (await proxied.get("/api/", key, headers=client_at(address))).status == status


async def test_lock_out_is_the_clients_own(proxied: Bridge) -> None:
    """One client's guesses do not lock out another behind the same proxy, nor its own valid key."""
    key = await proxied.add_key()
    for _ in range(7):
        await proxied.get("/api/", generate(), headers=client_at("203.0.113.9"))
    for address, status in (("203.0.113.9", 429), ("203.0.113.10", 401)):
        assert (await proxied.get("/api/", generate(), headers=client_at(address))).status == status
        assert (await proxied.get("/api/", key, headers=client_at(address))).status == 200
    (used,) = (await proxied.act("list_keys"))["keys"]
    assert used["last_address"] == "203.0.113.10"


async def test_a_client_cannot_forge_its_address(proxied: Bridge) -> None:
    """The client's own header precedes that of the proxy, and is ignored."""
    for number in range(7):
        await proxied.get("/api/", generate(), headers=client_at(f"192.0.2.{number}, 203.0.113.9"))
    assert (await proxied.get("/api/", generate(), headers=client_at("192.0.2.99, 203.0.113.9"))).status == 429


async def test_strict_transport_security(proxied: Bridge) -> None:
    """Sent only over TLS."""
    answer = await proxied.get("/health", headers=client_at("192.168.1.5"))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in (await proxied.get("/health")).headers
