"""Certificates that are uploaded in the forms, through Home Assistant's own upload."""

import asyncio
import os
import stat
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.listener import uploaded
from tests.exporter.certificates import Authority, Certificate
from tests.integration.listener.doors import Doors

AUTHORITY, CLIENTS = Authority(), Authority("Clients")
SERVER = AUTHORITY.issue("127.0.0.1")

type Upload = Callable[[bytes], Awaitable[str]]


@pytest.fixture
async def house(
    house: HomeAssistant, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> HomeAssistant:
    """Set up the component for uploads, before the server starts."""
    # Home Assistant removes this folder when it stops. Another one on this machine has the same.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if "without" not in request.node.name:
        assert await async_setup_component(house, "file_upload", {})
    return house


@pytest.fixture
async def upload(hass_client: Callable[[], Awaitable[TestClient[Any, Any]]]) -> Upload:
    """Upload a file as the frontend does, and return its id."""
    client = await hass_client()

    async def send(content: bytes) -> str:
        form = FormData()
        form.add_field("file", content, filename="secret name.pem")
        answer = await client.post("/api/file_upload", data=form)
        assert answer.status == 200
        return str((await answer.json())["file_id"])

    return send


async def begin(doors: Doors, **options: Any) -> Any:
    """Submit the options with the wish to upload. Returns the form for the files."""
    form = await doors.open(listener_upload=True, **options)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "upload")
    return form


async def submit(doors: Doors, form: Any, **files: str) -> Any:
    """Submit uploaded files."""
    result = await doors.hass.config_entries.options.async_configure(form["flow_id"], files)
    await doors.hass.async_block_till_done(wait_background_tasks=False)
    return result


async def opened(doors: Doors, upload: Upload, certificate: Certificate, **more: str) -> Any:
    """Upload a certificate with its key. Returns the result of the flow."""
    files = {
        "listener_certificate": await upload(certificate.certificate),
        "listener_key": await upload(certificate.private_key),
    }
    return await submit(doors, await begin(doors), **files, **more)


def folder(doors: Doors) -> Path:
    """Return where uploaded files are stored."""
    return Path(doors.hass.config.path(".storage/drawbridge.listener"))


async def test_upload(doors: Doors, upload: Upload) -> None:
    """The listener uses them; the files are for their owner alone, and the entry has their paths and no more."""
    result = await opened(doors, upload, SERVER, listener_client_ca=await upload(CLIENTS.certificate))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    doors.tls = AUTHORITY.trusting(CLIENTS.issue("10.0.0.1"))
    assert (await doors.get("/health")).status == 200
    stored = sorted(folder(doors).iterdir())
    assert len(stored) == 3
    assert {stat.S_IMODE(item.stat().st_mode) for item in stored} == {0o600}
    assert stat.S_IMODE(folder(doors).stat().st_mode) == 0o700
    assert {item.read_bytes() for item in stored} == {SERVER.certificate, SERVER.private_key, CLIENTS.certificate}
    kept = str(dict(doors.bridge.entry.options))
    assert "BEGIN" not in kept
    assert "listener_upload" not in kept
    assert doors.bridge.entry.options["listener_key"].startswith(".storage/drawbridge.listener/key-")


REFUSED: tuple[tuple[tuple[bytes, bytes, bytes], dict[str, str]], ...] = (
    ((b"nonsense", SERVER.private_key, b""), {"listener_certificate": "listener_certificate_invalid"}),
    ((SERVER.certificate, b"nonsense", b""), {"listener_key": "listener_key_invalid"}),
    ((SERVER.certificate, b"", b""), {"listener_key": "listener_key_required"}),
    ((b"", SERVER.private_key, b""), {"listener_certificate": "listener_certificate_required"}),
    (
        (AUTHORITY.issue("127.0.0.1").certificate, SERVER.private_key, b""),
        {"listener_key": "listener_key_of_other_certificate"},
    ),
    ((SERVER.certificate, SERVER.private_key, b"no"), {"listener_client_ca": "listener_authority_invalid"}),
    ((b"x" * 1_048_577, SERVER.private_key, b""), {"listener_certificate": "upload_too_large"}),
    ((b"", b"", b""), {"base": "upload_nothing"}),
)
"""The contents of the three fields, where an empty one is not uploaded, and the errors by the field."""


@pytest.mark.parametrize(("contents", "errors"), REFUSED)
@pytest.mark.parametrize("enabled", ["on", "off"])
async def test_what_is_refused(
    doors: Doors, upload: Upload, contents: tuple[bytes, bytes, bytes], errors: dict[str, str], enabled: str
) -> None:
    """Invalid files are refused at their field, and are not kept."""
    names = ("listener_certificate", "listener_key", "listener_client_ca")
    files = {name: await upload(content) for name, content in zip(names, contents, strict=True) if content}
    result = await submit(doors, await begin(doors, listener_enabled=enabled == "on"), **files)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert not folder(doors).exists() or not list(folder(doors).iterdir())
    assert (await doors.get("/health")).status == 200
    # The same form takes the right files.
    files = {
        "listener_certificate": await upload(SERVER.certificate),
        "listener_key": await upload(SERVER.private_key),
    }
    assert (await submit(doors, result, **files))["type"] is FlowResultType.CREATE_ENTRY


