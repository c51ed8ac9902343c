"""The exporter finds a bridge at either door, and presents a client certificate where a target has one."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web

from drawbridge_exporter.bridge.errors import Reason
from drawbridge_exporter.config.settings import Defaults, Settings
from drawbridge_exporter.config.targets_file import read_targets
from drawbridge_exporter.config.values import ClientCertificate
from drawbridge_exporter.config.yamlfile import ConfigFileError

from .certificates import Authority
from .documents import KEY, snapshot
from .files import targets_file
from .process import run_exporter
from .serving import serving, settings_for
from .test_failures import assert_down

AUTHORITY, CLIENTS = Authority(), Authority("Clients")


@dataclass
class Root:
    """A server that has something at the root, and what was asked of it."""

    health: object = field(default_factory=lambda: {"status": "ok"})
    url: str = ""
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """Each path with whether a key was sent."""
    peers: list[bool] = field(default_factory=list)
    """Whether the client had a certificate, for each request."""

    async def answer(self, request: web.Request) -> web.Response:
        """Answer like a listener."""
        self.asked.append((request.path, "Authorization" in request.headers))
        tls = request.transport.get_extra_info("ssl_object") if request.transport else None
        self.peers.append(bool(tls is not None and tls.getpeercert()))
        if request.path == "/health":
            return web.json_response(self.health)
        if request.path == "/metrics":
            right = request.headers.get("Authorization") == f"Bearer {KEY}"
            return web.Response(text=json.dumps(snapshot()), status=200 if right else 401)
        return web.json_response({}, status=404)


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[Root]:
    """Run it until the block ends."""
    root = Root()
    app = web.Application()
    app.router.add_get("/{path:.*}", root.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    root.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield root
    finally:
        await runner.cleanup()


async def test_the_root_is_found_by_its_health() -> None:
    """The root is found by its health once, and then used directly."""
    async with running() as root, serving(settings_for(root.url)) as exporter:
        for _ in range(2):
            assert (await exporter.get("/metrics")).value("drawbridge_up") == 1
    assert root.asked == [
        ("/api/drawbridge/metrics", True),
        ("/health", False),
        ("/metrics", True),
        ("/metrics", True),
    ]


@pytest.mark.parametrize("health", [{"status": "green"}, [], "ok", None])
async def test_the_key_goes_to_no_other_server(health: object) -> None:
    """One that serves something else at the root, such as metrics of its own, does not get it there."""
    async with running() as root, serving(settings_for(root.url)) as exporter:
        root.health = health
        assert_down(await exporter.get("/metrics"), Reason.NOT_FOUND)
    assert ("/metrics", True) not in root.asked


async def test_a_wrong_key_at_the_root_is_told() -> None:
    """A wrong key at the root is reported as such, not as a missing bridge."""
    async with running() as root, serving(settings_for(root.url, key=KEY[:-1] + "x")) as exporter:
        assert_down(await exporter.get("/metrics"), Reason.UNAUTHORIZED)


def write(folder: Path) -> ClientCertificate:
    """Write an authority and a certificate, and return the certificate."""
    (folder / "ca.pem").write_bytes(AUTHORITY.certificate)
    return ClientCertificate(*CLIENTS.issue("10.0.0.1").write(folder, "client"))


def trusting(url: str, folder: Path, certificate: ClientCertificate | None) -> Settings:
    """Return settings whose target trusts the authority, and has a certificate of its own or none."""
    settings = settings_for(url)
    assert settings.target is not None
    target = replace(settings.target, ca_file=folder / "ca.pem", client_certificate=certificate)
    return replace(settings, target=target)


def asking(mode: ssl.VerifyMode) -> ssl.SSLContext:
    """Return the context of a server that asks for a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue("127.0.0.1").load_into(context)
    context.load_verify_locations(cadata=CLIENTS.certificate.decode())
    context.verify_mode = mode
    return context


async def test_a_client_certificate_is_presented(tmp_path: Path) -> None:
    """The client certificate is presented, if it is set."""
    certificate = await asyncio.to_thread(write, tmp_path)
    for present in (certificate, None):
        async with (
            running(asking(ssl.CERT_OPTIONAL)) as root,
            serving(trusting(root.url, tmp_path, present)) as exporter,
        ):
            assert (await exporter.get("/metrics")).value("drawbridge_up") == 1
            assert ("client_cert_file" in (await exporter.get("/config")).text) is (present is not None)
        assert set(root.peers) == {present is not None}


async def test_a_renewed_client_certificate_is_used(tmp_path: Path) -> None:
    """The next scrape uses a renewed client certificate, or the earlier one during a partial renewal."""
    certificate = await asyncio.to_thread(write, tmp_path)
    serials: list[str] = []
    async with (
        running(asking(ssl.CERT_REQUIRED)) as root,
        serving(trusting(root.url, tmp_path, certificate)) as exporter,
    ):
        for damaged in (False, True, False):
            if damaged:
                await asyncio.to_thread(certificate.cert_file.write_bytes, b"half of a certificate")
            else:
                await asyncio.to_thread(write, tmp_path)
            assert (await exporter.get("/metrics")).value("drawbridge_up") == 1
            serials.append(await asyncio.to_thread(certificate.cert_file.read_text))
    assert len(set(serials)) == 3
    assert all(root.peers)


async def test_what_is_wrong_with_a_client_certificate(tmp_path: Path) -> None:
    """An invalid client certificate is reported at the start, with the variable or the line."""
    certificate = await asyncio.to_thread(write, tmp_path)
    (tmp_path / "key").write_text(KEY)
    usual = {"HA_BASE_URL": "https://127.0.0.1", "BRIDGE_API_KEY_FILE": str(tmp_path / "key")}
    for variables, said in (
        ({"BRIDGE_CLIENT_KEY_FILE": str(certificate.key_file)}, "BRIDGE_CLIENT_KEY_FILE: set, but BRIDGE_CLIENT_CERT_"),
        ({"BRIDGE_CLIENT_CERT_FILE": str(certificate.cert_file)}, "are not a certificate and its private key"),
        ({"BRIDGE_CLIENT_CERT_FILE": "/nowhere.pem"}, "BRIDGE_CLIENT_CERT_FILE: cannot read /nowhere.pem"),
    ):
        ended = await run_exporter("--config.check", **usual, **variables)
        assert ended.status == 2
        assert said in ended.output
    good = {"BRIDGE_CLIENT_CERT_FILE": certificate.cert_file, "BRIDGE_CLIENT_KEY_FILE": certificate.key_file}
    ended = await run_exporter("--config.check", **usual, **{name: str(path) for name, path in good.items()})
    assert ended.status == 0, ended.output


def test_the_targets_file_names_client_certificates(tmp_path: Path) -> None:
    """Client certificates in the targets file are relative to its folder."""
    certificate = write(tmp_path)
    file = targets_file(tmp_path, {"cabin": "https://127.0.0.1"})
    text = file.read_text()
    file.write_text(f"{text}    client_cert_file: client.crt\n    client_key_file: client.key\n")
    assert read_targets(file, Defaults(30.0, None))["cabin"].client_certificate == certificate
    for line, said in (
        ("client_key_file: client.key", "has a client_key_file, but no client_cert_file"),
        ("client_cert_file: client.crt", "are not a certificate and its private key"),
    ):
        file.write_text(f"{text}    {line}\n")
        with pytest.raises(ConfigFileError) as caught:
            read_targets(file, Defaults(30.0, None))
        assert said in str(caught.value.problems)
