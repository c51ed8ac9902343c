"""Preflight's items about backups: what a restore would give back, a restored bridge, and the exporter's files."""

import asyncio
import json
import os
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from drawbridge_exporter.config.values import parse_bridge_url
from drawbridge_exporter.preflight import backups
from drawbridge_exporter.preflight.model import Status

from .checking import statuses, verdicts
from .documents import snapshot
from .test_preflight import archive
from .whole_bridge import WholeBridge, running_whole_bridge

DAY = 86_400
FIRST, SECOND = (key["id"] for key in snapshot()["keys"])


def backup(path: Path, keys: dict[str, bool] | None, **data: Any) -> Path:
    """Write a backup with a key document: whether each key is enabled, by id. The data is that of the first key."""
    now = time.time()
    narrow: dict[str, Any] = {
        "created": now - 10 * DAY,
        "last_rotated": now,
        "expires": now + DAY,
        "networks": ["10.0.0.0/8"],
        "capabilities": ["read"],
        "scope": {"everything": False},
    }
    files = {"data/.storage/core.config_entries": b"{}"}
    if keys is not None:
        stored: dict[str, dict[str, Any]] = {
            key_id: {"title": f"Key {key_id[-1]}", "data": narrow | {"enabled": on}} for key_id, on in keys.items()
        }
        stored[FIRST]["data"] |= data
        files["data/.storage/drawbridge.keys"] = json.dumps({"format": 1, "keys": stored}).encode()
    path.write_bytes(archive({"./backup.json": b"{}", "./homeassistant.tar.gz": archive(files, "gz")}, ""))
    return path


@pytest.mark.parametrize(
    ("keys", "status", "said"),
    [
        ({FIRST: True, SECOND: True}, Status.PASSED, "has the 2 keys of the bridge"),
        ({FIRST: True, SECOND: True, "GONE": True}, Status.FAILED, "Key E"),
        ({FIRST: True, SECOND: True, "GONE": False}, Status.PASSED, "none that was removed"),
        ({FIRST: True}, Status.FAILED, "1 keys of the bridge are not in"),
        (None, Status.FAILED, "has no .storage/drawbridge.keys"),
    ],
)
async def test_a_backup_is_compared_with_the_bridge(
    tmp_path: Path, keys: dict[str, bool] | None, status: Status, said: str
) -> None:
    """A key that was removed since must not come back unnoticed."""
    path = backup(tmp_path / "backup.tar", keys)
    async with running_whole_bridge() as bridge:
        found = (await verdicts(backups.CHECKS, bridge.url, backup=path))["backup-keys"]
    assert found.status is status
    assert said in found.evidence


async def test_a_key_that_was_disabled_since_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The backup would enable it again."""
    document = WholeBridge.document

    def disabled(bridge: WholeBridge) -> dict[str, Any]:
        found = document(bridge)
        found["keys"][1]["enabled"] = False
        return found

    monkeypatch.setattr(WholeBridge, "document", disabled)
    path = backup(tmp_path / "backup.tar", {FIRST: True, SECOND: True})
    async with running_whole_bridge() as bridge:
        found = await verdicts(backups.CHECKS, bridge.url, backup=path)
    assert found["backup-keys"].status is Status.FAILED
    assert "(disabled)" in found["backup-keys"].evidence


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"last_rotated": None}, "its secret was replaced"),
        ({"last_rotated": None, "enabled": False}, ""),
        ({"last_rotated": None, "expires": 1.0}, ""),
        ({"capabilities": ["control", "read"]}, "it had control"),
        ({"networks": []}, "it was valid in all networks"),
        ({"networks": [], "local_only": True}, ""),
        ({"scope": {"everything": True}}, "it saw everything"),
        ({"expires": None}, "it expired later"),
    ],
    ids=str,
)
async def test_a_key_that_was_rotated_or_narrowed_since_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: dict[str, Any], said: str
) -> None:
    """The backup would make the old secret valid again, or give back what was withdrawn."""
    document = WholeBridge.document

    def ending(bridge: WholeBridge) -> dict[str, Any]:
        found = document(bridge)
        found["keys"][0]["expires"] = time.time() + 2 * DAY
        return found

    monkeypatch.setattr(WholeBridge, "document", ending)
    path = backup(tmp_path / "backup.tar", {FIRST: True, SECOND: True}, **stored)
    async with running_whole_bridge() as bridge:
        found = (await verdicts(backups.CHECKS, bridge.url, backup=path))["backup-keys"]
    assert found.status is (Status.FAILED if said else Status.PASSED)
    assert f"withdrawn access of 1 keys: Key {FIRST[-1]} ({said})." in found.evidence if said else True


async def test_a_restored_bridge_has_the_same_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same secret works there; one that lacks a key, or does not answer, is found."""
    async with running_whole_bridge() as bridge, running_whole_bridge() as other:
        good = await verdicts(backups.CHECKS, bridge.url, restored=bridge_url(other.url))
        down = await verdicts(backups.CHECKS, bridge.url, restored=bridge_url("http://127.0.0.1:1"))
        whole = other.document
        monkeypatch.setattr(other, "document", lambda: whole() | {"keys": whole()["keys"][:1]})
        less = await verdicts(backups.CHECKS, bridge.url, restored=bridge_url(other.url))
    assert [found["restore"].status for found in (good, down, less)] == [Status.PASSED, Status.FAILED, Status.FAILED]
    assert "lacks 1 keys" in less["restore"].evidence


def bridge_url(url: str) -> Any:
    """Return the URL of a bridge below the URL of its Home Assistant."""
    return parse_bridge_url(url)


async def test_the_files_of_the_exporter_are_in_their_backup(tmp_path: Path) -> None:
    """As they are now."""
    folder, kept = tmp_path / "exporter", tmp_path / "kept.tar.gz"
    await asyncio.to_thread(folder.mkdir)
    (folder / "targets.yml").write_text("targets: {}")
    (folder / "server.key").write_bytes(os.urandom(32))
    with tarfile.open(kept, "w:gz") as tar:
        tar.add(folder, arcname="etc")
    good = await verdicts(backups.CHECKS[-1:], files=folder, files_backup=kept)
    (folder / "server.key").write_bytes(os.urandom(32))
    renewed = await verdicts(backups.CHECKS[-1:], files=folder, files_backup=kept)
    assert statuses(good) == {"backup-files": Status.PASSED}
    assert statuses(renewed) == {"backup-files": Status.FAILED}
    assert "server.key" in renewed["backup-files"].evidence


async def test_without_files_a_person_is_asked() -> None:
    """Nothing passes that was not looked at."""
    assert set(statuses(await verdicts(backups.CHECKS)).values()) == {Status.PERSON}
