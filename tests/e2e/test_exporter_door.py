"""The exporter and preflight through the listener: real processes, the demo's authority, and a bound key."""

import asyncio
import hashlib
import json
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.certificates import Authority
from sandbox.drawbridge import CREATE_KEY, DOMAIN, change_options
from sandbox.exporter import COMMAND, ENVIRONMENT, Exporter
from sandbox.files import write_private
from sandbox.stack import Stack, household
from tests.exporter.whole_bridge import LISTENER_ITEMS

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS = Authority("Clients")
MINE, OTHER = CLIENTS.issue("10.0.0.1"), CLIENTS.issue("10.0.0.2")
ITEMS = {"listener", *LISTENER_ITEMS}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Bring up a household whose listener asks for client certificates, for all tests of this module."""
    folder = tmp_path_factory.mktemp("exporter-door")
    async with household(folder) as running:
        client = running.home_assistant.client
        (entry,) = await client.get(f"/api/config/config_entries/entry?domain={DOMAIN}")
        authority = folder / "clients.pem"
        await asyncio.to_thread(authority.write_bytes, CLIENTS.certificate)
        await change_options(client, entry["entry_id"], listener={"listener_client_ca": str(authority)})
        await running.listener.wait_until_open()
        for name, certificate in (("mine", MINE), ("other", OTHER)):
            await asyncio.to_thread(certificate.write, folder, name)
        yield running


async def new_key(stack: Stack, name: str, **limits: str) -> str:
    """Create a key for metrics, and return its secret."""
    data = {"name": name, "capabilities": ["metrics", "read"], "areas": ["living_room"], **limits}
    answer = await stack.home_assistant.client.post(CREATE_KEY, data)
    secret: str = answer["service_response"]["secret"]
    return secret


async def bound_key(stack: Stack, name: str) -> str:
    """Create a key that is bound to the certificate."""
    der = ssl.PEM_cert_to_DER_cert(MINE.certificate.decode())
    return await new_key(stack, name, certificate=hashlib.sha256(der).hexdigest())


@asynccontextmanager
async def exporter(stack: Stack, folder: Path, key: str, certificate: str | None = None) -> AsyncIterator[Exporter]:
    """Run an exporter that reads through the listener until the block ends."""
    environment = {"BRIDGE_CA_FILE": str(stack.listener.authority_file)}
    if certificate is not None:
        files = stack.listener.folder.parent
        environment["BRIDGE_CLIENT_CERT_FILE"] = str(files / f"{certificate}.crt")
        environment["BRIDGE_CLIENT_KEY_FILE"] = str(files / f"{certificate}.key")
    found = Exporter(folder / "door", stack.listener.url, environment=environment)
    await found.start(key)
    try:
        yield found
    finally:
        await found.process.stop()


async def value(exporter: Exporter, name: str) -> float | None:
    """Return the value of a metric."""
    for line in (await exporter.metrics()).splitlines():
        if line.startswith(f"{name} "):
            return float(line.rpartition(" ")[2])
    return None


async def test_the_exporter_reads_through_the_listener(stack: Stack, tmp_path: Path) -> None:
    """Over TLS with the demo's authority; it tells when the listener's certificate expires, and counts by door."""
    async with exporter(stack, tmp_path, await new_key(stack, "Exporter")) as found:
        assert await value(found, "drawbridge_up") == 1
        assert await value(found, "drawbridge_up") == 1
        expiry = await value(found, "drawbridge_tls_certificate_expiry_timestamp_seconds")
        assert expiry is not None
        assert expiry == await value(found, "drawbridge_listener_certificate_expiry_timestamp_seconds")
        assert (await value(found, 'drawbridge_door_requests_total{door="listener"}') or 0) >= 2
        assert await value(found, "drawbridge_listener_up") == 1


async def test_a_bound_key(stack: Stack, tmp_path: Path) -> None:
    """It reads with its certificate; with another or none, the bridge refuses the key."""
    key = await bound_key(stack, "Bound exporter")
    for certificate, up in (("mine", 1), ("other", 0), (None, 0)):
        folder = tmp_path / str(certificate)
        folder.mkdir()
        async with exporter(stack, folder, key, certificate) as found:
            assert await value(found, "drawbridge_up") == up, certificate
            refused = await value(found, 'drawbridge_scrape_error{reason="unauthorized"}')
            assert refused == 1 - up


async def preflight(stack: Stack, url: str, key_file: Path, *arguments: str) -> dict[str, tuple[str, str]]:
    """Return the status and the evidence of each item."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "preflight", f"--url={url}", f"--key-file={key_file}", "--stable-seconds=0.2", "--json", "--quiet",
        "--profile=household", f"--ca-file={stack.listener.authority_file}", *arguments,
        env=os.environ | ENVIRONMENT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate()
    return {item["item"]: (item["status"], item["evidence"]) for item in json.loads(output)["items"]}


async def test_preflight_of_both_doors(stack: Stack, tmp_path: Path) -> None:
    """The listener is checked beside Home Assistant's own port, and alone, with a key that is bound."""
    files, key_file = stack.listener.folder.parent, tmp_path / "preflight.key"
    write_private(key_file, await new_key(stack, "Preflight"))
    found = await preflight(stack, stack.home_assistant.url, key_file)
    assert {item: found[item] for item in ITEMS if found[item][0] != "pass"} == {}
    assert found["listener-client-cert"][1] == "The listener asks clients for a certificate, as set."
    write_private(key_file, await bound_key(stack, "Bound preflight"))
    certificate = (f"--client-cert-file={files / 'mine.crt'}", f"--client-key-file={files / 'mine.key'}")
    found = await preflight(stack, stack.listener.url, key_file, *certificate)
    assert {"reach", "tls-version", "tls-certificate", "tls-ciphers", "headers", *ITEMS} <= {
        item for item, (status, _) in found.items() if status == "pass"
    }, found
    found = await preflight(stack, stack.listener.url, key_file)
    assert found["reach"][0] == "fail"
