"""The stored document of all keys, and how it is reconciled with Home Assistant's config entry.

Home Assistant saves config entries with a delay, so a crash can lose acknowledged changes. Drawbridge therefore keeps
its own document, which is written before a change is acknowledged. Each change increments the *generation* of the
document; the config entry stores the generation that it contains. If a key changed in a later generation than the
config entry's, the document is newer. For all other keys, the config entry is newer or equal, for example because a key
was removed while Drawbridge was not loaded.

The functions of this module are pure: the clock is passed in, and they do no I/O.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

_FORMAT: Final = 1
_MAX_REMOVED: Final = 1000


class DamagedDocument(ValueError):  # noqa: N818 - as in "the document is damaged"
    """The stored document cannot be read."""


class ReviewReason(StrEnum):
    """The reason for a review of keys by an administrator."""

    RESTORED = "keys_restored"
    UNCONFIRMED = "keys_unconfirmed"


@dataclass(frozen=True, slots=True)
class Record:
    """A stored key.

    Attributes:
        title: The name of the key.
        data: The data of the key's config subentry.
        generation: The generation of the last change.
        born: The generation in which the key was added.
        changed: The Unix time of the last change, in seconds.

    """

    title: str
    data: Mapping[str, Any]
    generation: int
    born: int
    changed: float

    @property
    def content(self) -> Content:
        """Return the content that the config subentry should have."""
        return Content(self.title, self.data)


@dataclass(frozen=True, slots=True)
class Content:
    """The title and the data of a key's config subentry."""

    title: str
    data: Mapping[str, Any]

    @property
    def newest_digest(self) -> str | None:
        """Return the hash of the newest secret, or ``None`` if there is none."""
        try:
            digest = self.data["secrets"][0]["digest"]
        except KeyError, IndexError, TypeError:
            return None
        return digest if isinstance(digest, str) else None

    @property
    def is_disabled(self) -> bool:
        """Tell whether the key was disabled by a user."""
        return self.data.get("enabled") is False

    def disabled(self) -> Self:
        """Return the content with the key disabled."""
        return replace(self, data={**self.data, "enabled": False})


