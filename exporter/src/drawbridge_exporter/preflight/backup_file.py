"""Reads Home Assistant's backups: a tar file with a description, and an archive for each part of the backup."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_MAX_BYTES: Final = 64 * 1024 * 1024


def read_description(path: Path) -> dict[str, Any] | None:
    """Return the description of a backup; None if it has none.

    Raises:
        tarfile.TarError: The file is not a tar file, or is damaged.
        OSError: The file cannot be read.
        ValueError: The description is not a JSON object.

    """
    with tarfile.open(path) as outer:
        for member in outer:
            if member.name.removeprefix("./") == "backup.json" and (file := outer.extractfile(member)) is not None:
                description = json.loads(file.read(_MAX_BYTES))
                if not isinstance(description, dict):
                    raise ValueError("backup.json is not a JSON object")
                return description
    return None


def is_encrypted(path: Path) -> bool:
    """Return whether the description of a backup says that it is protected by a password."""
    try:
        description = read_description(path)
    except (tarfile.TarError, OSError, ValueError):
        return False
    return description is not None and bool(description.get("protected"))


def read_stored(path: Path, name: str) -> Iterator[Any]:
    """Yield the content of each JSON file in a backup of Home Assistant's settings whose path ends with ``name``.

    Raises:
        tarfile.TarError: The file is not a tar file, is encrypted, or is damaged.
        OSError: The file cannot be read.
        ValueError: The content is not JSON.

    """
    with tarfile.open(path) as outer:
        for member in outer:
            if member.name.removeprefix("./").startswith("homeassistant.tar"):
                archive = outer.extractfile(member)
                if archive is None:
                    continue
                with tarfile.open(fileobj=archive, mode="r|*") as inner:
                    for stored in inner:
                        if stored.name.endswith(name) and (file := inner.extractfile(stored)) is not None:
                            yield json.loads(file.read(_MAX_BYTES))
