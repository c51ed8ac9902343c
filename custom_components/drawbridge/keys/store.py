"""The durable store of keys: every acknowledged change is on disk."""

import json
import threading
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from . import files
from .document import Change, DamagedDocument, Document, Review, ReviewReason
from .reconcile import EntryState, reconcile

STORE_FILE: Final = ".storage/drawbridge.keys"
MARKER_FILE: Final = ".cache/drawbridge_keys.json"
"""Home Assistant's backups exclude ``.cache``, and a restore clears it."""


class KeyStore:
    """Stores the document of a config entry's keys in a file.

    Changes are pure functions. They are applied in sequence to the document on disk, from any thread, so that no
    change is lost or overwrites a later one.

    A marker, which backups exclude, detects a restored backup: the marker is then missing, has another lineage, or has
    a later generation.
    """

    def __init__(self, config_dir: Path) -> None:
        """Create the store in a Home Assistant configuration folder."""
        self._path = config_dir / STORE_FILE
        self._marker = config_dir / MARKER_FILE
        self._lock = threading.Lock()
        self._document = Document("")
        self.marker_error: OSError | None = None
        """Why the marker could not be written; ``None`` if it is up to date."""

    @property
    def document(self) -> Document:
        """The document on disk."""
        return self._document

    def load(self, state: EntryState, now: float) -> Document:
        """Return the document, reconciled with a config entry. Does not write.

        Raises:
            OSError: The store could not be read.

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
        """Write the current document.

        Raises:
            OSError: The document could not be written.

        """
        self.change(())

    def change(self, changes: Iterable[Change]) -> Document:
        """Apply changes to the document. They are on disk when this returns, or not made if it raises.

        Raises:
            OSError: The document could not be written.

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
            # The file may have been replaced before syncing its folder failed: undo the replacement too.
            with suppress(OSError):
                files.write(self._path, self._document.as_json())
            raise

    def retire(self, entry_id: str, key_ids: Iterable[str]) -> None:
        """Remove all keys of a config entry, even if Home Assistant restores the entry after a crash.

        Raises:
            OSError: The document could not be written.

        """
        with suppress(OSError, DamagedDocument):
            self._document = Document.from_json(files.read(self._path) or b"")
        self.change([lambda document: document.retired(entry_id, key_ids)])

    def remove(self) -> None:
        """Remove the store.

        Raises:
            OSError: The store could not be removed.

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
        """Return the document with an existing marker. Without a marker, every start would look like a restore."""
        if document.lineage:
            return document
        marked = replace(document, lineage=uuid.uuid4().hex)
        # The document is not on disk yet. The first save updates the generation.
        return marked if self._mark(replace(marked, generation=0)) else document

    def _mark(self, document: Document) -> bool:
        """Write the marker. Without it, keys are safe, but a restored backup may not be detected."""
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
