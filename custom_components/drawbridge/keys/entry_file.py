"""Ensures that Home Assistant has saved Drawbridge's config entry. Without it, no key works after a crash."""

import errno
from contextlib import suppress
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from . import files

_FILE: Final = ".storage/core.config_entries"


async def ensure_saved(hass: HomeAssistant, entry_id: str) -> None:
    """Save the config entries now, unless this one is already on disk.

    Home Assistant saves a new config entry about a second after setup, and has no public function to save it earlier.

    Raises:
        OSError: The config entry is not on disk.

    """
    path = Path(hass.config.path(_FILE))
    if await hass.async_add_executor_job(_is_saved, path, entry_id):
        return
    # A later version of Home Assistant may rename these. Its own save then follows within seconds.
    with suppress(AttributeError):
        await hass.config_entries._store.async_save(hass.config_entries._data_to_save())  # noqa: SLF001
    # Without the file, Home Assistant keeps its config entries elsewhere, as in its tests.
    if await hass.async_add_executor_job(path.exists) and not await hass.async_add_executor_job(
        _is_saved, path, entry_id
    ):
        raise OSError(errno.EIO, "Home Assistant could not save its config entries")


async def is_removed(hass: HomeAssistant, entry_id: str) -> bool:
    """Save the config entries now, and tell whether a removed one is no longer on disk."""
    # See ``ensure_saved``.
    with suppress(AttributeError):
        await hass.config_entries._store.async_save(hass.config_entries._data_to_save())  # noqa: SLF001
    return await hass.async_add_executor_job(_is_gone, Path(hass.config.path(_FILE)), entry_id)


def _is_gone(path: Path, entry_id: str) -> bool:
    try:
        gone = not _holds(path, entry_id)
        if gone and path.exists():
            files.sync(path)
    except OSError:
        return False
    return gone


def _holds(path: Path, entry_id: str) -> bool:
    return f'"{entry_id}"'.encode() in (files.read(path) or b"")


def _is_saved(path: Path, entry_id: str) -> bool:
    try:
        found = _holds(path, entry_id)
        if found:
            files.sync(path)
    except OSError:
        return False
    return found
