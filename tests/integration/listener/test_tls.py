"""TLS of the listener: versions, certificates and their renewal, and what the form says of what cannot be used."""

import asyncio
import socket
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectorError, ClientError
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from homeassistant.data_entry_flow import FlowResultType

from custom_components.drawbridge.listener import certificates
from tests.exporter.certificates import Authority, Certificate
from tests.integration.listener.doors import Doors

AUTHORITY = Authority()
SERVER = AUTHORITY.issue("127.0.0.1")


@pytest.fixture
async def secure(doors: Doors, tmp_path: Path) -> Doors:
    """Open the listener with TLS."""
    result = await doors.open_tls(SERVER, tmp_path)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    doors.tls = AUTHORITY.trusting()
    return doors


async def test_https(secure: Doors) -> None:
    """With strict transport security, HTTP/1.1 by name, and the end of the certificate in the metrics."""
    answer = await secure.get("/health")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    ends = x509.load_pem_x509_certificate(SERVER.certificate).not_valid_after_utc.timestamp()
    assert secure.running.snapshot()["listener"]["certificate_ends"] == ends


def shake(port: int, context: ssl.SSLContext) -> tuple[str | None, str | None, str]:
    """Connect, and return the version, what was chosen by ALPN, and the cipher."""
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
    ):
        return tls.version(), tls.selected_alpn_protocol(), (tls.cipher() or ("", "", 0))[0]


async def shaken(doors: Doors, *, newest: ssl.TLSVersion, ciphers: str = "DEFAULT") -> tuple[Any, ...]:
    """Connect with at most this version."""
    context = AUTHORITY.trusting()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = newest
    context.set_ciphers(ciphers)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return await asyncio.to_thread(shake, doors.port, context)


async def test_tls_1_3_alone_by_default(secure: Doors, tmp_path: Path) -> None:
    """Only TLS 1.3 is allowed by default. TLS 1.2 is an option, with strong ciphers only."""
    assert (await shaken(secure, newest=ssl.TLSVersion.TLSv1_3))[:2] == ("TLSv1.3", "http/1.1")
    with pytest.raises(ssl.SSLError):
        await shaken(secure, newest=ssl.TLSVersion.TLSv1_2)
    await secure.open_tls(SERVER, tmp_path, listener_tls_1_2=True)
    version, _, cipher = await shaken(secure, newest=ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2"
    assert cipher.startswith("ECDHE-ECDSA-")
    with pytest.raises(ssl.SSLError):
        await shaken(secure, newest=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES256-SHA384")


async def test_plain_http_gets_nothing(secure: Doors) -> None:
    """Plain HTTP at the TLS port gets no response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", secure.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(5):
        assert b"HTTP/" not in await reader.read()
    writer.close()


async def test_renewal_under_load(secure: Doors, tmp_path: Path) -> None:
    """After a renewal, new handshakes have the new certificate. No request fails, and open connections stay."""
    key = await secure.bridge.add_key(everything=True, limits={"per_minute": 0, "local_only": False})
    async with secure.session.ws_connect(f"{secure.url}/api/websocket", ssl=AUTHORITY.trusting()) as live:
        await live.receive_json()
        running, answers = True, []

        async def load() -> None:
            while running:
                answers.append((await secure.get("/api/states/sensor.outside", key)).status)

        tasks = [asyncio.create_task(load()) for _ in range(4)]
        for _ in range(5):
            renewed = AUTHORITY.issue("127.0.0.1")
            renewed.write(tmp_path)
            assert await serial(secure) == serial_of(renewed)
            await asyncio.sleep(0.05)
        running = False
        await asyncio.gather(*tasks)
        assert set(answers) == {200}
        assert len(answers) > 20
        await live.send_json({"type": "auth", "access_token": key})
        assert (await live.receive_json())["type"] == "auth_ok"
    assert secure.issues() == {}


async def serial(doors: Doors) -> int:
    """Return the serial number of the certificate that the listener presents."""
    _, writer = await asyncio.open_connection("127.0.0.1", doors.port, ssl=doors.tls)
    found = x509.load_der_x509_certificate(writer.get_extra_info("ssl_object").getpeercert(binary_form=True))
    writer.close()
    return found.serial_number


def serial_of(certificate: Certificate) -> int:
    """Return the serial number of a certificate."""
    return x509.load_pem_x509_certificate(certificate.certificate).serial_number


async def test_a_renewal_that_cannot_be_used(secure: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last good certificate stays in use, an issue says so, and goes when the files are right again."""
    monkeypatch.setattr(certificates, "_RECHECK_SECONDS", 0.1)
    for broken in (b"", b"nonsense", AUTHORITY.issue("127.0.0.1").certificate):
        (tmp_path / "server.crt").write_bytes(broken)
        assert await serial(secure) == serial_of(SERVER)
        await until(lambda: "listener_certificate_kept" in secure.issues())
        SERVER.write(tmp_path)
        assert await serial(secure) == serial_of(SERVER)
        await until(lambda: not secure.issues())
    (tmp_path / "server.key").unlink()
    assert await serial(secure) == serial_of(SERVER)
    assert (await secure.get("/health")).status == 200


async def until(holds: Any) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


# The form


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"listener_key": ""}, "listener_key_required"),
        ({"listener_certificate": ""}, "listener_certificate_required"),
        ({"listener_certificate": "", "listener_key": "", "listener_client_ca": "ca"}, "listener_certificate_required"),
        ({"listener_certificate": "missing.pem"}, "listener_certificate_missing"),
        ({"listener_certificate": "."}, "listener_certificate_unreadable"),
        ({"listener_certificate": "text"}, "listener_certificate_invalid"),
        ({"listener_certificate": "old"}, "listener_certificate_expired"),
        ({"listener_certificate": "other"}, "listener_key_of_other_certificate"),
        ({"listener_key": "missing.key"}, "listener_key_missing"),
        ({"listener_key": "."}, "listener_key_unreadable"),
        ({"listener_key": "text"}, "listener_key_invalid"),
        ({"listener_key": "locked"}, "listener_key_invalid"),
        ({"listener_client_ca": "missing.ca"}, "listener_authority_missing"),
        ({"listener_client_ca": "."}, "listener_authority_unreadable"),
        ({"listener_client_ca": "text"}, "listener_authority_invalid"),
        ({"listener_address": "kitchen"}, "listener_address_invalid"),
        ({"listener_address": "203.0.113.1"}, "listener_address_not_available"),
    ],
)
async def test_what_the_form_refuses(doors: Doors, tmp_path: Path, files: dict[str, str], error: str) -> None:
    """The form shows what is wrong, and changes nothing."""

    def prepare() -> None:
        old = Authority("Old").issue("127.0.0.1", timedelta(days=-1))
        (tmp_path / "text").write_text("This is no certificate.")
        (tmp_path / "old").write_bytes(old.certificate)
        (tmp_path / "other").write_bytes(AUTHORITY.issue("127.0.0.1").certificate)
        (tmp_path / "ca").write_bytes(AUTHORITY.certificate)
        locked = serialization.load_pem_private_key(SERVER.private_key, None).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
        (tmp_path / "locked").write_bytes(locked)
        if "old" in files.values():
            (tmp_path / "server.key").write_bytes(old.private_key)

    certificate, key = map(str, SERVER.write(tmp_path))
    prepare()
    if "old" in files.values():
        key = str(tmp_path / "server.key")
    paths = {name: value if "address" in name or not value else str(tmp_path / value) for name, value in files.items()}
    result = await doors.open(**{"listener_certificate": certificate, "listener_key": key, **paths})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"listener": error}
    assert (await doors.get("/health")).status == 200


