"""Keeps the key store and Home Assistant's config entry consistent.

A change is written and synced, then applied to the config entry and the key ring, then acknowledged. Home Assistant
saves the config entry later. Changes that a crash loses are restored from the store at the next start.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError

from ..const import DOMAIN, SUBENTRY_TYPE_API_KEY
from ..log import get_logger
from . import document_changes, entry_file
from .document import Change, Content, Document, Review
from .document_changes import KeyGoneError
from .model import ApiKey
from .store import MARKER_FILE, KeyStore
from .subentries import KeySubentries

_LOGGER = get_logger(__name__)
type Guard = Callable[[ApiKey | None, ApiKey], Awaitable[None]]
"""Called with a key before and after a change, or with ``None`` and a new key. Raises to refuse the change."""


class KeyNotSavedError(HomeAssistantError):
    """A change of a key could not be saved and was not made."""

    def __init__(self, err: OSError) -> None:
        """Create the error from its cause."""
        reason = _reason(err)
        super().__init__(
            translation_domain=DOMAIN, translation_key="not_saved", translation_placeholders={"reason": reason}
        )
        self.reason = reason


class KeyKeeper:
    """Makes all changes of keys durable."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], guard: Guard) -> None:
        """Keep the keys of a config entry. ``guard`` may refuse a change."""
        self._hass = hass
        self._entry = entry
        self._store = KeyStore(Path(hass.config.config_dir))
        self._subentries = KeySubentries(hass, entry)
        self._owed: dict[str, Change] = {}
        self._in_flight = 0
        self._guard = guard
        self._changing = asyncio.Lock()
        """Held while a change is checked and made, so that it is made to the key that was checked."""
        self._entry_is_saved = False
        self._marker_reported = False
        self.not_saved: str | None = None
        """Why applied changes could not be saved; ``None`` if everything is saved."""

    @property
    def review(self) -> Review | None:
        """The pending review of keys, if any."""
        return self._store.document.review

    @property
    def marker_error(self) -> str | None:
        """Why the marker could not be written; ``None`` if it is up to date."""
        err = self._store.marker_error
        return None if err is None else _reason(err)

    def changed(self, key_id: str) -> float | None:
        """Return the Unix time at which a key last changed."""
        record = self._store.document.records.get(key_id)
        return None if record is None else record.changed

    async def load(self) -> None:
        """Reconcile the config entry with the store.

        Raises:
            ConfigEntryNotReady: The store could not be read. No key works.

        """
        state = self._subentries.state()
        try:
            document = await self._hass.async_add_executor_job(self._store.load, state, time.time())
        except OSError as err:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="store_unreadable",
                translation_placeholders={"reason": _reason(err)},
            ) from err
        for key_id in {*state.keys, *document.records}:
            self._put_in_force(key_id)
        try:
            await self._hass.async_add_executor_job(self._store.save)
        except OSError as err:
            self._failed(err)
        self._acknowledge()
        # A failure here is retried, and reported, with the first change of a key.
        with suppress(OSError):
            await self._save_entry()

    async def create(self, key: ApiKey) -> None:
        """Add a key under its own ID.

        Raises:
            KeyNotSavedError: The key could not be saved and was not added.
            HomeAssistantError: The guard refused the key.

        """
        await self._commit([document_changes.put(key)], [key.id], lambda: self._guard(None, key))

    async def change(self, changes: Mapping[str, Callable[[ApiKey], ApiKey]], *, reviewed: bool = False) -> None:
        """Change keys, based on their stored values.

        Args:
            changes: For each key ID, a function that returns the changed key.
            reviewed: Whether this completes the review of the keys.

        Raises:
            KeyNotSavedError: The changes could not be saved, and none was made.
            KeyGoneError: A key no longer exists.
            HomeAssistantError: The guard refused a change, and none was made.

        """
        made = [partial(document_changes.alter, key_id, change) for key_id, change in changes.items()]
        done: list[Change] = [lambda document: document.reviewed()] if reviewed else []
        await self._commit([*made, *done], [*changes], partial(self._check, changes))

    async def remove(self, key_id: str) -> Content | None:
        """Remove a key, and return what was removed: ``None`` if there is no such key.

        Raises:
            KeyNotSavedError: The removal could not be saved, and was not made.

        """
        removed: list[Content] = []

        def remove(document: Document) -> Document:
            if (record := document.records.get(key_id)) is not None:
                removed.append(record.content)
            return document_changes.remove(key_id, document)

        await self._commit([remove], [key_id])
        return removed[-1] if removed else None

    async def restore(self, key_id: str, content: Content) -> None:
        """Put a removed key back, under the same ID and with the same secrets. A key that is there already stays.

        Raises:
            KeyNotSavedError: The key could not be saved and was not put back.

        """
        await self._commit([partial(document_changes.restore, key_id, content)], [key_id])

    @callback
    def observe(self) -> None:
        """Save changes that Home Assistant made in the config entry: keys that were added, renamed or removed.

        Home Assistant does not wait for the integration before it confirms the change to the user. But it runs the
        update listener as an eager task, so code before the first ``await`` runs before the confirmation. Therefore
        this method writes and syncs in the event loop, which blocks for a few milliseconds. These changes are rare.
        """
        made: dict[str, Change] = {}
        for key_id, before, after in self._subentries.observe():
            if (change := self._change_seen(key_id, before, after)) is not None:
                made[key_id] = change
        if made:
            self._owed |= made
            self._pay()
        self._acknowledge()

    @callback
    def retry(self) -> None:
        """Retry to save changes, and to write the marker, if that failed."""
        if (self.not_saved is not None or self.marker_error is not None) and not self._in_flight:
            self._pay()
            self._acknowledge()

    async def _commit(
        self, changes: list[Change], key_ids: list[str], check: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Save and apply changes, even if the caller is cancelled."""
        work = self._save_and_apply(changes, key_ids) if check is None else self._guarded(changes, key_ids, check)
        await asyncio.shield(self._hass.async_create_task(work, "drawbridge save keys"))

    async def _guarded(self, changes: list[Change], key_ids: list[str], check: Callable[[], Awaitable[None]]) -> None:
        async with self._changing:
            await check()
            await self._save_and_apply(changes, key_ids)

    async def _check(self, changes: Mapping[str, Callable[[ApiKey], ApiKey]]) -> None:
        """Ask the guard about changes of keys with policy tests. Each change is computed twice, from the same key."""
        for key_id, change in changes.items():
            if (record := self._store.document.records.get(key_id)) is None:
                raise KeyGoneError(key_id)
            before = ApiKey.from_mapping(key_id, record.title, record.data)
            if before.tests:
                await self._guard(before, change(before))

    async def _save_and_apply(self, changes: list[Change], key_ids: list[str]) -> None:
        owed = dict(self._owed)
        self._in_flight += 1
        try:
            await self._save_entry()
            await self._hass.async_add_executor_job(self._store.change, [*owed.values(), *changes])
            self._paid(owed)
            for key_id in key_ids:
                self._put_in_force(key_id)
        except OSError as err:
            raise KeyNotSavedError(err) from err
        finally:
            self._in_flight -= 1
            self._acknowledge()

    async def _save_entry(self) -> None:
        """Ensure that the config entry survives a crash: a key that is only in the store does not work."""
        if not self._entry_is_saved:
            await entry_file.ensure_saved(self._hass, self._entry.entry_id)
            self._entry_is_saved = True

    def _change_seen(self, key_id: str, before: Content | None, after: Content | None) -> Change | None:
        """Return the document change for a change of the config entry; ``None`` if Drawbridge made the change."""
        record = self._store.document.records.get(key_id)
        if before == after or (after == record.content if record is not None else after is None):
            return None
        if after is None:
            return partial(document_changes.remove, key_id)
        return partial(document_changes.adopt, key_id, after, before, time.time())

    def _pay(self) -> None:
        owed = dict(self._owed)
        try:
            self._store.change(owed.values())
        except OSError as err:
            self._failed(err)
        else:
            self._paid(owed)

    def _paid(self, owed: Mapping[str, Change]) -> None:
        self._owed = {key_id: change for key_id, change in self._owed.items() if owed.get(key_id) is not change}
        if not self._owed:
            self.not_saved = None

    def _failed(self, err: OSError) -> None:
        self.not_saved = _reason(err)
        _LOGGER.error("Changes of API keys could not be saved: %s", self.not_saved)

    def _put_in_force(self, key_id: str) -> None:
        """Update the subentry of a key from the store."""
        record = self._store.document.records.get(key_id)
        self._subentries.put(key_id, None if record is None else record.content)

    def _acknowledge(self) -> None:
        """Store the generation and a pending review in the config entry after all of its subentries are updated.

        A config entry that is saved in between then has an older generation than its content, which is safe.
        """
        self._report_marker()
        if self._in_flight or self.not_saved is not None:
            return
        self._subentries.acknowledge(self._store.document)

    def _report_marker(self) -> None:
        """Log once that the marker cannot be written. It is tried again."""
        reason = self.marker_error
        if reason is not None and not self._marker_reported:
            _LOGGER.warning(
                "The marker %s could not be written: %s. The restore of a backup may not be noticed",
                MARKER_FILE,
                reason,
            )
        self._marker_reported = reason is not None


async def remove_store(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Remove all stored data about keys, after Home Assistant's own file has no keys anymore.

    Until then, a document without keys stays, so that no key works again after a crash.
    """
    store = KeyStore(Path(hass.config.config_dir))
    key_ids = [item.subentry_id for item in entry.get_subentries_of_type(SUBENTRY_TYPE_API_KEY)]
    try:
        await hass.async_add_executor_job(store.retire, entry.entry_id, key_ids)
    except OSError as err:
        # If a config entry comes back without its store, all of its keys are disabled.
        _LOGGER.warning("The removal of all API keys could not be saved: %s", _reason(err))
    else:
        if not await entry_file.is_removed(hass, entry.entry_id):
            _LOGGER.warning("Home Assistant could not save that Drawbridge was removed; all API keys stay disabled")
            return
    try:
        await hass.async_add_executor_job(store.remove)
    except OSError as err:
        _LOGGER.warning("The store of the removed API keys could not be removed: %s", _reason(err))


def _reason(err: OSError) -> str:
    return err.strerror or type(err).__name__
