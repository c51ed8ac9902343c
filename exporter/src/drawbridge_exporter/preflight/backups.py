"""Checks of backups: their content, the access that a restore gives back, a restored bridge, the exporter's files."""

import asyncio
import hashlib
import math
import tarfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aiohttp

from ..bridge.keys import KeyUsage
from .backup_file import is_encrypted, read_stored
from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Operation"
_ENTRIES: Final = ".storage/core.config_entries"
_DOCUMENT: Final = ".storage/drawbridge.keys"
_SHOWN: Final = 5
_SAME_SECONDS: Final = 1.0
"""Times that differ by less are the same, with rounding."""


async def backup(context: Context) -> Verdict:
    """Check that a backup contains the API keys."""
    path = context.plan.backup
    if path is None:
        return needs_person(
            "No backup was checked because no file was given.",
            "Run again with --backup FILE, a Home Assistant backup without a password.",
        )
    wanted = len((await context.snapshot()).keys)
    if is_encrypted(path):
        return needs_person(
            f"{path} is encrypted, so its content was not checked.",
            "Restore it on another machine, and check that a key works there.",
        )
    try:
        found = await asyncio.to_thread(_count_keys, path)
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        return needs_person(
            f"{path} cannot be read: {error}.",
            "If the backup is encrypted, test it: restore it on another machine.",
        )
    if found < wanted:
        return failed(
            f"{path} contains {found} API keys, but the bridge has {wanted}.",
            "Create a new backup that includes Home Assistant's settings.",
        )
    return passed(f"{path} contains {found} API keys; the bridge has {wanted}.")


async def backup_encryption(context: Context) -> Verdict:
    """Check that the backup is encrypted."""
    path = context.plan.backup
    if path is None:
        return needs_person(
            "No backup was checked because no file was given.",
            "Run again with --backup FILE, and check that a password-protected copy is stored off-site.",
        )
    if is_encrypted(path):
        return passed(f"{path} is encrypted.")
    return needs_person(
        f"{path} is not encrypted.", "Check that it does not leave the machine, or set a password for backups."
    )


def _count_keys(path: Path) -> int:
    """Return the number of API keys in a backup.

    The config entries lack keys that Home Assistant had not saved yet; Drawbridge restores these from its own document.
    """
    document = _key_document(path)
    return sum(1 for _ in _backed_up_keys(path)) if document is None else len(document)


def _backed_up_keys(path: Path) -> Iterator[str]:
    """Yield the titles of the API keys in a backup."""
    for stored in read_stored(path, _ENTRIES):
        for entry in stored["data"]["entries"]:
            if entry["domain"] == "drawbridge":
                yield from (sub["title"] for sub in entry.get("subentries", ()) if sub["subentry_type"] == "api_key")


async def withdrawn(context: Context) -> Verdict:
    """Open a backup, and compare its keys with the bridge: a restore must not give back access that was withdrawn."""
    path = context.plan.backup
    if path is None:
        return needs_person("No backup was checked because no file was given.", "Run again with --backup FILE.")
    live = {key.key_id: key for key in await context.keys()}
    try:
        stored = await asyncio.to_thread(_key_document, path)
        return _compared(path, stored, live)
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return needs_person(f"{path} cannot be opened: {error}.", "Restore it on another machine, and check its keys.")


def _compared(path: Path, stored: Mapping[str, Any] | None, live: Mapping[str, KeyUsage]) -> Verdict:
    """Compare the stored keys of a backup with those of the bridge."""
    if stored is None:
        return failed(
            f"{path} has no {_DOCUMENT}.", "Make a backup with Home Assistant's settings while Drawbridge is set up."
        )
    given_back = {key_id: _gives_back(key["data"], live.get(key_id)) for key_id, key in stored.items()}
    again = [f"{stored[key_id]['title']} ({change})" for key_id, change in given_back.items() if change]
    missing = [key.name for key_id, key in live.items() if key_id not in stored]
    if missing:
        return failed(
            f"{len(missing)} keys of the bridge are not in {path}: {', '.join(missing[:_SHOWN])}.", "Make a new backup."
        )
    if again:
        return failed(
            f"{path} would give back withdrawn access of {len(again)} keys: {', '.join(again[:_SHOWN])}.",
            "Make a new backup, and delete this one. After a restore of this one, disable these keys, or replace their"
            " secrets.",
        )
    return passed(
        f"{path} has the {len(stored)} keys of the bridge, and none that was removed, disabled, rotated or narrowed"
        " since."
    )


