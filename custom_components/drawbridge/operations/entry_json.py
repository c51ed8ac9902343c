"""A cache of registry entries as JSON."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, Protocol

from homeassistant.helpers.json import json_bytes

_MAX_FORMS: Final = 64
_MAX_ENTRIES: Final = 65_536


class Entry(Protocol):
    """A registry entry. Home Assistant creates a new object for each change."""

    @property
    def id(self) -> str:
        """The ID of the entry, which never changes."""


type Details = Mapping[str, Hashable] | None
"""What the content of an entry depends on, besides the entry and its form, by the ID of the entry."""


class EncodedEntries[E: Entry]:
    """Caches the JSON of entries in one form.

    If there are too many entries, those that are not in the latest array are dropped.
    """

    def __init__(self) -> None:
        """Create an empty cache."""
        self._kept: dict[str, tuple[E, Hashable, bytes]] = {}
        """The entry, its details and its JSON after a comma, by the ID of the entry."""
        self._complete: Sequence[E] | None = None
        """The entries of the latest array, all of which are encoded."""
        self.pruned = 0
        """The number of times that entries were dropped."""

    def is_complete(self, entries: Sequence[E]) -> bool:
        """Return whether these are the entries of the latest array, so that all of them are encoded."""
        return entries is self._complete

    def missing(self, entries: Sequence[E], details: Details = None) -> list[E]:
        """Return the entries that are not encoded, or have changed since then."""
        find = self._kept.get
        if details is None:
            return [entry for entry in entries if (found := find(entry.id)) is None or found[0] is not entry]
        return [
            entry
            for entry in entries
            if (found := find(entry.id)) is None or found[0] is not entry or found[1] != details[entry.id]
        ]

    def encode(self, entry: E, details: Details, content: dict[str, Any]) -> None:
        """Encode an entry. Like in Home Assistant, arrays leave out entries without valid content."""
        try:
            encoded = b"," + json_bytes(content) if content else b""
        except TypeError, ValueError:
            encoded = b""
        self._kept[entry.id] = entry, None if details is None else details[entry.id], encoded

    def array(self, entries: Sequence[E]) -> list[bytes]:
        """Return entries, all of which must be encoded, as the parts of a JSON array."""
        self._complete, kept = entries, self._kept
        if len(kept) > max(_MAX_ENTRIES, len(entries)):
            self._kept = kept = {entry.id: kept[entry.id] for entry in entries}
            self.pruned += 1
        parts = [encoded for entry in entries if (encoded := kept[entry.id][2])]
        if parts:
            parts[0] = parts[0].removeprefix(b",")
        return [b"[", *parts, b"]"]


class EntryJson:
    """The caches for the forms in which entries are shown. Keys that see an entry in the same form share its JSON."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self._forms: dict[Hashable, EncodedEntries[Any]] = {}

    def form(self, name: Hashable) -> EncodedEntries[Any]:
        """Return the cache for a form. If there are too many forms, all are dropped."""
        found = self._forms.get(name)
        if found is None:
            if len(self._forms) >= _MAX_FORMS:
                self._forms.clear()
            found = self._forms[name] = EncodedEntries()
        return found
