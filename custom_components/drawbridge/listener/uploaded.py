"""Keeps certificates and keys that were uploaded, in files that only Home Assistant may read.

Each upload gets files of its own, so that those in use stay as they are until the options name the new ones. All
functions here block.
"""

import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..keys import files
from ..log import get_logger

_LOGGER = get_logger(__name__)

_FOLDER: Final = Path(".storage") / "drawbridge.listener"
_MIN_AGE_SECONDS: Final = 3600.0
"""Younger files may belong to a form that was not submitted yet."""


def store(config_dir: str, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Write uploaded files. Returns the path of each, relative to the configuration folder, by its option.

    Raises:
        OSError: A file could not be written or synced.

    """
    stored: dict[str, str] = {}
    for option, content in contents.items():
        path = _FOLDER / f"{option.removeprefix('listener_')}-{secrets.token_hex(8)}.pem"
        files.write(Path(config_dir) / path, content)
        stored[option] = str(path)
    return stored


def discard(config_dir: str, paths: Iterable[str]) -> None:
    """Remove files that were stored and cannot be used."""
    for path in paths:
        with suppress(OSError):
            files.remove(Path(config_dir) / path)


def tidy(config_dir: str, used: Iterable[str]) -> None:
    """Remove stored files that the options do not name any longer."""
    kept = {Path(config_dir) / path for path in used}
    try:
        for item in sorted((Path(config_dir) / _FOLDER).iterdir()):
            if item not in kept and time.time() - item.stat().st_mtime > _MIN_AGE_SECONDS:
                files.remove(item)
    except FileNotFoundError:
        return
    except OSError as err:
        _LOGGER.warning("A certificate that is no longer used could not be removed: %s", err.strerror)


def remove_all(config_dir: str) -> None:
    """Remove all stored files."""
    folder = Path(config_dir) / _FOLDER
    with suppress(FileNotFoundError):
        for item in sorted(folder.iterdir()):
            item.unlink(missing_ok=True)
        folder.rmdir()
