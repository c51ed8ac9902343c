"""Counts the requests and the connections to all bridges."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp

from .errors import Reason

SUCCESS: Final = "success"


class Traffic:
    """The requests to all bridges, the connections that they opened or reused, and the spans that were read."""

    def __init__(self) -> None:
        """Create counters at 0."""
        self.in_flight = 0
        self.connections = 0
        self.reused = 0
        self.spans = Counter(exported=0, failed=0, lost=0)
        self.results = Counter(dict.fromkeys((SUCCESS, *Reason), 0))

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request as in progress until the block ends."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    def trace(self) -> aiohttp.TraceConfig:
        """Return the configuration with which a session counts its connections."""
        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(self._connected)
        trace.on_connection_reuseconn.append(self._reused)
        return trace

    async def _connected(self, *_: object) -> None:
        self.connections += 1

    async def _reused(self, *_: object) -> None:
        self.reused += 1
