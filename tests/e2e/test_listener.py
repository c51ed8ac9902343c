"""The listener: its TLS as seen by `openssl`, and clients that take only a host and a port."""

import asyncio
import json
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio

from sandbox.certificates import Authority
from sandbox.drawbridge import DOMAIN, change_options
from sandbox.ports import HOST
from sandbox.stack import Stack, household
from sandbox.wait import until
from tests.e2e.programs import LAMP, new_key, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

JS_WEBSOCKET: Final = Path(__file__).parent / "clients" / "home-assistant-js-websocket.mjs"
HALL_LAMP: Final = "light.hall_light"
CAMERA: Final = "camera.front_door"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Start a household for all tests of this module."""
    async with household(tmp_path_factory.mktemp("listener")) as running:
        yield running


@asynccontextmanager
async def options(stack: Stack, **changes: Any) -> AsyncIterator[None]:
    """Change options of the listener while the block runs."""
    client = stack.home_assistant.client
    (entry,) = await client.get(f"/api/config/config_entries/entry?domain={DOMAIN}")
    before = {name: type(value)() for name, value in changes.items()}
    await change_options(client, entry["entry_id"], listener=changes)
    try:
        yield
    finally:
        await change_options(client, entry["entry_id"], listener=before)
        await stack.listener.wait_until_open()


# --- TLS


async def s_client(stack: Stack, *arguments: str) -> str | None:
    """Return the output of `openssl s_client`, or nothing if the handshake failed."""
    process = await asyncio.create_subprocess_exec(
        "openssl", "s_client", "-connect", f"{HOST}:{stack.listener.port}",
        "-CAfile", str(stack.listener.authority_file), "-verify_ip", HOST, "-verify_return_error", *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed = (await process.communicate())[0].decode()
    return printed if process.returncode == 0 else None


async def shakes_hands(stack: Stack, *arguments: str) -> bool:
    """Tell whether a handshake succeeds."""
    return await s_client(stack, *arguments) is not None


async def asks_for_certificate(stack: Stack) -> bool:
    """Tell whether the listener asks clients for a certificate."""
    said = await s_client(stack)
    return said is not None and "Requested Signature Algorithms" in said


async def ciphers(version: str) -> list[str]:
    """Return all ciphers of a TLS version that this `openssl` knows, weak ones too."""
    return (await run("openssl", "ciphers", "-s", f"-{version}", "ALL:@SECLEVEL=0")).strip().split(":")


async def test_tls_1_3_alone(stack: Stack) -> None:
    """The chain is complete, HTTP/1.1 is negotiated, no client certificate is requested, older versions are refused."""
    said = await s_client(stack, "-alpn", "h2,http/1.1")
    assert said is not None
    assert "New, TLSv1.3, Cipher is TLS_AES_" in said
    assert "Verification: OK" in said
    assert "ALPN protocol: http/1.1" in said
    assert "Compression: NONE" in said
    assert "Requested Signature Algorithms" not in said
    for version in ("-tls1_2", "-tls1_1", "-tls1"):
        assert await s_client(stack, version, "-cipher", "ALL:@SECLEVEL=0") is None, version


async def test_ciphers_of_tls_1_2(stack: Stack) -> None:
    """TLS 1.2 is an option. Only ciphers with forward secrecy and authenticated encryption work; all are tried."""
    async with options(stack, listener_tls_1_2=True):
        await until(lambda: shakes_hands(stack, "-tls1_2"), seconds=20)
        offered = await ciphers("tls1_2")
        taken = {cipher for cipher in offered if await s_client(stack, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")}
        assert len(offered) > 30
        assert taken == {
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
        }
        for version in ("-tls1_1", "-tls1"):
            assert await s_client(stack, version, "-cipher", "ALL:@SECLEVEL=0") is None, version
    assert not await shakes_hands(stack, "-tls1_2")


async def test_client_certificates_are_asked_for(stack: Stack, tmp_path: Path) -> None:
    """Client certificates are requested if an authority is set. A client can connect without one."""
    async with options(stack, listener_client_ca=str(stack.listener.authority_file)):
        await until(lambda: asks_for_certificate(stack), seconds=20)
        assert await s_client(stack) is not None
        ours, theirs = stack.listener.folder, tmp_path
        Authority("Strangers").issue(HOST).write(theirs)
        for folder, is_ours in ((ours, True), (theirs, False)):
            pair = ("--cert", str(folder / "server.crt"), "--key", str(folder / "server.key"))
            await curl(stack, "/health", *pair, succeeds=is_ours)


# --- Programs


async def curl(stack: Stack, path: str, *arguments: str, succeeds: bool = True) -> str:
    """Return the output of `curl` for a path of the listener."""
    program = shutil.which("curl")
    assert program is not None
    trust = ("--cacert", str(stack.listener.authority_file))
    return await run(
        program, "--silent", "--show-error", *trust, *arguments, stack.listener.url + path, succeeds=succeeds
    )


async def test_curl(stack: Stack) -> None:
    """A client reads states and calls actions with a key. It fails without a key, or without the authority."""
    bearer = ("--header", f"Authorization: Bearer {await new_key(stack, 'curl')}")
    assert len(json.loads(await curl(stack, "/api/states", *bearer))) >= 60
    assert json.loads(await curl(stack, f"/api/states/{LAMP}", *bearer))["entity_id"] == LAMP
    changed = json.loads(
        await curl(stack, "/api/services/light/toggle", *bearer, "--json", json.dumps({"entity_id": LAMP}))
    )
    assert LAMP in {state["entity_id"] for state in changed}
    head = await curl(stack, "/api/states", *bearer, "--head", "--http2", "--compressed")
    assert head.startswith("HTTP/1.1 200")
    assert "strict-transport-security: max-age=31536000" in head.lower()
    assert json.loads(await curl(stack, "/api/states"))["status"] == 401
    system = "/etc/ssl/certs/ca-certificates.crt"
    assert "SSL certificate problem" in await curl(stack, "/health", "--cacert", system, succeeds=False)


async def test_nothing_of_home_assistant(stack: Stack) -> None:
    """Home Assistant's pages and sign-in are not available at the listener, and its tokens are refused."""
    everything = {"Authorization": f"Bearer {stack.keys['everything']}"}
    admin = {"Authorization": f"Bearer {stack.home_assistant.client.token}"}
    paths = ("/", "/auth/providers", "/manifest.json", "/api/onboarding", "/api/config/config_entries/entry")
    async with aiohttp.ClientSession() as session:
        for path in (*paths, "/api/drawbridge/api/states"):
            url, tls = stack.listener.url + path, stack.listener.context()
            async with session.get(url, headers=everything, ssl=tls) as answer:
                assert answer.status == 404, path
        # Only one, because wrong keys lock out the address.
        async with session.get(f"{stack.listener.url}/api/", headers=admin, ssl=tls) as answer:
            assert answer.status == 401


