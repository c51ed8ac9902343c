"""JSON arrays that are too large to be built in memory."""

from typing import Final

_OPENING: Final = b"["
_SEPARATOR: Final = b","


class JsonArrayStream:
    """Turns encoded items into the pieces of one JSON array."""

    __slots__ = ("_before",)

    def __init__(self) -> None:
        """Create the stream of an array without items."""
        self._before = _OPENING

    @property
    def is_empty(self) -> bool:
        """Whether there were no items so far."""
        return self._before is _OPENING

    def items(self, encoded: bytes) -> bytes:
        """Return the piece with the next items: one or more as JSON, separated by commas."""
        piece = self._before + encoded
        self._before = _SEPARATOR
        return piece

    def end(self) -> bytes:
        """Return the last piece."""
        return b"[]" if self.is_empty else b"]"
