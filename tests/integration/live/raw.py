"""A WebSocket client that sends whatever it is told, right or wrong, over a socket of its own."""

import asyncio
import base64
import json
import os
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from tests.integration.house import BASE, Bridge

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
CLOSE_CODES: Final = {1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011}
LAST: Final = 2**63
"""The ids of the pings that are sent last begin here."""
_SECONDS: Final = 20


def frame(  # noqa: PLR0913 - as a frame has fields
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True, length: int | None = None
) -> bytes:
    """Return a frame. ``length`` is the size that it claims to have, that of the payload by default."""
    size = len(payload) if length is None else length
    first, flag = (0x80 if fin else 0) | rsv << 4 | opcode, 0x80 if mask else 0
    if size < 126:
        head = bytes((first, flag | size))
    elif size < 65_536:
        head = struct.pack(">BBH", first, flag | 126, size)
    else:
        head = struct.pack(">BBQ", first, flag | 127, size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    pad = int.from_bytes(key * (len(payload) // 4 + 1)) >> 8 * (4 - len(payload) % 4)
    return head + key + (int.from_bytes(payload) ^ pad).to_bytes(len(payload))


def text(content: str) -> bytes:
    """Return a text frame."""
    return frame(TEXT, content.encode())


def message(content: object) -> bytes:
    """Return a text frame with JSON."""
    return text(json.dumps(content))


def deflated(content: bytes) -> bytes:
    """Return what permessage-deflate makes of a payload."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (compressor.compress(content) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


class RawSocket:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Use a socket that is past the handshake."""
        self.reader = reader
        self.writer = writer
        self.close_code: int | None = None
        self.is_over = False
        self.has_ended = False
        self._last = LAST
        self._inflate = zlib.decompressobj(-15)

    async def send(self, *frames: bytes) -> None:
        """Send bytes as they are. A server that has closed the connection does not read them."""
        try:
            for item in frames:
                self.writer.write(item)
                async with asyncio.timeout(_SECONDS):
                    await self.writer.drain()
        except ConnectionError:
            return

    def end(self) -> None:
        """Say that nothing more is sent."""
        self.has_ended = True
        self.writer.write_eof()

    async def next(self) -> tuple[int, bytes] | None:
        """Return opcode and payload of the next frame; ``None`` at the end."""
        try:
            async with asyncio.timeout(_SECONDS):
                first, second = await self.reader.readexactly(2)
                assert not second & 0x80, "a server does not mask its frames"
                size = second & 0x7F
                if size == 126:
                    [size] = struct.unpack(">H", await self.reader.readexactly(2))
                elif size == 127:
                    [size] = struct.unpack(">Q", await self.reader.readexactly(8))
                payload = await self.reader.readexactly(size)
        except asyncio.IncompleteReadError, ConnectionError:
            self.is_over = True
            return None
        if first & 0x40:
            payload = self._inflate.decompress(payload + b"\x00\x00\xff\xff")
        if first & 0x0F == CLOSE:
            self.close_code = struct.unpack(">H", payload[:2])[0] if payload else 1005
            if not self.has_ended:
                await self.send(frame(CLOSE, payload[:2]))
        return first & 0x0F, payload

    async def each(self) -> AsyncIterator[Any]:
        """Iterate over all messages until the answer to the last ping, or until the connection has ended."""
        while (item := await self.next()) is not None:
            opcode, payload = item
            if opcode != TEXT:
                continue
            content = json.loads(payload)
            parts = content if isinstance(content, list) else [content]
            for part in parts:
                if part.get("id") != self._last:
                    yield part
            if any(part.get("id") == self._last for part in parts):
                break

    async def messages(self) -> list[Any]:
        """Return all of these messages."""
        return [item async for item in self.each()]

    async def answers(self, *frames: bytes) -> list[Any]:
        """Send frames and a last ping, and return the messages before its answer.

        All of them have a form of Home Assistant's, and a connection that was closed was closed cleanly.
        """
        self._last += 1
        await self.send(*frames, message({"id": self._last, "type": "ping"}))
        found = await self.messages()
        for item in found:
            assert_form(item)
        assert self.close_code is None or self.close_code in CLOSE_CODES, self.close_code
        return found


def assert_form(item: Any) -> None:
    """Make sure that a message has a form of Home Assistant's, and is no error that nobody expected."""
    assert item["type"] in {"result", "event", "pong", "auth_required", "auth_ok", "auth_invalid"}, item
    if item["type"] == "result":
        assert item.keys() == {"id", "type", "success", "result" if item["success"] else "error"}, item
        if not item["success"]:
            assert isinstance(item["error"]["message"], str)
            assert item["error"]["code"] != "unknown_error", item
    elif item["type"] == "event":
        assert item.keys() == {"id", "type", "event"}


@asynccontextmanager
async def handshake(bridge: Bridge, query: str = "", *, compress: bool = False) -> AsyncIterator[RawSocket]:
    """Connect, without a key."""
    host, port = bridge.client.host, bridge.client.port
    reader, writer = await asyncio.open_connection(host, port)
    lines = [
        f"GET {BASE}/api/websocket{query} HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *(["Sec-WebSocket-Extensions: permessage-deflate"] if compress else []),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    assert (b"permessage-deflate" in head) is compress
    try:
        yield RawSocket(reader, writer)
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def admitted(bridge: Bridge, secret: str, *, compress: bool = False) -> AsyncIterator[RawSocket]:
    """Connect with a key."""
    async with handshake(bridge, compress=compress) as socket:
        await socket.send(message({"type": "auth", "access_token": secret}))
        types = [json.loads(item[1])["type"] for item in (await socket.next(), await socket.next()) if item is not None]
        assert types == ["auth_required", "auth_ok"]
        yield socket


def pieces(payload: bytes, sizes: Sequence[int], opcode: int = TEXT) -> list[bytes]:
    """Return a message in fragments of these sizes, and one with the rest."""
    found, start = [], 0
    for number, size in enumerate(sizes):
        found.append(frame(CONTINUATION if number else opcode, payload[start : start + size], fin=False))
        start += size
    return [*found, frame(CONTINUATION if sizes else opcode, payload[start:])]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(_SECONDS):
        while not condition():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