async def test_js_websocket(stack: Stack) -> None:
    """home-assistant-js-websocket (npm) takes the address of the listener as that of Home Assistant."""
    key = await new_key(stack, "js-websocket", everything=False, areas=["living_room"])
    trust = {"NODE_EXTRA_CA_CERTS": str(stack.listener.authority_file)}
    printed = await run("node", JS_WEBSOCKET, stack.listener.url, key, LAMP, HALL_LAMP, environment=trust)
    held = json.loads(printed.splitlines()[-1])
    assert held["version"] == stack.home_assistant.version
    assert held["lamp"] == ["on", "off"]
    assert LAMP in held["entities"][-1]
    assert HALL_LAMP not in held["entities"][-1]
    assert held["elsewhere"]["error"]


async def test_remote_home_assistant(stack: Stack) -> None:
    """The requests of the custom integration Remote Home-Assistant 4.6, in their order and with all of their fields.

    It asks for the discovery document, then subscribes, reads all states and services, and forwards calls of actions.
    """
    key = await new_key(stack, "Remote", everything=False, areas=["living_room"], capabilities=["read", "control"])
    bearer = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    tls = stack.listener.context()
    async with aiohttp.ClientSession() as session:
        url = f"{stack.listener.url}/api/remote_homeassistant/discovery"
        async with session.get(url, headers=bearer, ssl=tls) as answer:
            found = await answer.json()
            assert (answer.status, found["location_name"]) == (200, "Demo home")
            assert found["ha_version"] == stack.home_assistant.version
            # It names the device of the connection after the other two.
            assert found.keys() == {"uuid", "location_name", "ha_version", "installation_type"}
            assert found["uuid"]
        async with session.ws_connect(f"wss://{HOST}:{stack.listener.port}/api/websocket", ssl=tls) as socket:
            await check_remote(socket, key)


