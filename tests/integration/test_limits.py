"""Limits of the gate: rate, lock-out, networks, size, time, concurrency, origins."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse

from custom_components.drawbridge.keys import generate
from tests.integration.house import BASE, Bridge

LIVING = "input_boolean.living_room_lamp"


async def reason(answer: ClientResponse) -> str:
    """Return why an answer is a refusal."""
    text: str = (await answer.json(content_type=None))["reason"]
    return text


async def test_rate_limit(bridge: Bridge) -> None:
    """Ten requests at once, then 429 with the headers of the draft, only for this key."""
    key = await bridge.add_key(limits={"local_only": False, "per_minute": 60, "burst": 3})
    other = await bridge.add_key()
    left = [(await bridge.get("/api/", key)).headers["RateLimit"] for _ in range(3)]
    assert left == ['"default";r=2;t=1', '"default";r=1;t=2', '"default";r=0;t=3']
    refused = await bridge.get("/api/", key)
    assert refused.status == 429
    assert await reason(refused) == "rate_limited"
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit-Policy"] == '"default";q=3;w=3'
    assert (await bridge.get("/api/", other)).status == 200
    me = await (await bridge.get("/key", other)).json()
    assert me["rate_limit"]["remaining"] == 248


async def test_no_rate_limit(bridge: Bridge) -> None:
    """With 0 requests per minute, there is no limit and no header."""
    key = await bridge.add_key(limits={"local_only": False, "per_minute": 0})
    answers = [await bridge.get("/api/", key) for _ in range(300)]
    assert {answer.status for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


async def test_editing_one_key_keeps_the_bucket_of_another(bridge: Bridge) -> None:
    """Editing one key does not reset the limit of another."""
    key = await bridge.add_key(name="A", limits={"local_only": False, "per_minute": 1, "burst": 1})
    await bridge.add_key(name="B")
    assert (await bridge.get("/api/", key)).status == 200
    await bridge.edit_key("B", "rename", {"name": "C"})
    assert (await bridge.get("/api/", key)).status == 429


async def test_lock_out(bridge: Bridge, freezer: FrozenDateTimeFactory) -> None:
    """The sixth wrong key locks the address for all but valid keys, with one answer for all failures."""
    key, ended = await bridge.add_key(), await bridge.add_key(name="Ended")
    await bridge.edit_key("Ended", "disable", {})
    for _ in range(6):
        assert (await bridge.get("/api/", generate())).status == 401
    told = set()
    for wrong in (generate(), "dbk_x", ended, None):
        locked = await bridge.get("/api/", wrong, headers={"X-Request-ID": "1"})
        assert locked.status == 429
        assert locked.headers["Retry-After"] == "2"
        told.add(await locked.read())
    assert len(told) == 1
    assert (await bridge.get("/health", generate())).status == 429
    for _ in range(40):
        assert (await bridge.get("/api/", key)).status == 200
        assert (await bridge.get("/api/", generate())).status == 429
    for path in ("/health", "/openapi.json", "/asyncapi.json"):
        assert (await bridge.get(path)).status == 200
    # Neither the failures meanwhile nor the valid key have changed what comes next: twice the time.
    freezer.tick(1.5)
    assert (await bridge.get("/api/", generate())).status == 401
    assert (await bridge.get("/api/", generate())).headers["Retry-After"] == "3"
    snapshot = await (await bridge.get("/metrics", await bridge.add_key("M", capabilities=["metrics"]))).json()
    assert snapshot["lockouts"] == {"active": 1, "total": 2}
    assert snapshot["auth_failures"]["unknown"] == 50


async def test_forwarded_for_does_not_evade_the_lock_out(bridge: Bridge) -> None:
    """A forwarding header that is not from a trusted proxy is ignored."""
    for number in range(8):
        await bridge.get("/api/", generate(), headers={"X-Forwarded-For": f"192.0.2.{number}"})
    seen = bridge.entry.runtime_data.audit
    assert {record.address for record in seen} <= {"127.0.0.1"}


async def test_own_mistakes_do_not_lock_out(bridge: Bridge) -> None:
    """Requests without a key or with a disabled one are no guesses."""
    key = await bridge.add_key(name="X")
    await bridge.edit_key("X", "disable", {})
    for _ in range(10):
        assert (await bridge.get("/api/", key)).status == 401
        assert (await bridge.get("/api/")).status == 401
    await bridge.edit_key("X", "enable", {})
    assert (await bridge.get("/api/", key)).status == 200


async def test_a_valid_key_does_not_reset_the_count(bridge: Bridge) -> None:
    """The holder of one key cannot guess another without being locked out."""
    key = await bridge.add_key()
    statuses = []
    for _ in range(7):
        statuses.append((await bridge.get("/api/", generate())).status)
        assert (await bridge.get("/api/", key)).status == 200
    assert statuses == [401] * 6 + [429]


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        ({"local_only": False, "networks": ["192.0.2.0/24"]}, 403),
        ({"local_only": False, "networks": ["192.0.2.0/24", "127.0.0.0/8"]}, 200),
        ({"local_only": True}, 200),
        ({"local_only": True, "networks": ["10.0.0.0/8"]}, 403),
    ],
)
async def test_networks(bridge: Bridge, limits: dict[str, Any], status: int) -> None:
    """A key is refused elsewhere, with its own reason."""
    answer = await bridge.get("/api/states", await bridge.add_key(limits=limits))
    assert answer.status == status
    assert status == 200 or await reason(answer) == "network"


async def test_expiry(bridge: Bridge, freezer: Any) -> None:
    """A key is accepted until it expires, and refused with a reason afterwards."""
    freezer.move_to("2026-11-22 12:00:00+00:00")
    key = await bridge.add_key(limits={"local_only": False, "expires": "2026-11-22 05:00:00"})
    assert (await bridge.get("/api/", key)).status == 200
    freezer.move_to("2026-11-22 13:00:01+00:00")
    answer = await bridge.get("/api/", key)
    assert answer.status == 401
    assert await reason(answer) == "key_expired"


@pytest.fixture
async def control(bridge: Bridge) -> str:
    """Return the secret of a key that controls everything."""
    services = ["test.slow", "test.broken", "input_boolean.*"]
    return await bridge.add_key(capabilities=["read", "control"], services=services)


@pytest.mark.parametrize("chunked", [False, True])
async def test_body_too_large(bridge: Bridge, control: str, *, chunked: bool) -> None:
    """More than 256 KiB is refused, said beforehand or not."""
    size = 300_000

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(size // 1000):
            yield b" " * 1000

    data = pieces() if chunked else b" " * size
    answer = await bridge.post("/api/services/input_boolean/turn_on", control, data=data)
    assert answer.status == 413
    assert "262144" in (await answer.json(content_type=None))["message"]


BOMBS = {
    "open": b"[" * 100_000,
    "deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "targets": b'{"entity_id": ' + b"[" * 40 + b"]" * 40 + b"}",
    "surrogate": b'"\\ud800"',
    "encoding": b"\xff\xfe",
    "nan": b'{"a": NaN}',
    "number": b"1e999999",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
async def test_json_bombs(bridge: Bridge, control: str, body: bytes) -> None:
    """A 400, no traceback, and the bridge goes on."""
    answer = await bridge.post("/api/services/input_boolean/turn_on", control, data=body)
    assert answer.status == 400
    assert (await bridge.get("/api/", control)).status == 200


async def test_time_limit_and_concurrency(bridge: Bridge, hass: HomeAssistant, control: str) -> None:
    """A slow call ends in 504 and is not stopped; too many at once get 503, and the key recovers."""
    release, done, under_way = asyncio.Event(), list[str](), asyncio.Semaphore(0)

    async def slow(call: ServiceCall) -> None:
        under_way.release()
        await release.wait()
        done.append(call.service)

    hass.services.async_register("test", "slow", slow, supports_response=SupportsResponse.NONE)
    await bridge.set_options(max_concurrent=2, time_limit=1)
    waiting = [asyncio.create_task(bridge.post("/api/services/test/slow", control)) for _ in range(2)]
    for _ in waiting:
        await under_way.acquire()
    busy = await bridge.get("/api/", control)
    assert (busy.status, busy.headers["Retry-After"]) == (503, "1")
    answers = await asyncio.gather(*waiting)
    assert [answer.status for answer in answers] == [504, 504]
    assert done == []
    unfinished = await bridge.post("/api/services/test/slow", control)
    assert (unfinished.status, unfinished.headers["Retry-After"]) == (503, "10")
    assert (await bridge.get("/api/", control)).status == 200
    release.set()
    await hass.async_block_till_done()
    assert done == ["slow", "slow"]
    assert (await bridge.get("/api/", control)).status == 200
    assert (await bridge.post("/api/services/test/slow", control)).status == 200
    assert (await bridge.post("/api/services/test/slow", control, data=b" " * 1025)).status == 413


async def test_a_key_revoked_while_its_body_comes_in_does_nothing(
    bridge: Bridge, hass: HomeAssistant, control: str
) -> None:
    """A key that is revoked while the body arrives does nothing."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow_body() -> AsyncIterator[bytes]:
        yield b'{"entity_id":'
        begun.set()
        await go_on.wait()
        yield b'"' + LIVING.encode() + b'"}'

    request = asyncio.create_task(bridge.post("/api/services/input_boolean/turn_on", control, data=slow_body()))
    await begun.wait()
    await asyncio.sleep(0.05)
    hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Test"))
    await asyncio.sleep(0.05)
    go_on.set()
    assert (await request).status == 401
    state = hass.states.get(LIVING)
    assert state is not None
    assert state.state == "off"


