"""The gate: which requests are admitted, and the responses to others."""

import gc
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.http.call import Call
from custom_components.drawbridge.http.endpoint import Router
from custom_components.drawbridge.http.mount import ENDPOINTS
from custom_components.drawbridge.http.spec import Answer, ok
from custom_components.drawbridge.keys import Capability, generate
from custom_components.drawbridge.operations import states
from custom_components.drawbridge.operations.declaration import Operation
from tests.integration.house import BASE, Bridge

GUARDED = ("/api/", "/api/states", "/api/states/sensor.outside", "/api/config", "/key", "/metrics")


@pytest.mark.parametrize("path", GUARDED)
async def test_no_key(bridge: Bridge, path: str) -> None:
    """Without a key: 401, a challenge without an error, and a hint."""
    answer = await bridge.get(path)
    assert answer.status == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Drawbridge"'
    problem = await answer.json(content_type=None)
    assert problem["message"] == problem["detail"]
    assert "X-API-Key" in problem["detail"]


@pytest.mark.parametrize("path", [*GUARDED, "/health", "/nowhere"])
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda key: key[:-1], "key_malformed"),
        (lambda key: key[:-1] + chr(ord(key[-1]) ^ 1), "key_malformed"),
        (lambda _: "eyJhbGciOi.J9.token", "key_malformed"),
        (lambda _: "dbk_é", "key_malformed"),
        (lambda _: "", "key_malformed"),
    ],
)
async def test_wrong_key(bridge: Bridge, path: str, damage: Callable[[str], str], reason: str) -> None:
    """An incomplete key is refused, also at public endpoints."""
    answer = await bridge.get(path, damage(await bridge.add_key(everything=True)))
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert (await answer.json(content_type=None))["reason"] == reason


async def test_key_of_nobody(bridge: Bridge) -> None:
    """A well-formed key that was never made here is refused."""
    answer = await bridge.get("/api/states", generate())
    assert answer.status == 401
    assert (await answer.json(content_type=None))["reason"] == "key_unknown"


async def test_both_ways_to_send_a_key(bridge: Bridge) -> None:
    """A key may come in either header, never in the URL."""
    key = await bridge.add_key(everything=True)
    assert (await bridge.get("/api/", headers={"X-API-Key": key})).status == 200
    assert (await bridge.get("/api/", headers={"authorization": f"bearer {key}"})).status == 200
    assert (await bridge.get(f"/api/?api_key={key}")).status == 401
    assert (await bridge.get(f"/api/?token={key}&access_token={key}")).status == 401


async def test_a_home_assistant_token_is_no_key(bridge: Bridge, hass_access_token: str) -> None:
    """A token of an administrator is not accepted by the bridge."""
    assert (await bridge.get("/api/states", hass_access_token)).status == 401


async def test_a_key_is_no_home_assistant_token(bridge: Bridge) -> None:
    """A key is not accepted by Home Assistant's own API."""
    key = await bridge.add_key(everything=True, capabilities=["read", "control", "metrics"])
    answer = await bridge.client.get("/api/states", headers={"Authorization": f"Bearer {key}"})
    assert answer.status == 401


@pytest.mark.parametrize(
    ("held", "method", "path", "missing"),
    [
        ("metrics", "GET", "/api/states", "read"),
        ("metrics", "GET", "/api/config", "read"),
        ("read", "GET", "/metrics", "metrics"),
        ("read", "POST", "/api/services/light/turn_on", "control"),
    ],
)
async def test_missing_capability(bridge: Bridge, held: str, method: str, path: str, missing: str) -> None:
    """A key without the capability gets 403, and the message names it."""
    key = await bridge.add_key(everything=True, capabilities=[held])
    answer = await bridge.request(method, path, key)
    assert answer.status == 403
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge == f'Bearer realm="Drawbridge", error="insufficient_scope", scope="{missing}"'
    assert missing in (await answer.json(content_type=None))["message"]