async def check_remote(socket: aiohttp.ClientWebSocketResponse, key: str) -> None:
    """Do what Remote Home-Assistant does on its connection."""
    assert (await socket.receive_json())["type"] == "auth_required"
    await socket.send_json({"type": "auth", "access_token": key})
    assert (await socket.receive_json())["type"] == "auth_ok"
    await socket.send_json({"id": 1, "type": "subscribe_events", "event_type": "state_changed"})
    assert (await answer_to(socket, 1))["success"] is True
    await socket.send_json({"id": 2, "type": "get_states"})
    states = {item["entity_id"]: item["state"] for item in (await answer_to(socket, 2))["result"]}
    assert LAMP in states
    assert HALL_LAMP not in states
    await socket.send_json({"id": 3, "type": "get_services"})
    assert "turn_on" in (await answer_to(socket, 3))["result"]["light"]
    call = {"domain": "light", "service": "toggle", "service_data": {"entity_id": [LAMP]}}
    await socket.send_json({"id": 4, "type": "call_service", **call})
    changed = await next_change(socket, LAMP)
    assert changed["new_state"]["state"] != changed["old_state"]["state"]
    assert changed["new_state"]["attributes"]["friendly_name"]
    hall = call | {"service_data": {"entity_id": [HALL_LAMP]}}
    await socket.send_json({"id": 5, "type": "call_service", **hall})
    refused = await answer_to(socket, 5)
    assert refused["success"] is False
    assert refused["error"]["message"]
    await socket.send_json({"id": 6, "type": "ping"})
    assert (await answer_to(socket, 6))["type"] == "pong"


async def answer_to(socket: aiohttp.ClientWebSocketResponse, number: int) -> Any:
    """Return the answer to a command, and pass over events."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive_json()
            if message["id"] == number and message["type"] != "event":
                return message


async def next_change(socket: aiohttp.ClientWebSocketResponse, entity_id: str) -> Any:
    """Return the data of the next change of an entity."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive_json()
            if message["type"] == "event" and message["event"]["data"]["entity_id"] == entity_id:
                return message["event"]["data"]


N8N: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("GET", "/", {}),
    ("GET", "/config", {}),
    ("GET", "/services", {}),
    ("GET", "/states", {}),
    ("GET", f"/states/{LAMP}", {}),
    ("POST", "/services/light/turn_on", {"json": {"entity_id": LAMP}}),
    ("POST", "/states/sensor.n8n", {"json": {"state": "7", "attributes": {"unit": "°C"}}}),
    ("GET", "/events", {}),
    ("POST", "/events/bell", {"json": {"button": "front"}}),
    ("GET", "/logbook", {"params": {"entity": LAMP}}),
    ("GET", "/history/period", {"params": {"filter_entity_id": LAMP, "minimal_response": "true"}}),
    ("GET", f"/camera_proxy/{CAMERA}", {}),
    ("POST", "/template", {"json": {"template": "{{ 6 * 7 }}"}}),
)
"""The requests of n8n's Home Assistant node (n8n-nodes-base 2.41.2), but for the check of the configuration and the
error log, which are for administrators. The node has fields for a host, a port and TLS, and none for a path."""


