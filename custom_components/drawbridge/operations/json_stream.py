"""Streaming of large JSON arrays."""

from typing import Final

_OPENING: Final = b"["
_SEPARATOR: Final = b","


class JsonArrayStream:
    """Joins encoded items into one JSON array, piece by piece."""

    __slots__ = ("_before",)

    def __init__(self) -> None:
        """Start an array without items."""
        self._before = _OPENING

    @property
    def is_empty(self) -> bool:
        """Whether the array has no items so far."""
        return self._before is _OPENING

    def items(self, encoded: bytes) -> bytes:
        """Return the next piece, for one or more items as JSON, separated by commas."""
        piece = self._before + encoded
        self._before = _SEPARATOR
        return piece

    def end(self) -> bytes:
        """Return the last piece."""
        return b"[]" if self.is_empty else b"]"
