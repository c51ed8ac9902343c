"""The listener serves the same at the root as Home Assistant's own server under the base path, and nothing else."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientResponse
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.http.mount import ENDPOINTS
from custom_components.drawbridge.keys import generate
from tests.integration.house import BASE
from tests.integration.listener.doors import Doors
from tests.integration.live.client import LiveClient

OWN = {"Date", "X-Request-ID", "RateLimit", "RateLimit-Policy", "Drawbridge-Cursor", "ETag"}
"""Headers that differ between two requests to the same door."""

HINT = f" The API is below {BASE}/api, and not at the root."
"""What Home Assistant's own door adds to the answer of a path that does not exist."""

FILTERED = (
    "/api/states?x=../../etc/passwd",
    "/api/states?x=%252e%252e%252f",
    "/api/states?q=<script>alert(1)</script>",
    "/api/states?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/api/states?q=1+UNION+SELECT+a(1)",
    "/api/states?q=concat(1)",
    "/api/states?a=/proc/self/environ",
    "/api/states?x=%0a",
    "/api/states/proc/self/environ",
    "/health?v=/./test",
)
"""What Home Assistant's security filter refuses, with the path below the base."""

REQUESTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("GET", "/health", {}),
    ("HEAD", "/health", {}),
    ("GET", "/api/", {}),
    ("GET", "/api/config", {}),
    ("GET", "/api/states", {"Accept-Encoding": "gzip"}),
    ("GET", "/api/states/sensor.outside", {}),
    ("GET", "/api/states/sensor.nothing", {}),
    ("POST", "/api/services/light/turn_on", {}),
    ("PROPFIND", "/api/", {}),
    ("DELETE", "/api/config", {}),
    ("GET", "/nothing/here", {}),
    ("OPTIONS", "/api/states", {}),
    ("OPTIONS", "/api/states", {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}),
    ("GET", "/key", {}),
    ("GET", "/metrics", {}),
    ("GET", "/api/websocket", {}),
    ("GET", "/api/remote_homeassistant/discovery", {}),
    ("GET", "/api/states", {"X-API-Key": "dbk_broken"}),
    ("GET", "/api/states", {"X-Forwarded-For": "203.0.113.9"}),
    *(("GET", path, {}) for path in FILTERED),
)


async def told(answer: ClientResponse) -> tuple[int, dict[str, str], str]:
    """Return what an answer says, without what is different each time."""
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    headers.pop("Connection", None)
    text = await answer.text()
    if "Content-Length" in headers:
        headers["Content-Length"] = str(int(headers["Content-Length"]) - text.count(HINT) * len(HINT))
    return answer.status, headers, text.replace(HINT, "")


async def test_both_doors_answer_the_same(doors: Doors) -> None:
    """Status, headers and body, with a key and without."""
    for key in (await doors.bridge.add_key(everything=True, capabilities=["read", "control"]), None):
        for method, path, headers in REQUESTS:
            own = await told(await doors.bridge.request(method, path, key, headers=headers))
            found = await told(await doors.request(method, path, key, headers=headers))
            assert found == own, (method, path, found, own)