async def test_a_certificate_that_ends_soon(doors: Doors, tmp_path: Path) -> None:
    """The form warns, and takes it when it is submitted again; an issue warns from then on."""
    result = await doors.open_tls(AUTHORITY.issue("127.0.0.1", timedelta(days=3, hours=1)), tmp_path)
    assert result["step_id"] == "certificate_ends_soon"
    assert result["description_placeholders"]["days"] == "3"
    await doors.hass.config_entries.options.async_configure(result["flow_id"], {})
    await doors.hass.async_block_till_done(wait_background_tasks=False)
    doors.tls = AUTHORITY.trusting()
    assert (await doors.get("/health")).status == 200
    assert doors.issues().keys() == {"listener_certificate_ends_soon"}
    AUTHORITY.issue("127.0.0.1").write(tmp_path)
    assert (await doors.get("/health")).status == 200
    assert doors.issues() == {}


async def test_a_certificate_that_has_ended(secure: Doors, tmp_path: Path) -> None:
    """The listener serves on, for clients that can be told to accept it, and an issue says why others do not."""
    AUTHORITY.issue("127.0.0.1", timedelta(seconds=-5)).write(tmp_path)
    with pytest.raises(ClientConnectorError):
        await secure.get("/health")
    issue = secure.issues()["listener_certificate_expired"]
    assert issue.severity == "error"
    assert (
        issue.learn_more_url == "https://github.com/drawbridge-ha/drawbridge/blob/main/docs/troubleshooting.md#listener"
    )


# Client certificates


async def test_client_certificates_by_an_authority(secure: Doors, tmp_path: Path) -> None:
    """A client certificate is optional. One of another authority is refused in the handshake."""
    ours, theirs = Authority("Clients"), Authority("Strangers")
    (tmp_path / "clients.pem").write_bytes(ours.certificate)
    await secure.open_tls(SERVER, tmp_path, listener_client_ca=str(tmp_path / "clients.pem"))
    assert (await secure.get("/health")).status == 200
    secure.tls = AUTHORITY.trusting(client=ours.issue("10.0.0.1"))
    assert (await secure.get("/health")).status == 200
    for bad in (theirs.issue("10.0.0.1"), ours.issue("10.0.0.1", timedelta(days=-1))):
        secure.tls = AUTHORITY.trusting(client=bad)
        with pytest.raises(ClientError):
            await secure.get("/health")