PAGE = "https://dashboard.example"


async def test_cors_for_the_keys_own_pages(bridge: Bridge) -> None:
    """A preflight on any path; the answer readable; another page's not."""
    key = await bridge.add_key(limits={"local_only": False, "cors_origins": [PAGE]})
    other = await bridge.add_key()
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Private-Network": "true"}
    for path in ("/api/states", "/api/services/light/turn_on", "/health", "/nowhere"):
        preflight = await bridge.request("OPTIONS", path, headers=asked)
        assert preflight.status == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
        assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]
        assert preflight.headers["Access-Control-Allow-Private-Network"] == "true"
    answer = await bridge.get("/api/states", key, headers={"Origin": PAGE})
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    refused = await bridge.get("/api/states", headers={"Origin": PAGE})
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, PAGE)
    foreign = await bridge.get("/api/states", other, headers={"Origin": PAGE})
    assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", PAGE + ".evil.example", "http://dashboard.example"])
async def test_cors_for_foreign_pages(bridge: Bridge, origin: str) -> None:
    """Pages of origins that are not listed can neither send requests nor read responses."""
    key = await bridge.add_key(limits={"local_only": False, "cors_origins": [PAGE]})
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    for answer in (
        await bridge.request("OPTIONS", "/api/states", headers=asked),
        await bridge.get("/api/states", key, headers={"Origin": origin}),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


async def test_options_without_an_origin(bridge: Bridge) -> None:
    """It says which methods there are."""
    answer = await bridge.request("OPTIONS", "/api/services/light/turn_on")
    assert (answer.status, answer.headers["Allow"]) == (204, "OPTIONS, POST")


async def test_request_ids(bridge: Bridge) -> None:
    """A harmless one comes back, any other is replaced; each refusal in the trail has it."""
    assert (await bridge.get("/health", headers={"X-Request-ID": "abc-1"})).headers["X-Request-ID"] == "abc-1"
    for bad in ("a b", "x" * 65, "<script>", "ü"):
        answer = await bridge.get("/api/", headers={"X-Request-ID": bad})
        assert answer.headers["X-Request-ID"] not in {bad, ""}
        assert list(bridge.entry.runtime_data.audit)[-1].request_id == answer.headers["X-Request-ID"]


async def test_two_keys_at_once(bridge: Bridge) -> None:
    """A request with two keys is refused, because it is ambiguous."""
    key = await bridge.add_key()
    for headers in (
        [("Authorization", f"Bearer {key}"), ("X-API-Key", key)],
        [("Authorization", f"Bearer {key}"), ("Authorization", f"Bearer {key}")],
        [("X-API-Key", key), ("X-API-Key", "dbk_x")],
    ):
        answer = await bridge.client.get(f"{BASE}/api/", headers=headers)
        assert answer.status == 401
        assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]


async def test_an_unexpected_error_says_nothing(
    bridge: Bridge, hass: HomeAssistant, control: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Of an error in a service the client learns that there was one."""

    async def broken(_call: ServiceCall) -> None:
        raise RuntimeError("the password is 1234")

    hass.services.async_register("test", "broken", broken)
    answer = await bridge.post("/api/services/test/broken", control)
    assert answer.status == 500
    assert "1234" not in await answer.text()
    assert "the password is 1234" in caplog.text
    assert control not in caplog.text
    assert answer.content_type == "application/problem+json"
