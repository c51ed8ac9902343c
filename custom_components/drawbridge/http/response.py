"""Responses whose body is complete when the handler returns."""

from collections.abc import Coroutine, Iterable, Iterator, Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import TYPE_CHECKING, Final, override

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.abc import AbstractStreamWriter

from ..encoding.codecs import Payload
from .delivery import deliver, discard_unread, drained
from .header_block import NOTHING, HeaderBlock, lines_of

if TYPE_CHECKING:
    from .call import Call

_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}
_NO_BODY: Final = Payload.of()
_JOIN_BELOW_BYTES: Final = 2048
"""Up to this size, joining the headers and the body is cheaper than sending them separately."""
_PORTION_BYTES: Final = 65_536
"""The size of a write to a TLS connection, which encrypts and therefore copies the data."""


class WholeResponse(web.StreamResponse):
    """A response with a complete body, in pieces that are sent in order without joining them.

    With ``is_direct``, the response to an HTTP/1.1 request on a persistent connection is written directly to the
    transport. This skips the hooks of the application, which have nothing to add: the gate sets all headers, and
    handles CORS. aiohttp sends all other responses. No response may set a cookie.

    Data that the socket does not accept immediately is sent within the limits of the key; see ``deliver``.
    """

    call: Call | None = None
    """The call whose limits apply while the response is sent. The gate sets it."""
    is_direct: bool = False
    """Whether the response may be written directly. The gate sets it to the option ``direct_responses``."""
    _is_sent = False
    _sends_body = True

    def __init__(
        self, status: HTTPStatus, headers: Mapping[str, str], body: Payload = _NO_BODY, block: HeaderBlock = NOTHING
    ) -> None:
        """Create a response.

        Args:
            status: The status.
            headers: The headers, except the content length and the request id, which are added when it is sent.
            body: The body, encoded as the headers say.
            block: More headers, which are already serialized. One in ``headers`` replaces one of the same name.

        """
        super().__init__(status=status, headers=headers)
        self._whole = body
        self.block = block

    @property
    def size(self) -> int:
        """The size of the body in bytes, even if it is not sent."""
        return self._whole.size

    @property
    @override
    def prepared(self) -> bool:
        return self._is_sent or super().prepared

    @property
    @override
    def keep_alive(self) -> bool | None:
        return self._is_sent or super().keep_alive

    @property
    @override
    def body_length(self) -> int:
        return self._whole.size if self._sends_body else 0

    @override
    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if self._is_sent:
            return request.writer
        self._request = request
        if self._cookies:
            raise ValueError("A response must not set a cookie")
        if not self.is_direct or super().keep_alive is False or not _is_ordinary(request):
            self._sends_body = request.method != hdrs.METH_HEAD and self.status not in _BODILESS
            self._complete_headers()
            return await super().prepare(request)
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("The client has gone")
        head = self._head()
        self._is_sent = True
        if self._whole.size <= _JOIN_BELOW_BYTES:
            transport.write(b"".join((head, *self._whole.pieces)))
        elif transport.get_extra_info("sslcontext") is None:
            transport.writelines((head, *self._whole.pieces))
        else:
            await self._deliver(self._write_portions((head, *self._whole.pieces)))
        if transport.get_write_buffer_size():
            await self._deliver(drained(request))
        return request.writer

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        if self._is_sent:
            return
        await self._deliver(self._write_with_aiohttp())
        if not self._request.content.is_eof():
            await discard_unread(self._request)

    async def _deliver(self, rest: Coroutine[None, None, None]) -> None:
        """Send the rest of the response, within the limits of the call if it is known."""
        if self.call is None:
            await rest
        else:
            await deliver(self._request, self.call, self._whole.size, rest)

    async def _write_portions(self, pieces: Iterable[bytes]) -> None:
        transport = self._request.transport
        for portion in _portions(pieces):
            if transport is None or transport.is_closing():
                raise ConnectionResetError("The client has gone")
            transport.write(portion)
            await drained(self._request)

    async def _write_with_aiohttp(self) -> None:
        if self._sends_body:
            for portion in _portions(self._whole.pieces):
                await self.write(portion)
                await drained(self._request)
        await super().write_eof()

    def _complete_headers(self) -> None:
        """Put all headers where aiohttp reads them."""
        self._headers = self.block.with_others(self.headers)
        if self.status not in _BODILESS:
            self.headers[hdrs.CONTENT_LENGTH] = str(self._whole.size)
        if self.call is not None:
            self.headers.update(self.call.own_headers())

    def _head(self) -> bytes:
        status = self._status
        length = "" if status in _BODILESS else f"Content-Length: {self._whole.size}\r\n"
        of_call = "" if self.call is None else lines_of(self.call.own_headers())
        lines, date = self.block.lines(self.headers), _http_date(int(time()))
        head = f"{_STATUS_LINES[status]}{lines}{length}{of_call}Date: {date}\r\n\r\n"
        return head.encode(errors="surrogateescape")


def _is_ordinary(request: web.BaseRequest) -> bool:
    return request.version == HttpVersion11 and request.keep_alive and request.method != hdrs.METH_HEAD


def _portions(pieces: Iterable[bytes]) -> Iterator[memoryview]:
    """Yield the pieces in portions of bounded size, without copying."""
    for piece in pieces:
        view = memoryview(piece)
        for start in range(0, len(view), _PORTION_BYTES):
            yield view[start : start + _PORTION_BYTES]


@lru_cache(maxsize=2)
def _http_date(second: int) -> str:
    """Return a time in HTTP format (RFC 9110, section 5.6.7)."""
    return formatdate(second, usegmt=True)
