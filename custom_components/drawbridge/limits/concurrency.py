"""Limits the concurrent requests of each key."""

import asyncio


class Concurrency:
    """Counts the concurrent requests of each key. Contains only keys with requests in progress."""

    def __init__(self) -> None:
        """Create an empty count."""
        self._under_way: dict[str, int] = {}
        self._left: dict[str, asyncio.Event] = {}

    def __len__(self) -> int:
        """Return the number of keys with requests in progress."""
        return len(self._under_way)

    def is_full(self, key_id: str, limit: int) -> bool:
        """Tell whether a key has reached its limit."""
        return self._under_way.get(key_id, 0) >= limit

    def enter(self, key_id: str) -> None:
        """Count a request. The caller must call ``leave``."""
        self._under_way[key_id] = self._under_way.get(key_id, 0) + 1

    def leave(self, key_id: str) -> None:
        """Stop counting a request."""
        if (event := self._left.pop(key_id, None)) is not None:
            event.set()
        left = self._under_way[key_id] - 1
        if left:
            self._under_way[key_id] = left
        else:
            del self._under_way[key_id]

    async def wait(self, key_id: str, seconds: float) -> None:
        """Wait until a request of a key has ended, at most this long."""
        event = self._left.setdefault(key_id, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
