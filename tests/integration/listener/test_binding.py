"""A key that is bound to a client certificate opens the listener with this certificate, and nothing otherwise."""

import asyncio
import ssl
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from custom_components.drawbridge import http
from custom_components.drawbridge.door import Door
from custom_components.drawbridge.flows.connecting import addresses
from custom_components.drawbridge.keys import generate
from custom_components.drawbridge.listener.tls import TlsFiles, load
from tests.exporter.certificates import Authority
from tests.integration.house import BASE
from tests.integration.listener.doors import Doors

AUTHORITY, CLIENTS = Authority(), Authority("Clients")
SERVER = AUTHORITY.issue("127.0.0.1")
TABLET, OTHER = CLIENTS.issue("10.0.0.1"), CLIENTS.issue("10.0.0.2")
THUMBPRINT = x509.load_pem_x509_certificate(TABLET.certificate).fingerprint(hashes.SHA256()).hex()


@pytest.fixture
async def secure(doors: Doors, tmp_path: Path) -> Doors:
    """Open the listener with TLS and client certificates."""
    (tmp_path / "clients.pem").write_bytes(CLIENTS.certificate)
    await doors.open_tls(SERVER, tmp_path, listener_client_ca=str(tmp_path / "clients.pem"))
    doors.tls = AUTHORITY.trusting()
    return doors


async def bound(doors: Doors, certificate: str = THUMBPRINT) -> str:
    """Add a key that is bound to a certificate."""
    limits = {"local_only": False, "certificate": certificate}
    return await doors.bridge.add_key("Tablet", everything=True, limits=limits)


async def test_rest(secure: Doors) -> None:
    """Another certificate or none is 401, as any key that is not valid; the other door stays closed."""
    key = await bound(secure)
    for certificate, status in ((TABLET, 200), (OTHER, 401), (None, 401)):
        secure.tls = AUTHORITY.trusting(certificate)
        for path in ("/api/states", "/key", "/health", "/api/stream"):
            answer = await secure.get(path, key)
            assert answer.status == status, path
            if status == 401:
                assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
                assert (await answer.json())["reason"] == "certificate"
            answer.close()
    assert (await secure.bridge.get("/api/states", key)).status == 401
    denied = secure.running.snapshot()["denied"]
    assert denied["certificate"] == 9
    assert secure.running.audit.total == 9
    assert {item.key_name for item in secure.running.audit} == {"Tablet"}


async def test_the_addresses_are_those_of_the_doors_that_open(secure: Doors) -> None:
    """A key has those of both doors; a bound one only that of the listener, and none while it is closed."""
    await bound(secure)
    free = await secure.bridge.add_key("Free", everything=True)
    assert free
    tablet, other = secure.running.keys
    home, listener = addresses(secure.running, other)[0], f"https://127.0.0.1:{secure.port}"
    assert home.endswith("/api/drawbridge")
    assert addresses(secure.running, other)[-1] == listener
    assert addresses(secure.running, tablet) == [listener]
    await secure.open(listener_enabled=False)
    assert listener not in addresses(secure.running, other)
    assert addresses(secure.running, tablet) == []


async def test_a_wrong_certificate_is_no_guess(secure: Doors) -> None:
    """A bound key without its certificate is no guess, so the address is not locked out."""
    key = await bound(secure)
    for _ in range(10):
        assert (await secure.get("/api/", key)).status == 401
    assert (await secure.get("/api/", await secure.bridge.add_key(everything=True))).status == 200


async def test_a_certificate_does_not_replace_a_key(secure: Doors) -> None:
    """It opens nothing alone, nor with a key that is unknown or is not for this."""
    await bound(secure)
    secure.tls = AUTHORITY.trusting(TABLET)
    assert (await secure.get("/api/states")).status == 401
    assert (await secure.get("/api/states", generate())).status == 401
    metrics = await secure.bridge.add_key("Metrics", capabilities=["metrics"])
    assert (await secure.get("/api/states", metrics)).status == 403


async def test_a_header_is_no_certificate(secure: Doors) -> None:
    """A header does not replace the certificate, whatever it contains."""
    key = await bound(secure)
    pem = TABLET.certificate.decode().replace("\n", "%0A")
    for name, value in (("X-SSL-Client-Cert", pem), ("X-Client-Cert", pem), ("Client-Cert", f":{THUMBPRINT}:")):
        assert (await secure.get("/api/states", key, headers={name: value})).status == 401
        assert (await secure.bridge.get("/api/states", key, headers={name: value})).status == 401


async def authenticate(doors: Doors, url: str, key: str, context: ssl.SSLContext | None = None) -> str:
    """Return how a WebSocket answers to a key."""
    async with doors.session.ws_connect(url, ssl=context or True) as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": key})
        answer: dict[str, str] = await socket.receive_json()
        return answer["type"]