async def test_n8n(stack: Stack) -> None:
    """The requests of n8n's node, with its headers, get the responses that the node expects."""
    headers = {"Authorization": f"Bearer {await new_key(stack, 'n8n')}", "Accept": "application/json"}
    answers: dict[str, Any] = {}
    async with aiohttp.ClientSession(f"https://{HOST}:{stack.listener.port}", headers=headers) as session:
        for method, path, extra in N8N:
            async with session.request(method, f"/api{path}", ssl=stack.listener.context(), **extra) as answer:
                assert answer.status in {200, 201}, (path, await answer.text())
                answers[path] = await answer.json() if "json" in answer.content_type else await answer.read()
    assert answers["/"]["message"]
    assert answers["/config"]["state"] == "RUNNING"
    assert "light" in {item["domain"] for item in answers["/services"]}
    assert len(answers["/states"]) >= 60
    assert answers["/states/sensor.n8n"]["state"] == "7"
    assert answers["/template"] == b"42"
    assert answers[f"/camera_proxy/{CAMERA}"].startswith(b"\xff\xd8")


# --- Under load


async def test_renewal_under_load(stack: Stack) -> None:
    """Certificates change while clients open a new connection for each request, and no request fails."""
    key = await new_key(stack, "Renewal")
    presented: set[bytes] = set()
    statuses: list[int] = []
    is_running = True

    async def load() -> None:
        connector = aiohttp.TCPConnector(force_close=True, ssl=stack.listener.context())
        async with aiohttp.ClientSession(connector=connector) as session:
            while is_running:
                headers = {"Authorization": f"Bearer {key}"}
                async with session.get(f"{stack.listener.url}/api/states/{LAMP}", headers=headers) as answer:
                    statuses.append(answer.status)

    tasks = [asyncio.create_task(load()) for _ in range(4)]
    for _ in range(10):
        stack.listener.renew()
        presented.add(await served_certificate(stack))
        await asyncio.sleep(0.2)
    is_running = False
    await asyncio.gather(*tasks)
    assert len(presented) == 10
    assert set(statuses) == {200}
    assert len(statuses) > 50


async def served_certificate(stack: Stack) -> bytes:
    """Return the certificate that the listener presents."""
    _, writer = await asyncio.open_connection(HOST, stack.listener.port, ssl=stack.listener.context())
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    found = tls.getpeercert(binary_form=True)
    writer.close()
    assert found is not None
    return found


async def test_home_assistant_stops_with_open_connections(stack: Stack) -> None:
    """WebSockets get a close frame, streams end, and Home Assistant stops. After a restart, the listener is open."""
    key, tls = await new_key(stack, "Open"), stack.listener.context()
    await stack.saved()
    process = stack.home_assistant.process
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
        sockets = [await authenticated(session, stack, key) for _ in range(20)]
        streams = [await session.get(f"{stack.listener.url}/api/stream", ssl=tls) for _ in range(5)]
        silent = [await asyncio.open_connection(HOST, stack.listener.port) for _ in range(5)]
        # The grace period is not reached, after which it would be killed.
        stopping = asyncio.create_task(process.stop(grace=60))
        async with asyncio.timeout(10):
            for socket in sockets:
                assert await close_code(socket) == aiohttp.WSCloseCode.GOING_AWAY
            for stream in streams:
                with suppress(aiohttp.ClientPayloadError):
                    await stream.content.read()
        async with asyncio.timeout(50):
            await stopping
        for _, writer in silent:
            writer.close()
    assert "Traceback" not in process.log.read_text(encoding="utf-8")
    await stack.home_assistant.restart()
    await stack.listener.wait_until_open()
    assert len(json.loads(await curl(stack, "/api/states", "--header", f"X-API-Key: {key}"))) >= 60


async def authenticated(session: aiohttp.ClientSession, stack: Stack, key: str) -> aiohttp.ClientWebSocketResponse:
    """Open a WebSocket with a key."""
    socket = await session.ws_connect(f"{stack.listener.url}/api/websocket", ssl=stack.listener.context())
    await socket.receive_json()
    await socket.send_json({"type": "auth", "access_token": key})
    assert (await socket.receive_json())["type"] == "auth_ok"
    return socket


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int:
    """Read until the server closes the connection, and return the close code."""
    while (message := await socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
        assert message.type is aiohttp.WSMsgType.TEXT
    code: int = message.data
    return code
