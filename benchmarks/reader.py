"""A separate process with WebSocket clients that read and discard messages.

Usage: ``python -m benchmarks.reader PORT PATH CLIENTS``. Standard input has one secret per line, followed by an empty
line. The process prints ``ready`` when every client has received its first states. On ``mark``, it prints a JSON object
with the changes, bytes and delays since the last mark. On ``slow``, one client in five stops reading. On
``check TOKEN``, all clients read again, and the object also has the number of clients that have the states of Home
Assistant's own API. On ``end``, the process exits.

With ``deflate`` as a fourth argument, the clients offer permessage-deflate like browsers, and their messages are not
counted. With ``keep``, some clients keep what they receive, for the check.
"""

import asyncio
import base64
import json
import re
import secrets
import struct
import sys
import time
from contextlib import AsyncExitStack
from statistics import quantiles
from typing import Final, override

import aiohttp

from benchmarks.picture import are_equal, states_of

_TEXT: Final = 0x81
_MEDIUM: Final = 126
_MASK: Final = 0x80
_CHANGE: Final = b'"+":'
_TIME: Final = re.compile(rb'"l[cu]":(\d+\.\d+)')
_SAMPLED: Final = 8
"""One of this many clients measures delays."""
_SLOW: Final = 5
"""One of this many clients stops reading on command."""
_KEPT: Final = 40
"""Of this many clients, one that stops reading and one that does not keep what they receive."""
_QUIET_SECONDS: Final = 2.0
_OWN_PATH: Final = "/api/websocket"


class Reader(asyncio.Protocol):
    """A client that authenticates, subscribes to all entities, and counts the changes that it receives."""

    def __init__(
        self, path: str, secret: str, ready: asyncio.Future[None], *, samples: bool = False, keeps: bool = False
    ) -> None:
        """Create a client of a path. It can measure delays, and keep what it receives."""
        self._path, self._secret = path, secret
        self._samples = samples
        self.kept = bytearray() if keeps else None
        self._ready = ready
        self.changes = 0
        self.size = 0
        self.delays: list[float] = []
        self.is_open = False
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the handshake, the secret and the subscription at once."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - that is what a TCP connection has
        self._transport = transport
        self.is_open = True
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = (
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        transport.write(head.encode())
        self._send({"type": "auth", "access_token": self._secret})
        self._send({"id": 1, "type": "supported_features", "features": {"coalesce_messages": 1}})
        self._send({"id": 2, "type": "subscribe_entities"})

    @override
    def data_received(self, data: bytes) -> None:
        """Count the changes, and measure the delay of one."""
        self.size += len(data)
        if self.kept is not None:
            self.kept += data
        self.changes += data.count(_CHANGE)
        if not self._ready.done() and b'{"a":{' in data:
            self._ready.set_result(None)
        if self._samples and (found := _TIME.search(data)) is not None and _CHANGE in data:
            self.delays.append(time.time() - float(found[1]))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Record that the connection was closed."""
        self.is_open = False
        if not self._ready.done():
            self._ready.set_exception(exc or ConnectionError("the connection was closed"))

    def _send(self, content: object) -> None:
        assert self._transport is not None  # noqa: S101 - nothing is sent before
        payload = json.dumps(content).encode()
        head = (
            bytes((_TEXT, _MASK | len(payload)))
            if len(payload) < _MEDIUM
            else struct.pack(">BBH", _TEXT, _MASK | _MEDIUM, len(payload))
        )
        self._transport.write(head + bytes(4) + payload)

    def pause(self) -> None:
        """Stop reading."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()


async def main(port: int, path: str, clients: int, *, keeps: bool) -> None:
    """Connect, and answer commands on standard input until ``end``."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    keys = []
    while line := (await lines.readline()).decode().strip():
        keys.append(line)
    # One after the other: Home Assistant should not have to serve them all at once.
    readers = [
        await _connect(
            port, path, keys[number % len(keys)],
            samples=number % _SAMPLED == 0, keeps=keeps and number % _KEPT in {0, 1},
        )
        for number in range(clients)
    ]  # fmt: skip
    print("ready", flush=True)
    while (command := (await lines.readline()).decode().strip()) not in {"end", ""}:
        if command == "slow":
            for reader in readers[::_SLOW]:
                reader.pause()
        name, _, token = command.partition(" ")
        checked = await _check(port, readers, token) if name == "check" else {}
        print(json.dumps(_mark(readers) | checked), flush=True)


async def _connect(port: int, path: str, secret: str, **options: bool) -> Reader:
    """Return a client that has received its first states."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    _, reader = await loop.create_connection(lambda: Reader(path, secret, ready, **options), "127.0.0.1", port)
    await ready
    return reader


async def _check(port: int, readers: list[Reader], token: str) -> dict[str, float]:
    """Let all clients read what is left, and compare their states with those of Home Assistant's own API."""
    for reader in readers[::_SLOW]:
        reader.resume()
    before, size = -1, 0
    while before != size:
        await asyncio.sleep(_QUIET_SECONDS)
        before, size = size, sum(reader.size for reader in readers)
    own = await _connect(port, _OWN_PATH, token, keeps=True)
    await asyncio.sleep(_QUIET_SECONDS)
    expected = states_of(bytes(own.kept or b""))
    kept = [bytes(reader.kept) for reader in readers if reader.kept is not None]
    return {"kept": len(kept), "exact": sum(are_equal(states_of(received), expected) for received in kept)}


async def compressing(port: int, path: str, clients: int) -> None:
    """Connect clients that offer permessage-deflate, one after the other, until each has its first states."""
    key = sys.stdin.readline().strip()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        for _ in range(clients):
            url = f"ws://127.0.0.1:{port}{path}"
            socket = await stack.enter_async_context(session.ws_connect(url, compress=15, max_msg_size=0))
            if not socket.compress:
                raise ConnectionError("The server does not compress")
            await socket.send_json({"type": "auth", "access_token": key})
            await socket.send_json({"id": 1, "type": "subscribe_entities"})
            while '{"a":{' not in await socket.receive_str():
                pass
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


def _mark(readers: list[Reader]) -> dict[str, float]:
    delays = [delay for reader in readers for delay in reader.delays]
    cuts = quantiles(delays, n=100) if len(delays) > 1 else [0.0] * 99
    found = {
        "changes": sum(reader.changes for reader in readers),
        "bytes": sum(reader.size for reader in readers),
        "open": sum(reader.is_open for reader in readers),
        "p50": cuts[49],
        "p99": cuts[98],
    }
    for reader in readers:
        reader.changes = reader.size = 0
        reader.delays.clear()
    return found


if __name__ == "__main__":
    where = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    asyncio.run(compressing(*where) if "deflate" in sys.argv[4:] else main(*where, keeps="keep" in sys.argv[4:]))
