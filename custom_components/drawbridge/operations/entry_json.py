"""Entries of registries as JSON, each encoded once."""

from collections.abc import Callable, Hashable
from typing import Any, Final

from homeassistant.helpers.json import json_bytes

_MAX_ENTRIES: Final = 65_536
_MAX_VARIANTS: Final = 8


class EntryJson:
    """Remembers the JSON of entries until they change: Home Assistant makes a new entry for each change.

    An entry has a variant for each form in which it is shown. Bounded: a table that is full begins anew.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self._kept: dict[str, tuple[object, dict[Hashable, bytes]]] = {}
        self.encoded = 0
        """How many entries were encoded so far."""

    def encode(self, entry_id: str, entry: object, variant: Hashable, content: Callable[[], dict[str, Any]]) -> bytes:
        """Return the JSON of a variant of an entry.

        Args:
            entry_id: The id of the entry.
            entry: The entry.
            variant: The variant. Whatever the content depends on, besides the entry, is in it.
            content: Returns the content.

        """
        kept = self._kept.get(entry_id)
        if kept is None or kept[0] is not entry:
            if len(self._kept) >= _MAX_ENTRIES:
                self._kept.clear()
            kept = self._kept[entry_id] = entry, {}
        variants = kept[1]
        found = variants.get(variant)
        if found is None:
            if len(variants) >= _MAX_VARIANTS:
                variants.clear()
            found = variants[variant] = json_bytes(content())
            self.encoded += 1
        return found