async def test_the_security_filter_is_there(doors: Doors) -> None:
    """The security filter refuses with 400 before the key is read, and closes the connection."""
    key = await doors.bridge.add_key(everything=True)
    for path in FILTERED:
        answer = await doors.get(path, key)
        assert answer.status == 400, path
        assert "problem" not in answer.content_type
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.port)
    writer.write(b"GET /health?x=../../etc HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(5):
        assert b"400 Bad Request" in await reader.read()
    writer.close()


async def test_it_serves_every_endpoint_and_nothing_of_home_assistant(doors: Doors, hass_access_token: str) -> None:
    """The listener serves all endpoints of the bridge, and none of Home Assistant, even with its token."""
    for endpoint in ENDPOINTS:
        path = endpoint.path.format(entity_id="a.b", domain="a", service="b", event_type="a", start="2026-11-01")
        answer = await doors.request(endpoint.method, path)
        await answer.read()
        assert answer.status in {200, 401}, path
    for path in ("/auth/providers", "/manifest.json", "/api/onboarding", "/", f"{BASE}/health", "/api/error_log"):
        assert (await doors.get(path)).status == 404, path
    for path in ("/api/states", "/api/error_log"):
        assert (await doors.get(path, hass_access_token)).status == 401, path


async def test_headers_of_home_assistant_and_of_the_gate(doors: Doors) -> None:
    """Every response has all security headers, and none names the server."""
    for path in ("/health", "/nothing"):
        headers = (await doors.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Server"] == ""
        assert "Strict-Transport-Security" not in headers


async def test_discovery_tells_apart_instances_and_not_keys(doors: Doors) -> None:
    """Remote Home-Assistant compares the id each time; it is not Home Assistant's own, nor that of another key."""
    first = await doors.bridge.add_key("First", everything=True)
    second = await doors.bridge.add_key("Second", everything=True)
    none = await doors.bridge.add_key("None", capabilities=["metrics"])
    path = "/api/remote_homeassistant/discovery"
    found = [await (await doors.get(path, key)).json() for key in (first, first, second)]
    assert found[0] == found[1]
    assert found[0]["location_name"] == doors.hass.config.location_name
    assert len({item["uuid"] for item in found}) == 2
    assert (await doors.get(path, none)).status == 403
    assert (await doors.get(path)).status == 401


async def test_websocket_and_stream(doors: Doors) -> None:
    """A change arrives through both transports of the listener, and the connections are counted for it."""
    key = await doors.bridge.add_key(everything=True)
    async with doors.session.ws_connect(f"{doors.url}/api/websocket") as socket:
        assert (await socket.receive_json())["type"] == "auth_required"
        await socket.send_json({"type": "auth", "access_token": key})
        assert (await socket.receive_json())["type"] == "auth_ok"
        client = LiveClient(socket)
        number = await client.send("subscribe_events", event_type="state_changed")
        assert (await client.answer(number))["success"]
        stream = await doors.get("/api/stream", key)
        doors.hass.states.async_set("sensor.outside", "8.5")
        assert (await client.event(number))["data"]["new_state"]["state"] == "8.5"
        async with asyncio.timeout(5):
            while b"8.5" not in await stream.content.readline():
                pass
        counted = {item["door"]: item for item in doors.running.snapshot()["doors"]}
        assert counted["listener"]["clients"] == 2
        assert counted["home_assistant"]["clients"] == 0
        assert doors.running.snapshot()["listener"]["connections"] == 2
        stream.close()
    assert (await doors.get("/health")).status == 200
    await doors.bridge.get("/health")
    counted = {item["door"]: item for item in doors.running.snapshot()["doors"]}
    assert counted["listener"]["requests"] == 1
    assert counted["home_assistant"]["requests"] == 1


async def test_lock_outs_and_limits_are_shared(doors: Doors) -> None:
    """The gate is the same: guesses at one door lock out at the other, and a key's rate limit counts both."""
    for _ in range(7):
        await doors.get("/api/", generate())
    assert (await doors.bridge.get("/api/", generate())).status == 429
    key = await doors.bridge.add_key("Few", everything=True, limits={"per_minute": 2, "burst": 2, "local_only": False})
    statuses = [(await ask("/api/", key)).status for ask in (doors.get, doors.bridge.get, doors.get)]
    assert statuses == [200, 200, 429]


async def test_not_before_home_assistant_runs(doors: Doors, hass: HomeAssistant) -> None:
    """Before Home Assistant runs, the listener answers like Home Assistant's own port."""
    hass.set_state(CoreState.not_running)
    assert (await doors.get("/health")).status == 503
    assert await (await doors.get("/health")).json() == {"status": "unavailable"}
    hass.set_state(CoreState.running)


@pytest.fixture
async def _proxies(hass: HomeAssistant) -> None:
    settings = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": settings})


@pytest.mark.usefixtures("_proxies")
class TestBehindProxy:
    """Home Assistant's ``trusted_proxies`` hold at the listener."""

    async def test_the_client_counts_and_not_the_proxy(self, doors: Doors) -> None:
        """The address of the client counts for networks, and its scheme for the TLS header."""
        limits = {"local_only": False, "networks": ["198.51.100.0/24"]}
        key = await doors.bridge.add_key(everything=True, limits=limits)
        for address, status in (("198.51.100.7", 200), ("203.0.113.9", 403), ("203.0.113.9, 198.51.100.7", 200)):
            headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
            answer = await doors.get("/api/", key, headers=headers)
            assert answer.status == status
            assert "Strict-Transport-Security" in answer.headers
            own = await doors.bridge.get("/api/", key, headers=headers)
            assert own.status == status
        assert (await doors.get("/api/", key)).status == 403

    @pytest.mark.parametrize("value", ["", "nonsense", "1.2.3.4,,5.6.7.8"])
    async def test_malformed(self, doors: Doors, value: str) -> None:
        """Malformed requests are refused as at Home Assistant's own port."""
        headers = {"X-Forwarded-For": value}
        assert (await doors.get("/health", headers=headers)).status == 400
        assert (await doors.bridge.get("/health", headers=headers)).status == 400


async def test_proxy_that_is_not_trusted(doors: Doors) -> None:
    """Headers of a proxy that is not trusted are refused."""
    key = await doors.bridge.add_key(everything=True)
    answer = await doors.get("/api/", key, headers={"X-Forwarded-For": "198.51.100.7"})
    assert answer.status == 400


async def test_the_document_is_that_of_the_root(doors: Doors) -> None:
    """The OpenAPI document has the root as its path."""
    found: dict[str, Any] = json.loads(await (await doors.get("/openapi.json")).text())
    assert [item["url"] for item in found["servers"]] == ["/"]


async def test_a_path_that_does_not_exist_says_where_the_api_is(doors: Doors) -> None:
    """At Home Assistant's own door, where clients forget the base path; whether pages are served is not told."""
    own = await (await doors.bridge.get("/states")).json()
    assert own["message"] == f"There is nothing at this path.{HINT}"
    for path in ("/states", "/api/nothing", "/lovelace/0"):
        assert (await (await doors.get(path)).json())["message"] == "There is nothing at this path."
