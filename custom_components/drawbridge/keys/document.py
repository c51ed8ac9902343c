"""The keys as Drawbridge itself stores them, and how they are reconciled with Home Assistant's config entry.

Home Assistant saves config entries with a debounced delay, so after a crash a config entry may be older than what
was acknowledged. Drawbridge therefore keeps a document of its own, written before a change is acknowledged. Every
change has a *generation*, which counts up; the config entry carries the generation that it has taken over. A key
that changed in a later generation than the config entry's is newer here. For every other key the config entry is
newer or equal, for example because somebody removed the key while Drawbridge was not loaded.

Everything here is pure: the clock is passed in and nothing is read or written.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

_FORMAT: Final = 1
_MAX_REMOVED: Final = 1000
_MAX_RESERVED: Final = 32


class DamagedDocument(ValueError):  # noqa: N818 - as in "the document is damaged"
    """What was stored cannot be read."""


class ReviewReason(StrEnum):
    """Why an administrator is asked to review keys."""

    RESTORED = "keys_restored"
    UNCONFIRMED = "keys_unconfirmed"


@dataclass(frozen=True, slots=True)
class Record:
    """One key as it is stored.

    Attributes:
        title: Name of the key.
        data: Data of the key's config subentry.
        generation: Generation of the last change.
        born: Generation in which the key was added.
        changed: Unix time of the last change, in seconds.

    """

    title: str
    data: Mapping[str, Any]
    generation: int
    born: int
    changed: float

    @property
    def content(self) -> Content:
        """Return what the config subentry should hold."""
        return Content(self.title, self.data)


@dataclass(frozen=True, slots=True)
class Content:
    """Title and data of a key's config subentry."""

    title: str
    data: Mapping[str, Any]

    @property
    def newest_digest(self) -> str | None:
        """Return the hash of the newest secret, ``None`` when there is none."""
        try:
            digest = self.data["secrets"][0]["digest"]
        except KeyError, IndexError, TypeError:
            return None
        return digest if isinstance(digest, str) else None

    @property
    def is_disabled(self) -> bool:
        """Tell whether somebody disabled the key on purpose."""
        return self.data.get("enabled") is False

    def disabled(self) -> Self:
        """Return the key, closed."""
        return replace(self, data={**self.data, "enabled": False})


