"""Deleted keys that can still be restored."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Final

from ..keys.document import Content
from ..learning.lessons import Lesson
from ..telemetry.counters import KeyCounters

UNDO_SECONDS: Final = 60.0
MAX_UNDOS: Final = 20


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deleted key.

    Attributes:
        key_id: Its ID.
        content: Its stored content, with the hashes of its secrets.
        used: Its counters.
        lesson: What learn mode recorded for it.

    """

    key_id: str
    content: Content
    used: KeyCounters | None
    lesson: Lesson | None


class Undos:
    """Deleted keys, by token. Each is dropped after 60 seconds; at most 20 are kept."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Create an empty collection."""
        self._loop = loop
        self._deleted: dict[str, tuple[Deleted, asyncio.TimerHandle]] = {}

    def __len__(self) -> int:
        """Return the number of keys that can be restored."""
        return len(self._deleted)

    def add(self, deleted: Deleted) -> tuple[str, float]:
        """Keep a deleted key. Returns its token, and the Unix time until which it is kept."""
        if len(self._deleted) >= MAX_UNDOS:
            self.drop(next(iter(self._deleted)))
        token = secrets.token_hex(16)
        self._deleted[token] = deleted, self._loop.call_later(UNDO_SECONDS, self.drop, token)
        return token, time.time() + UNDO_SECONDS

    def get(self, token: str) -> Deleted | None:
        """Return a deleted key."""
        found = self._deleted.get(token)
        return None if found is None else found[0]

    def drop(self, token: str) -> None:
        """Drop a deleted key."""
        if (found := self._deleted.pop(token, None)) is not None:
            found[1].cancel()

    def clear(self) -> None:
        """Drop all deleted keys."""
        for token in tuple(self._deleted):
            self.drop(token)
