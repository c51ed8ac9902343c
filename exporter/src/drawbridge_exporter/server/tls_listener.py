"""A listener that uses the current TLS context for each connection.

The servers of asyncio keep their first context, so that a renewed certificate
would require a restart.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from ..config.yamlfile import ConfigFileError

_LOGGER: Final = logging.getLogger(__name__)
_BACKLOG: Final = 128
_HANDSHAKE_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 1.0


class TLSListener:
    """Listens for TLS connections."""

    def __init__(self, serve: Callable[[], asyncio.BaseProtocol], context: Callable[[], ssl.SSLContext]) -> None:
        """Create a listener. ``serve`` and ``context`` are called for each connection."""
        self._serve = serve
        self._make_context = context
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def addresses(self) -> list[tuple[Any, ...] | str]:
        """The addresses that the listener is bound to. That of a Unix socket is a path."""
        return [listening.getsockname() for listening in self._sockets]

    async def start(self, host: str | None, port: int) -> None:
        """Listen on all addresses of ``host``, or on all interfaces if it is None.

        Raises:
            OSError: The listener cannot bind to an address.

        """
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        opened: list[socket.socket] = []
        try:
            for family, address in dict.fromkeys((family, address[:2]) for family, _, _, _, address in found):
                opened.append(socket.create_server(address, family=family, backlog=_BACKLOG))
                opened[-1].setblocking(False)  # noqa: FBT003 - the standard library's signature
        except OSError:
            for listening in opened:
                listening.close()
            raise
        self.start_on(opened)

    def start_on(self, sockets: Iterable[socket.socket]) -> None:
        """Listen on sockets that are bound, listen and do not block."""
        for listening in sockets:
            self._sockets.append(listening)
            self._spawn(self._accept(listening))

    def close(self) -> None:
        """Stop listening. Connections that have completed their handshake stay open."""
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
            except OSError as error:  # usually too many open files: try again later
                _LOGGER.warning("Cannot accept a connection: %s", error.strerror)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            self._spawn(self._handshake(connection))

    async def _handshake(self, connection: socket.socket) -> None:
        """Do the TLS handshake, then hand the connection over to its protocol."""
        try:
            context = self._make_context()
            await asyncio.get_running_loop().connect_accepted_socket(
                self._serve, connection, ssl=context, ssl_handshake_timeout=_HANDSHAKE_SECONDS
            )
        except (OSError, ConfigFileError) as error:
            connection.close()
            _LOGGER.debug("TLS handshake failed: %s", error)