@dataclass(frozen=True, slots=True)
class Review:
    """Keys that an administrator should review, and why."""

    reason: ReviewReason
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryState:
    """The config entry as Home Assistant has it.

    ``generation`` is ``None`` when the config entry never was used with a document.
    """

    entry_id: str
    generation: int | None
    keys: Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Document:
    """All keys of a config entry. Holds hashes, never secrets.

    Attributes:
        entry_id: Config entry that the keys belong to.
        lineage: Random id that a marker outside of backups holds too; empty when there is no marker.
        generation: Generation of the last change.
        records: Keys by their id.
        removed: Generation in which a key was removed, by its id, oldest first.
        reserved: Hashes of secrets that were shown and open nothing yet.
        review: What an administrator should review.
        unreadable: Ids of stored keys whose record is damaged. Not stored: ``reconcile`` decides about them.

    """

    entry_id: str
    lineage: str = ""
    generation: int = 0
    records: Mapping[str, Record] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    reserved: tuple[str, ...] = ()
    review: Review | None = None
    unreadable: frozenset[str] = frozenset()

    def put(self, key_id: str, content: Content, now: float) -> Self:
        """Return the document with a key added or changed."""
        generation = self.generation + 1
        known = self.records.get(key_id)
        born = generation if known is None else known.born
        record = Record(content.title, content.data, generation, born, now)
        reserved = tuple(item for item in self.reserved if item != content.newest_digest)
        return replace(self, generation=generation, records={**self.records, key_id: record}, reserved=reserved)

    def remove(self, key_id: str) -> Self:
        """Return the document without a key, and with a tombstone of it."""
        generation = self.generation + 1
        records = {item: record for item, record in self.records.items() if item != key_id}
        tombstones = [*((item, at) for item, at in self.removed.items() if item != key_id), (key_id, generation)]
        return replace(self, generation=generation, records=records, removed=dict(tombstones[-_MAX_REMOVED:]))

    def rename(self, key_id: str, new_id: str) -> Self:
        """Return the document with a key under another id."""
        generation = self.generation + 1
        records = {item: record for item, record in self.records.items() if item != key_id}
        records[new_id] = replace(self.records[key_id], generation=generation, born=generation)
        return replace(self, generation=generation, records=records)

    def retired(self, entry_id: str, key_ids: Iterable[str]) -> Self:
        """Return a document of a removed config entry: it has no key, and tombstones of all that it had."""
        known = self if self.entry_id == entry_id else replace(self, entry_id=entry_id, records={}, removed={})
        for key_id in (*known.records, *key_ids):
            known = known.remove(key_id)
        return known

    def reserve(self, digest: str) -> Self:
        """Return the document with the hash of a secret that is about to be shown."""
        return replace(self, generation=self.generation + 1, reserved=(*self.reserved, digest)[-_MAX_RESERVED:])

    def reviewed(self) -> Self:
        """Return the document with the review done."""
        return replace(self, generation=self.generation + 1, review=None)

    def twin_of(self, content: Content, present: Iterable[str]) -> str | None:
        """Return the id of a key with the same newest secret that the config entry has no subentry for.

        A subentry flow cannot choose the id of the subentry that it adds: the key was stored under another one.
        """
        if (digest := content.newest_digest) is None:
            return None
        known = set(present)
        absent = (item for item in self.records if item not in known)
        return next((item for item in absent if self.records[item].content.newest_digest == digest), None)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Read a stored document. A damaged record of a key makes that key unreadable, and no other.

        Raises:
            DamagedDocument: It cannot be read.

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
                reserved=tuple(map(_text, stored["reserved"])),
                review=None if (review := stored["review"]) is None else _review(review),
                unreadable=frozenset(key_id for key_id, record in records.items() if record is None),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as err:
            # Not chained: the message of an error may quote what was stored.
            raise DamagedDocument(type(err).__name__) from None

    def as_json(self) -> bytes:
        """Return what is stored, the inverse of ``from_json``."""
        stored = {
            "format": _FORMAT,
            "entry_id": self.entry_id,
            "lineage": self.lineage,
            "generation": self.generation,
            "keys": {key_id: _stored(record) for key_id, record in self.records.items()},
            "removed": dict(self.removed),
            "reserved": list(self.reserved),
            "review": None if self.review is None else {"reason": self.review.reason, "keys": list(self.review.keys)},
        }
        return json.dumps(stored, separators=(",", ":")).encode()


def reconcile(document: Document | None, state: EntryState, now: float, *, damaged: bool = False) -> Document:
    """Return the keys as they should be, from the stored document and the config entry at start.

    Args:
        document: What was stored, ``None`` when there is nothing that can be read.
        state: The config entry as Home Assistant loaded it.
        now: Unix time in seconds.
        damaged: Whether there was a document that could not be read.

    """
    if document is None or document.entry_id != state.entry_id:
        # A config entry that was used with a document has lost it: nobody knows what was withdrawn.
        return _adopt_all(state, now, lost=damaged or state.generation is not None)
    merged = _merge_known(document, state, now)
    return _merge_unknown(merged, document, state, now)


def _adopt_all(state: EntryState, now: float, *, lost: bool) -> Document:
    document = Document(state.entry_id, generation=state.generation or 0)
    for key_id, content in state.keys.items():
        document = document.put(key_id, content.disabled() if lost else content, now)
    # A key that was disabled on purpose is not offered: to enable all keys must not enable it.
    closed = tuple(key_id for key_id, content in state.keys.items() if not content.is_disabled)
    return replace(document, review=Review(ReviewReason.UNCONFIRMED, closed)) if lost and closed else document


def _merge_known(document: Document, state: EntryState, now: float) -> Document:
    """Decide about every key that the document has."""
    taken_over = state.generation or 0
    generation = max(document.generation, taken_over)
    merged = replace(document, generation=generation, reserved=(), unreadable=frozenset())
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
    """Decide about every key that only the config entry has."""
    doubtful = []
    for key_id, content in state.keys.items():
        if key_id in document.records or key_id in document.removed:
            continue
        if (twin := merged.twin_of(content, state.keys)) is not None:
            merged = merged.rename(twin, key_id)
        elif (state.generation or 0) >= document.generation and key_id not in document.unreadable:
            merged = merged.put(key_id, content, now)
        else:
            # Removed so long ago that its tombstone is gone, added by hand, or its record is damaged: closed until
            # somebody decides.
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