async def test_security_headers_on_every_answer(bridge: Bridge) -> None:
    """All responses have the security headers: successes, refusals and 404."""
    key = await bridge.add_key(everything=True)
    for answer in (
        await bridge.get("/api/states", key),
        await bridge.get("/api/states"),
        await bridge.get("/nowhere", key),
        await bridge.get("/health"),
        await bridge.request("PUT", "/api/states", key),
    ):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Authorization" in answer.headers["Vary"]
        assert "Cache-Control" in answer.headers


@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/api", "/api/states/a/b", "/apix"])
async def test_unknown_path(bridge: Bridge, path: str) -> None:
    """An unknown path returns the bridge's own 404."""
    answer = await bridge.get(path, await bridge.add_key(everything=True))
    assert answer.status == 404
    assert answer.content_type == "application/problem+json"


async def test_wrong_method(bridge: Bridge) -> None:
    """A method that a path does not have: 405, with those that it has."""
    key = await bridge.add_key(everything=True)
    answer = await bridge.request("DELETE", "/api/states", key)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("ask", [[], ["light"]])
async def test_a_request_leaves_no_garbage(bridge: Bridge, ask: list[str]) -> None:
    """The objects of a request are freed at its end, without the garbage collector."""
    key = await bridge.add_key(capabilities=["read", "control"], ask=ask)
    lamp = {"json": {"entity_id": "input_boolean.living_room_lamp"}}
    gc.collect()
    gc.disable()
    try:
        for _ in range(10):
            assert (await bridge.get("/api/states/sensor.outside", key)).status == 200
            assert (await bridge.post("/api/services/input_boolean/toggle", key, **lamp)).status == 200
        kept = sum(type(item) is Call for item in gc.get_objects())
    finally:
        gc.enable()
    assert kept <= 2


async def test_head(bridge: Bridge) -> None:
    """HEAD is GET without the body."""
    key = await bridge.add_key(everything=True)
    answer = await bridge.request("HEAD", "/api/states/sensor.outside", key)
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) > 0
    assert await answer.read() == b""


async def test_not_set_up(bridge: Bridge, hass: HomeAssistant) -> None:
    """Without a loaded entry, every path returns 503 without details."""
    key = await bridge.add_key(everything=True)
    assert await hass.config_entries.async_unload(bridge.entry.entry_id)
    for path in ("/health", "/api/states", "/nowhere"):
        answer = await bridge.get(path, key)
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "10"
    assert await (await bridge.get("/health")).read() == b'{"status":"unavailable"}'
    assert await hass.config_entries.async_setup(bridge.entry.entry_id)
    assert (await bridge.get("/api/states", key)).status == 200


async def test_refusals_do_not_feed_the_ban_list(hass: HomeAssistant, bridge: Bridge) -> None:
    """Home Assistant gets no failed login, so that a proxy is not locked out."""
    for _ in range(3):
        assert (await bridge.get("/api/states", "dbk_wrong")).status == 401
    assert not hass.states.async_entity_ids("persistent_notification")


def test_an_endpoint_must_name_its_operation_and_that_its_capability() -> None:
    """A declaration without one fails at import."""
    declare: Callable[..., Any] = Router().endpoint
    with pytest.raises(TypeError, match="operation"):
        declare("GET", "/open")
    with pytest.raises(TypeError, match="about"):
        declare("GET", "/open", operation=states.READ)
    with pytest.raises(TypeError, match="GET /open declares no operation"):
        declare("GET", "/open", operation=None, about=ok(Answer("It is open.")))(lambda _: web.Response())
    without: Callable[..., Any] = Operation
    with pytest.raises(TypeError, match="capability"):
        without("open")
    with pytest.raises(TypeError, match="open declares no capability"):
        without("open", None)


async def test_every_declared_endpoint_is_guarded(bridge: Bridge) -> None:
    """Every endpoint with a capability returns 401 without a key."""
    guarded = [item for item in ENDPOINTS if isinstance(item.operation.capability, Capability)]
    assert len(guarded) >= 5
    for item in guarded:
        path = item.path.format(
            entity_id="sensor.outside", domain="light", service="turn_on", event_type="bell", start="2026-11-01"
        )
        answer = await bridge.client.request(item.method, BASE + path)
        assert answer.status == 401, item
