"""A listener whose every connection has the TLS context of its moment.

asyncio's own servers keep the context with which they began, so a renewed
certificate would need a restart.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Coroutine
from typing import Any, Final

from ..config.yamlfile import ConfigFileError

_LOGGER: Final = logging.getLogger(__name__)
_BACKLOG: Final = 128
_HANDSHAKE_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 1.0


class TLSListener:
    """Accepts connections until it is closed."""

    def __init__(self, serve: Callable[[], asyncio.BaseProtocol], context: Callable[[], ssl.SSLContext]) -> None:
        """Give each connection a protocol from ``serve`` and a context from ``context``."""
        self._serve = serve
        self._make_context = context
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens."""
        return [listening.getsockname()[:2] for listening in self._sockets]

    async def start(self, host: str | None, port: int) -> None:
        """Listen on every address of ``host``, every interface where it is None.

        Raises:
            OSError: An address cannot be listened on.

        """
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        try:
            for family, address in dict.fromkeys((family, address[:2]) for family, _, _, _, address in found):
                listening = socket.create_server(address, family=family, backlog=_BACKLOG)
                listening.setblocking(False)  # noqa: FBT003 - the standard library's signature
                self._sockets.append(listening)
        except OSError:
            self.close()
            raise
        for listening in self._sockets:
            self._spawn(self._accept(listening))

    def close(self) -> None:
        """Stop listening; connections whose handshake is over stay open."""
        for task in self._tasks:
            task.cancel()
        for listening in self._sockets:
            listening.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError as error:  # no file descriptor left: wait for one
                _LOGGER.warning("Cannot accept a connection: %s", error.strerror)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            self._spawn(self._handshake(connection))

    async def _handshake(self, connection: socket.socket) -> None:
        """Shake hands, then leave the connection to its protocol."""
        try:
            context = self._make_context()
            await asyncio.get_running_loop().connect_accepted_socket(
                self._serve, connection, ssl=context, ssl_handshake_timeout=_HANDSHAKE_SECONDS
            )
        except (OSError, ConfigFileError) as error:
            connection.close()
            _LOGGER.debug("A TLS handshake failed: %s", error)
