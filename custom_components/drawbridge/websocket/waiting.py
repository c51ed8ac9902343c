"""WebSocket connections that have not sent a key yet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

MAX_WAITING: Final = 256


class Waiting:
    """The connections that wait for their key.

    If there are too many, the one that has waited longest is closed, so that silent clients cannot keep out others.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self._timeouts: dict[asyncio.Timeout, None] = {}

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Wait in the block, for at most this time. Raises ``TimeoutError`` after that, or if others need the place."""
        if len(self._timeouts) >= MAX_WAITING:
            oldest = next(iter(self._timeouts))
            del self._timeouts[oldest]
            oldest.reschedule(asyncio.get_running_loop().time())
        async with asyncio.timeout(seconds) as timeout:
            self._timeouts[timeout] = None
            try:
                yield
            finally:
                self._timeouts.pop(timeout, None)
