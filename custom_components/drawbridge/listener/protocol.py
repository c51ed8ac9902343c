"""The protocol of a connection of the listener."""

import asyncio
from typing import Final, override

from aiohttp import web

from ..limits.places import Place

_MAX_LINE_BYTES: Final = 24_570
"""As at Home Assistant's own server."""
_MAX_FIELD_BYTES: Final = 8190
_KEEP_ALIVE_SECONDS: Final = 75.0
"""For how long a connection may wait for its next request, and for all headers of it."""


class ListenerProtocol(web.RequestHandler):
    """aiohttp's HTTP/1.1, which gives up the place of a connection that is lost."""

    __slots__ = ("_place", "_timer")

    def __init__(
        self, server: web.Server, place: Place, timer: asyncio.TimerHandle, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Create the protocol of a connection that has a place. Its first request cancels the timer."""
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
            access_log=None,  # type: ignore[arg-type]
            max_line_size=_MAX_LINE_BYTES,
            max_field_size=_MAX_FIELD_BYTES,
        )
        self._place = place
        self._timer = timer

    def begin(self) -> None:
        """Take note that all headers of a request have come."""
        self._timer.cancel()
        self._place.serve()

    def end(self) -> None:
        """Take note that the request was handled."""
        self._place.wait()

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._timer.cancel()
        self._place.leave()
        super().connection_lost(exc)