async def test_an_upload_that_is_gone(doors: Doors, upload: Upload) -> None:
    """It is told by the field. Whatever is no id of an upload does not reach a path."""
    await upload(b"another")
    form = await begin(doors)
    gone = await submit(doors, form, listener_certificate=uuid4().hex, listener_key=uuid4().hex)
    assert gone["errors"] == {"listener_certificate": "upload_missing", "listener_key": "upload_missing"}
    with pytest.raises(InvalidData):
        await submit(doors, gone, listener_certificate="../../secrets.yaml")


async def test_renewal_by_upload(doors: Doors, upload: Upload) -> None:
    """The next handshake has the new certificate; what is left empty stays, and old files go."""
    await opened(doors, upload, SERVER)
    first = set(folder(doors).iterdir())
    ages = time.time() - 3660
    for item in first:
        os.utime(item, (ages, ages))
    renewed = AUTHORITY.issue("127.0.0.1")
    options = doors.bridge.entry.options
    form = await begin(doors, **{name: options[name] for name in ("listener_certificate", "listener_key")})
    result = await submit(doors, form, listener_client_ca=await upload(CLIENTS.certificate))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert first < set(folder(doors).iterdir())
    await opened(doors, upload, renewed)
    doors.tls = AUTHORITY.trusting()
    _, writer = await asyncio.open_connection("127.0.0.1", doors.port, ssl=doors.tls)
    served = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    assert served == x509.load_pem_x509_certificate(renewed.certificate).public_bytes(serialization.Encoding.DER)
    assert not first & set(folder(doors).iterdir())


async def test_a_file_that_was_just_uploaded_is_not_tidied_away(doors: Doors, upload: Upload) -> None:
    """It may belong to a form that somebody else has not submitted yet."""
    await opened(doors, upload, SERVER)
    uploaded.store(doors.hass.config.config_dir, {"listener_key": b"waiting"})
    await opened(doors, upload, AUTHORITY.issue("127.0.0.1"))
    assert any(item.read_bytes() == b"waiting" for item in folder(doors).iterdir())


async def test_a_certificate_that_ends_soon(doors: Doors, upload: Upload) -> None:
    """The warning comes after the upload, too."""
    result = await opened(doors, upload, AUTHORITY.issue("127.0.0.1", timedelta(days=3, hours=1)))
    assert result["step_id"] == "certificate_ends_soon"
    result = await submit(doors, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    doors.tls = AUTHORITY.trusting()
    assert (await doors.get("/health")).status == 200


async def test_removing_the_integration_removes_the_files(doors: Doors, upload: Upload) -> None:
    """Removing the integration removes the uploaded files with their private keys."""
    await opened(doors, upload, SERVER)
    assert folder(doors).exists()
    await doors.hass.config_entries.async_remove(doors.bridge.entry.entry_id)
    assert not folder(doors).exists()


async def test_without_the_component(doors: Doors) -> None:
    """There are no fields for uploads where the frontend cannot upload."""
    flow = await doors.hass.config_entries.options.async_init(doors.bridge.entry.entry_id)
    schema = flow["data_schema"]
    assert schema is not None
    fields = {str(name) for name in schema.schema["listener"].schema.schema}
    assert "listener_key" in fields
    assert "listener_upload" not in fields


# The certificate of a key


PEM = CLIENTS.issue("10.0.0.1").certificate
PARSED = x509.load_pem_x509_certificate(PEM)
DER = PARSED.public_bytes(serialization.Encoding.DER)
THUMBPRINT = PARSED.fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize("content", [PEM, DER, PEM + CLIENTS.certificate])
async def test_the_certificate_of_a_key(doors: Doors, upload: Upload, content: bytes) -> None:
    """In PEM or DER format; it replaces what the text field has."""
    await doors.bridge.add_key("Tablet", everything=True)
    limits = {"local_only": False, "certificate": "aa" * 32, "certificate_file": await upload(content)}
    await doors.bridge.edit_key("Tablet", "limits", limits)
    listed = await doors.bridge.act("list_keys")
    assert [item["certificate"] for item in listed["keys"]] == [THUMBPRINT]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"nonsense", "invalid_certificate"),
        (SERVER.private_key, "invalid_certificate"),
        (b"x" * 1_048_577, "upload_too_large"),
        (b"", "upload_missing"),
    ],
)
async def test_what_is_no_certificate(doors: Doors, upload: Upload, content: bytes, code: str) -> None:
    """The form says so, and the key stays as it is."""
    await doors.bridge.add_key("Tablet", everything=True)
    file_id = await upload(content) if content else uuid4().hex
    limits = {"local_only": False, "certificate_file": file_id}
    flow = await doors.bridge.edit_key("Tablet", "limits", limits)
    assert flow["errors"] == {"where": code}
    listed = await doors.bridge.act("list_keys")
    assert [item["certificate"] for item in listed["keys"]] == [None]
