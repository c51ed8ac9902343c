"""Drawbridge's own store of its keys: what it has acknowledged is on disk."""

import json
import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from . import files
from .document import DamagedDocument, Document, EntryState, Review, ReviewReason, reconcile

type Change = Callable[[Document], Document]

STORE_FILE: Final = ".storage/drawbridge.keys"
MARKER_FILE: Final = ".cache/drawbridge_keys.json"
"""Home Assistant's backups leave out the files in ``.cache``, and a restore clears it."""


class KeyStore:
    """The document of a config entry's keys in a file.

    Changes are pure functions. They are applied one after the other to what is on disk, in whichever thread they come
    from, so that no change is lost and none overwrites a later one.

    A marker beside the store, which no backup contains, tells when a backup was restored: then it is missing, belongs
    to another lineage, or has seen a later generation.
    """

    def __init__(self, config_dir: Path) -> None:
        """Use the store in a Home Assistant configuration folder."""
        self._path = config_dir / STORE_FILE
        self._marker = config_dir / MARKER_FILE
        self._lock = threading.Lock()
        self._document = Document("")
        self.marker_error: OSError | None = None
        """Why the marker could not be written, ``None`` when it is up to date."""

    @property
    def document(self) -> Document:
        """The keys that are on disk."""
        return self._document

    def load(self, state: EntryState, now: float) -> Document:
        """Return the keys, reconciled with a config entry. Nothing is written yet.

        Raises:
            OSError: The store could not be read: nobody knows what it holds.

        """
        stored = files.read(self._path)
        damaged = False
        document = None
        try:
            document = None if stored is None else Document.from_json(stored)
        except DamagedDocument:
            damaged = True
        if damaged or (document is not None and document.unreadable):
            with suppress(OSError):
                files.write(self._path.with_name(f"{self._path.name}.damaged"), stored or b"")
        reconciled = reconcile(document, state, now, damaged=damaged)
        if document is not None and document.entry_id == state.entry_id and self._is_restored(document):
            reconciled = replace(reconciled, lineage="", review=_restored(reconciled))
        self._document = self._with_marker(reconciled)
        return self._document

    def save(self) -> None:
        """Write the keys as they are.

        Raises:
            OSError: They could not be written.

        """
        self.change(())

    def change(self, changes: Iterable[Change]) -> Document:
        """Apply changes to the keys; they are on disk when this returns, or not made.

        Raises:
            OSError: They could not be written.

        """
        with self._lock:
            document = self._document
            for change in changes:
                document = change(document)
            document = self._with_marker(document)
            self._write(document)
            self._document = document
            if document.lineage:
                self._mark(document)
            return document

    def _write(self, document: Document) -> None:
        try:
            files.write(self._path, document.as_json())
        except OSError:
            # The file may have been replaced already when its folder could not be synced: undo that too.
            with suppress(OSError):
                files.write(self._path, self._document.as_json())
            raise

    def retire(self, entry_id: str, key_ids: Iterable[str]) -> None:
        """Close all keys of a config entry for good, whatever Home Assistant still has of it after a crash.

        Raises:
            OSError: It could not be written.

        """
        with suppress(OSError, DamagedDocument):
            self._document = Document.from_json(files.read(self._path) or b"")
        self.change([lambda document: document.retired(entry_id, key_ids)])

    def remove(self) -> None:
        """Remove the store.

        Raises:
            OSError: It could not be removed.

        """
        with self._lock:
            files.remove(self._path)
            with suppress(OSError):
                files.remove(self._marker)

    def _is_restored(self, document: Document) -> bool:
        if not document.lineage:
            return False
        try:
            stored = json.loads(files.read(self._marker) or b"null")
            same: bool = stored["lineage"] == document.lineage and stored["generation"] <= document.generation
        except OSError, ValueError, TypeError, KeyError:
            return True
        return not same

    def _with_marker(self, document: Document) -> Document:
        """Return the document with a marker that exists; without it every start would look like a restore."""
        if document.lineage:
            return document
        marked = replace(document, lineage=uuid.uuid4().hex)
        # The first save brings the generation up to date: the document is not on disk yet.
        return marked if self._mark(replace(marked, generation=0)) else document

    def _mark(self, document: Document) -> bool:
        """Write the marker. The keys are safe without it, but a restored backup may not be noticed."""
        try:
            files.write(self._marker, _marker(document))
        except OSError as err:
            self.marker_error = err
        else:
            self.marker_error = None
        return self.marker_error is None


def _marker(document: Document) -> bytes:
    return json.dumps({"lineage": document.lineage, "generation": document.generation}).encode()


def _restored(document: Document) -> Review | None:
    if not document.records:
        return None
    if document.review is not None and document.review.reason is ReviewReason.UNCONFIRMED:
        return document.review
    return Review(ReviewReason.RESTORED, tuple(document.records))
