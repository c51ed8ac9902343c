"""The stored document of all keys.

Each change increments the *generation* of the document, which is compared with that of the config entry (see
``reconcile``). The methods are pure: the clock is passed in, and they do no I/O.
"""

import json
from collections.abc import Callable, Iterable, Mapping
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
class Document:
    """All keys of a config entry, with hashes of their secrets.

    Attributes:
        entry_id: The config entry of the keys.
        lineage: A random ID that is also in the marker, which backups exclude; empty if there is no marker.
        generation: Generation of the last change.
        records: The keys by ID.
        removed: The generation in which each removed key was removed, by ID, oldest first.
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
        """Return the document with a key renamed to another ID."""
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
        """Return the ID of a stored key that has the same newest secret but no subentry.

        A subentry flow cannot choose the ID of its subentry, so the key was first stored under a temporary ID.
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


type Change = Callable[[Document], Document]
"""Returns a document with a change."""