async def test_websocket(secure: Doors) -> None:
    """A WebSocket client without the certificate gets `auth_invalid`, as for any invalid key."""
    key, url = await bound(secure), f"{secure.url}/api/websocket"
    assert await authenticate(secure, url, key, AUTHORITY.trusting(TABLET)) == "auth_ok"
    assert await authenticate(secure, url, key, AUTHORITY.trusting(OTHER)) == "auth_invalid"
    assert await authenticate(secure, url, key, AUTHORITY.trusting()) == "auth_invalid"
    own = str(secure.bridge.client.make_url(f"{BASE}/api/websocket"))
    assert await authenticate(secure, own, key) == "auth_invalid"


async def test_a_certificate_at_home_assistants_own_door(secure: Doors, tmp_path: Path) -> None:
    """Certificates at Home Assistant's own port do not count, because its server may accept any authority."""
    key, running = await bound(secure), secure.running
    for door, status in ((Door.HOME_ASSISTANT, 401), (Door.LISTENER, 200)):
        app = web.Application()
        http.mount(app.router, lambda: running, base_path=BASE, door=door)
        files = TlsFiles(str(tmp_path / "server.crt"), str(tmp_path / "server.key"), str(tmp_path / "clients.pem"))
        server = TestServer(app, host="127.0.0.1", scheme="https")
        await server.start_server(ssl=load(files).context)
        url = server.make_url(f"{BASE}/api/states")
        headers = {"Authorization": f"Bearer {key}"}
        assert (await secure.session.get(url, headers=headers, ssl=AUTHORITY.trusting(TABLET))).status == status
        await server.close()


async def test_plain_listener(doors: Doors) -> None:
    """Without TLS there is no certificate."""
    assert (await doors.get("/api/states", await bound(doors))).status == 401


async def test_binding_closes_open_connections(secure: Doors) -> None:
    """Binding a key closes its connections without the certificate at once. Those with it stay open."""
    key = await secure.bridge.add_key("Tablet", everything=True)
    url = f"{secure.url}/api/websocket"
    async with (
        secure.session.ws_connect(url, ssl=AUTHORITY.trusting(TABLET)) as right,
        secure.session.ws_connect(url, ssl=AUTHORITY.trusting()) as wrong,
    ):
        for socket in (right, wrong):
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": key})
            assert (await socket.receive_json())["type"] == "auth_ok"
        stream = await secure.get("/api/stream", key)
        await secure.bridge.edit_key("Tablet", "limits", {"local_only": False, "certificate": THUMBPRINT})
        async with asyncio.timeout(5):
            assert (await wrong.receive()).type is WSMsgType.CLOSE
            await stream.content.read()
        await right.send_json({"id": 1, "type": "ping"})
        assert (await right.receive_json())["type"] == "pong"
    assert (await secure.get("/api/", key)).status == 401
    await secure.bridge.edit_key("Tablet", "limits", {"local_only": False})
    assert (await secure.get("/api/", key)).status == 200


FORMS = {
    "hex": THUMBPRINT.upper(),
    "colons": ":".join(THUMBPRINT[start : start + 2] for start in range(0, 64, 2)),
    "openssl": "sha256 Fingerprint=" + ":".join(THUMBPRINT[at : at + 2] for at in range(0, 64, 2)).upper(),
    "pem": TABLET.certificate.decode(),
    "chain": TABLET.certificate.decode() + CLIENTS.certificate.decode(),
}


@pytest.mark.parametrize("form", FORMS)
async def test_how_a_certificate_is_entered(doors: Doors, form: str) -> None:
    """In the form and in the action; it is stored as its thumbprint, and saved before it is acknowledged."""
    await bound(doors, FORMS[form])
    await doors.bridge.act("create_key", name="Two", everything=True, certificate=FORMS[form])
    stored = (Path(doors.hass.config.config_dir) / ".storage" / "drawbridge.keys").read_text()
    assert stored.count(THUMBPRINT) == 2
    listed = await doors.bridge.act("list_keys")
    assert {item["certificate"] for item in listed["keys"]} == {THUMBPRINT}


@pytest.mark.parametrize(
    "wrong", ["kitchen", THUMBPRINT[:-2], THUMBPRINT + "00", "-----BEGIN CERTIFICATE-----\nnonsense"]
)
async def test_what_is_no_certificate(doors: Doors, wrong: str) -> None:
    """The form says so."""
    await doors.bridge.add_key("Tablet", everything=True)
    flow = await doors.bridge.edit_key("Tablet", "limits", {"local_only": False, "certificate": wrong})
    assert flow["errors"] == {"where": "invalid_certificate"}
