"""A cache of registry entries as JSON."""

from collections.abc import Callable, Hashable
from typing import Any, Final

from homeassistant.helpers.json import json_bytes

_MAX_ENTRIES: Final = 65_536
_MAX_VARIANTS: Final = 8


class EntryJson:
    """Caches the JSON of entries. Home Assistant creates a new entry object for each change, which invalidates it.

    Each form in which an entry is shown is a variant. A full table is cleared.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self._kept: dict[str, tuple[object, dict[Hashable, bytes]]] = {}
        self.encoded = 0
        """The number of entries encoded so far."""

    def encode(self, entry_id: str, entry: object, variant: Hashable, content: Callable[[], dict[str, Any]]) -> bytes:
        """Return the JSON of a variant of an entry.

        Args:
            entry_id: The ID of the entry.
            entry: The entry.
            variant: The cache key of the variant. It must include everything that the content depends on, besides the
                entry.
            content: Returns the content to encode.

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