def _gives_back(stored: Mapping[str, Any], live: KeyUsage | None) -> str:
    """Return what was withdrawn from a key of a backup since, or an empty string.

    The entities and the services of a key are not compared: the bridge does not report them.
    """
    if stored.get("enabled") is False or (stored.get("expires") or math.inf) <= time.time():
        return ""
    if live is None:
        return "removed"
    if live.enabled is False:
        return "disabled"
    replaced = live.rotated or live.created or 0.0
    if replaced > (stored.get("last_rotated") or stored.get("created") or 0.0) + _SAME_SECONDS:
        return "its secret was replaced"
    return _widened(stored, live)


def _widened(stored: Mapping[str, Any], live: KeyUsage) -> str:
    more = set(stored.get("capabilities", ())) - (live.capabilities or set())
    if live.capabilities is not None and more:
        return f"it had {', '.join(sorted(more))}"
    if live.networks_limited and not stored.get("networks") and not stored.get("local_only"):
        return "it was valid in all networks"
    if live.everything is False and stored.get("scope", {}).get("everything"):
        return "it saw everything"
    if live.expires is not None and (stored.get("expires") or math.inf) > live.expires + _SAME_SECONDS:
        return "it expired later"
    return ""


def _key_document(path: Path) -> Mapping[str, Any] | None:
    """Return the keys in the key document of a backup, by ID, or None if there is no document."""
    return next((stored["keys"] for stored in read_stored(path, _DOCUMENT)), None)


async def restored(context: Context) -> Verdict:
    """Check a bridge that was restored from a backup: the same key works there, and it has the same keys."""
    url = context.plan.sources.restored
    if url is None:
        return needs_person(
            "No restored bridge was given.",
            "Restore a backup on another machine, and run again with --restored-url URL. Or: check that a key works"
            " there.",
        )
    other = Context(replace(context.plan, url=url), context.session)
    try:
        there = await other.snapshot()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return failed(
            f"The restored bridge at {url} does not accept the key: {str(error) or type(error).__name__}.",
            "Check the backup, and the repairs in Home Assistant on that machine.",
        )
    here, found = {key.key_id for key in await context.keys()}, {key.key_id for key in there.keys}
    if here != found:
        return failed(
            f"The restored bridge lacks {len(here - found)} keys, and has {len(found - here)} that were removed.",
            "Make a new backup.",
        )
    enabled = sum(key.enabled is not False for key in there.keys)
    return passed(
        f"The restored bridge, with Drawbridge {there.bridge_version}, accepts the key and has the same {len(found)}"
        f" keys; {enabled} are enabled."
    )


async def own_files(context: Context) -> Verdict:
    """Compare the exporter's files and certificates with an archive of them."""
    folder, archive = context.plan.sources.files, context.plan.sources.files_backup
    if folder is None or archive is None:
        return needs_person(
            "The backup of the exporter's files was not given.",
            "Run again with --files FOLDER and --files-backup ARCHIVE, a tar file. Or: check that the backup has the"
            " targets file, the web config file and the certificates with their keys.",
        )
    here, kept = await asyncio.to_thread(lambda: (dict(_digests(folder)), dict(_archived(archive))))
    if not here:
        return failed(f"{folder} has no files.", "Name the folder with the targets file and the certificates.")
    differ = sorted(name for name, digest in here.items() if digest not in kept.values())
    if differ:
        return failed(f"{archive} lacks the current {', '.join(differ[:_SHOWN])}.", "Make a new backup of the folder.")
    return passed(f"{archive} has all {len(here)} files of {folder} as they are now.")


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                yield str(path.relative_to(folder)), hashlib.file_digest(file, "sha256").hexdigest()


def _archived(archive: Path) -> Iterator[tuple[str, str]]:
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and (file := tar.extractfile(member)) is not None:
                    yield member.name, hashlib.sha256(file.read()).hexdigest()
    except (tarfile.TarError, OSError) as error:
        message = f"{archive} cannot be read: {error}"
        raise ValueError(message) from error


CHECKS: Final = (
    Check(_SECTION, "backup", "A backup contains the API keys", backup, flag="--backup"),
    Check(
        _SECTION, "backup-encryption", "Backups are encrypted", backup_encryption, needs_bridge=False, flag="--backup"
    ),
    Check(_SECTION, "backup-keys", "A restore gives no withdrawn access", withdrawn, flag="--backup"),
    Check(_SECTION, "restore", "A restored bridge works", restored, flag="--restored-url"),
    Check(
        _SECTION,
        "backup-files",
        "The exporter's files and the certificates are backed up",
        own_files,
        needs_bridge=False,
        flag="--files --files-backup",
    ),
)
