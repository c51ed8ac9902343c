"""Answers that are complete when their handler returns them."""

from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import Final, override

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.abc import AbstractStreamWriter

from ..encoding.codecs import Payload

_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}" for status in HTTPStatus}
_NOTHING: Final = Payload.of()
_FITS_IN_A_PACKET: Final = 2048
"""Bytes up to which it is cheaper to join a body to its head than to send them as two."""


class WholeResponse(web.StreamResponse):
    """A response whose body is there, in pieces that are sent one after the other and never joined.

    What an answer carries is decided by the gate, so there is nothing that hooks of the application could add while it
    is sent (Home Assistant's only one is for CORS, which is the gate's too): an ordinary request, of HTTP/1.1 on a
    connection that stays open, is answered in one go. Any other is left to aiohttp.
    """

    def __init__(self, status: HTTPStatus, headers: Mapping[str, str], body: Payload = _NOTHING) -> None:
        """Answer with these headers, to which the length is added, and a body that is encoded as they say."""
        super().__init__(status=status, headers=headers)
        self._whole = body
        self._is_sent = False
        self._sends_body = True
        if status not in _BODILESS:
            self.headers[hdrs.CONTENT_LENGTH] = str(body.size)

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
        if not _is_ordinary(request):
            self._sends_body = request.method != hdrs.METH_HEAD and self.status not in _BODILESS
            return await super().prepare(request)
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("The client has gone")
        head = self._head()
        self._is_sent = True
        if self._whole.size <= _FITS_IN_A_PACKET:
            transport.write(b"".join((head, *self._whole.pieces)))
        else:
            transport.writelines((head, *self._whole.pieces))
            await request.writer.drain()
        return request.writer

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        if self._is_sent:
            return
        if self._sends_body:
            for piece in self._whole.pieces:
                await self.write(piece)
        await super().write_eof(data)

    def _head(self) -> bytes:
        headers = self.headers
        headers[hdrs.DATE] = _http_date(int(time()))
        fields = "\r\n".join(map(": ".join, headers.items()))
        if fields.count("\r") != len(headers) - 1 or fields.count("\n") != len(headers) - 1:
            raise ValueError("A header must be of one line")
        return f"{_STATUS_LINES[self.status]}\r\n{fields}\r\n\r\n".encode(errors="surrogateescape")


def _is_ordinary(request: web.BaseRequest) -> bool:
    return request.version == HttpVersion11 and request.keep_alive and request.method != hdrs.METH_HEAD


@lru_cache(maxsize=2)
def _http_date(second: int) -> str:
    """Return a time as HTTP writes it (RFC 9110, section 5.6.7)."""
    return formatdate(second, usegmt=True)
