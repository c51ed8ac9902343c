"""The protocol of a connection of the listener."""

import asyncio
from http import HTTPStatus
from typing import Final, override

from aiohttp import hdrs, web

from ..http.security_headers import NO_STORE, SECURITY_HEADERS
from ..limits.places import Place

_MAX_LINE_BYTES: Final = 24_570
"""As at Home Assistant's own server."""
_MAX_FIELD_BYTES: Final = 8190
_MAX_HEAD_BYTES: Final = 65_536
"""The limit for the request line and all header fields together, which aiohttp does not have."""
_KEEP_ALIVE_SECONDS: Final = 75.0
"""How long a connection may wait until all headers of its next request have arrived."""
_HEADERS: Final = {
    **SECURITY_HEADERS,
    hdrs.CACHE_CONTROL: NO_STORE,
    hdrs.SERVER: "",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nServer: \r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class ListenerProtocol(web.RequestHandler):
    """aiohttp's HTTP/1.1 protocol, which frees the place of a connection that is lost."""

    __slots__ = ("_head_bytes", "_place", "_timer")

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
        self._head_bytes = 0

    def begin(self) -> None:
        """Note that all headers of a request have arrived."""
        self._timer.cancel()
        self._place.serve()

    def end(self) -> None:
        """Note that the request was handled."""
        self._place.wait()

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._messages or self._current_request is not None:
            self._head_bytes = 0
            return
        self._head_bytes += len(data)
        if self._head_bytes > _MAX_HEAD_BYTES and self.transport is not None:
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    @override
    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Respond to an invalid request without naming the server and without filling the log."""
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            response = super().handle_error(request, status, exc, message)
            response.headers.update(_HEADERS)
            return response
        if request.writer.output_size > 0:
            raise ConnectionError("The response has begun")
        refused = web.Response(status=status, text=f"{status}: {HTTPStatus(status).phrase}", headers=_HEADERS)
        refused.force_close()
        return refused

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._timer.cancel()
        self._place.leave()
        super().connection_lost(exc)