@dataclass(frozen=True, slots=True)
class Review:
    """The keys that an administrator should review, and the reason."""

    reason: ReviewReason
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryState:
    """The state of the config entry in Home Assistant.

    ``generation`` is ``None`` if the config entry was never used with a document. ``unconfirmed`` are the keys that a
    pending review disabled. They are also in the document, but the document can be lost again before the review.
    """

    entry_id: str
    generation: int | None
    keys: Mapping[str, Content]
    unconfirmed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """All keys of a config entry, with hashes of their secrets.

    Attributes:
        entry_id: The config entry of the keys.
        lineage: A random id that is also in the marker, which backups exclude; empty if there is no marker.
        generation: Generation of the last change.
        records: The keys by id.
        removed: The generation in which each removed key was removed, by id, oldest first.
        review: The pending review, if any.
        unreadable: Ids of keys with a damaged record, for ``reconcile``. Not stored.

    """

    entry_id: str
    lineage: str = ""
    generation: int = 0
    records: Mapping[str, Record] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    review: Review | None = None
    unreadable: frozenset[str] = frozenset()

    def put(self, key_id: str, content: Content, now: float) -> Self:
        """Return the document with a key added or changed."""
        generation = self.generation + 1
        known = self.records.get(key_id)
        born = generation if known is None else known.born
        record = Record(content.title, content.data, generation, born, now)
        return replace(self, generation=generation, records={**self.records, key_id: record})

    def remove(self, key_id: str) -> Self:
        """Return the document without a key, with a tombstone for it."""
        generation = self.generation + 1
        records = {item: record for item, record in self.records.items() if item != key_id}
        tombstones = [*((item, at) for item, at in self.removed.items() if item != key_id), (key_id, generation)]
        return replace(self, generation=generation, records=records, removed=dict(tombstones[-_MAX_REMOVED:]))

    def rename(self, key_id: str, new_id: str) -> Self:
        """Return the document with a key renamed to another id."""
        generation = self.generation + 1
        records = {item: record for item, record in self.records.items() if item != key_id}
        records[new_id] = replace(self.records[key_id], generation=generation, born=generation)
        return replace(self, generation=generation, records=records)

    def retired(self, entry_id: str, key_ids: Iterable[str]) -> Self:
        """Return the document of a removed config entry, which has only tombstones."""
        known = self if self.entry_id == entry_id else replace(self, entry_id=entry_id, records={}, removed={})
        for key_id in (*known.records, *key_ids):
            known = known.remove(key_id)
        return known

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The keys that the pending review disabled."""
        if self.review is None or self.review.reason is not ReviewReason.UNCONFIRMED:
            return ()
        return self.review.keys

    def reviewed(self) -> Self:
        """Return the document without the review."""
        return replace(self, generation=self.generation + 1, review=None)

    def twin_of(self, content: Content, present: Iterable[str]) -> str | None:
        """Return the id of a stored key that has the same newest secret but no subentry.

        A subentry flow cannot choose the id of its subentry, so the key was first stored under a temporary id.
        """
        if (digest := content.newest_digest) is None:
            return None
        known = set(present)
        absent = (item for item in self.records if item not in known)
        return next((item for item in absent if self.records[item].content.newest_digest == digest), None)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Parse a stored document. A damaged record makes only its own key unreadable.

        Raises:
            DamagedDocument: The document cannot be parsed.

        """
        try:
            stored = json.loads(text)
            if stored["format"] != _FORMAT:
                raise DamagedDocument("unknown format")
            records = {key_id: _readable_record(item) for key_id, item in stored["keys"].items()}
            return cls(
                entry_id=_text(stored["entry_id"]),
                lineage=_text(stored["lineage"]),
                generation=_whole(stored["generation"]),
                records={key_id: record for key_id, record in records.items() if record is not None},
                removed={key_id: _whole(item) for key_id, item in stored["removed"].items()},
                review=None if (review := stored["review"]) is None else _review(review),
                unreadable=frozenset(key_id for key_id, record in records.items() if record is None),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as err:
            # Not chained, because the error message may quote stored data.
            raise DamagedDocument(type(err).__name__) from None

    def as_json(self) -> bytes:
        """Return the document as JSON, the inverse of ``from_json``."""
        stored = {
            "format": _FORMAT,
            "entry_id": self.entry_id,
            "lineage": self.lineage,
            "generation": self.generation,
            "keys": {key_id: _stored(record) for key_id, record in self.records.items()},
            "removed": dict(self.removed),
            # Not used anymore. Earlier versions cannot read a document without it.
            "reserved": [],
            "review": None if self.review is None else {"reason": self.review.reason, "keys": list(self.review.keys)},
        }
        return json.dumps(stored, separators=(",", ":")).encode()


def reconcile(document: Document | None, state: EntryState, now: float, *, damaged: bool = False) -> Document:
    """Return the reconciled document, from the stored document and the config entry at startup.

    Args:
        document: The stored document, or ``None`` if there is no readable one.
        state: The config entry that Home Assistant loaded.
        now: Unix time in seconds.
        damaged: Whether the stored document could not be read.

    """
    if document is None or document.entry_id != state.entry_id:
        # The document of this config entry is lost, so it is unknown which keys were removed or disabled.
        return _adopt_all(state, now, lost=damaged or state.generation is not None)
    merged = _merge_known(document, state, now)
    return _merge_unknown(merged, document, state, now)


def _adopt_all(state: EntryState, now: float, *, lost: bool) -> Document:
    document = Document(state.entry_id, generation=state.generation or 0)
    for key_id, content in state.keys.items():
        document = document.put(key_id, content.disabled() if lost else content, now)
    # Exclude keys that a user disabled, so that "enable these keys" does not enable them.
    pending = state.unconfirmed
    closed = tuple(key_id for key_id, content in state.keys.items() if key_id in pending or not content.is_disabled)
    return replace(document, review=Review(ReviewReason.UNCONFIRMED, closed)) if lost and closed else document


def _merge_known(document: Document, state: EntryState, now: float) -> Document:
    """Merge the keys that are in the document."""
    taken_over = state.generation or 0
    generation = max(document.generation, taken_over)
    merged = replace(document, generation=generation, unreadable=frozenset())
    for key_id, record in document.records.items():
        content = state.keys.get(key_id)
        if content is None:
            if record.born <= taken_over:
                # Home Assistant had saved the key, so it was removed while Drawbridge was not loaded.
                merged = merged.remove(key_id)
        elif content != record.content and record.generation <= taken_over:
            merged = merged.put(key_id, content, now)
    return merged


def _merge_unknown(merged: Document, document: Document, state: EntryState, now: float) -> Document:
    """Merge the keys that are only in the config entry."""
    doubtful = []
    for key_id, content in state.keys.items():
        if key_id in document.records or key_id in document.removed:
            continue
        if (twin := merged.twin_of(content, state.keys)) is not None:
            merged = merged.rename(twin, key_id)
        elif (state.generation or 0) >= document.generation and key_id not in document.unreadable:
            merged = merged.put(key_id, content, now)
        else:
            # The tombstone has expired, the key was added by hand, or its record is damaged: disable the key until
            # an administrator has decided.
            merged = merged.put(key_id, content.disabled(), now)
            if not content.is_disabled:
                doubtful.append(key_id)
    if doubtful:
        known = merged.review.keys if merged.review is not None else ()
        merged = replace(merged, review=Review(ReviewReason.UNCONFIRMED, tuple(dict.fromkeys((*known, *doubtful)))))
    return merged


def _stored(record: Record) -> dict[str, Any]:
    return {
        "title": record.title,
        "data": dict(record.data),
        "generation": record.generation,
        "born": record.born,
        "changed": record.changed,
    }


def _readable_record(stored: Mapping[str, Any]) -> Record | None:
    try:
        return _record(stored)
    except ValueError, TypeError, KeyError, AttributeError:
        return None


def _record(stored: Mapping[str, Any]) -> Record:
    if not isinstance(stored["data"], dict):
        raise DamagedDocument("data")
    return Record(
        title=_text(stored["title"]),
        data=stored["data"],
        generation=_whole(stored["generation"]),
        born=_whole(stored["born"]),
        changed=float(stored["changed"]),
    )


def _review(stored: Mapping[str, Any]) -> Review:
    return Review(ReviewReason(stored["reason"]), tuple(map(_text, stored["keys"])))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise DamagedDocument("text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DamagedDocument("number")
    return value
