"""Durable file operations: a file is complete and synced when the function returns.

This module uses only functions of ``os``. They are also called in the event loop, where Home Assistant reports ``open``
and similar functions as blocking. ``KeyKeeper.observe`` explains why blocking is accepted.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_TEMPORARY: Final = ".tmp"
_READ_BYTES: Final = 1 << 20


def write(path: Path, content: bytes) -> None:
    """Replace the content of a file. After an error, the file usually has its previous content.

    Raises:
        OSError: The file could not be written or synced.

    """
    _make_folder(path.parent)
    temporary = path.with_name(path.name + _TEMPORARY)
    try:
        _write_all(temporary, content)
        os.replace(temporary, path)  # noqa: PTH105 - see the module
        _sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - see the module
        raise


def read(path: Path) -> bytes | None:
    """Return the content of a file, or ``None`` if it does not exist.

    Raises:
        OSError: The file could not be read.

    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        parts = []
        while part := os.read(file, _READ_BYTES):
            parts.append(part)
    finally:
        os.close(file)
    return b"".join(parts)


def sync(path: Path) -> None:
    """Sync a file that another program wrote, and its directory entry.

    Raises:
        OSError: The file could not be synced.

    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file, and files that an interrupted write or damage left next to it.

    Raises:
        OSError: The file could not be removed.

    """
    for name in (path.name, f"{path.name}{_TEMPORARY}", f"{path.name}.damaged"):
        with suppress(FileNotFoundError):
            os.unlink(path.with_name(name))  # noqa: PTH108 - see the module
    with suppress(FileNotFoundError):
        _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    try:
        os.mkdir(folder, _FOLDER_MODE)  # noqa: PTH102 - see the module
    except FileExistsError:
        return
    _sync_folder(folder.parent)


def _write_all(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _MODE)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    """Sync a folder, so that its entries survive a power failure."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
