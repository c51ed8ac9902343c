"""Accepts connections, and serves them."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network
from socket import socket
from typing import Final

from aiohttp import web

from ..limits.networks import bucket, contains, parse_address
from ..limits.places import Place, Places
from ..log import get_logger
from .protocol import ListenerProtocol

_LOGGER = get_logger(__name__)

FIRST_REQUEST_SECONDS: Final = 15.0
"""The time in which a new connection must complete the TLS handshake and all headers of its first request."""
_TLS_SHUTDOWN_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0
"""The pause after an error, such as too many open files."""
_GRACE_SECONDS: Final = 3.0
"""How long requests in progress may take after the listener stopped accepting connections."""

type FindContext = Callable[[], Awaitable[ssl.SSLContext | None]]


class Serving:
    """Listening sockets, and the connections that they accepted."""

    def __init__(
        self,
        app: web.Application,
        places: Places,
        find_context: FindContext,
        proxies: Iterable[IPv4Network | IPv6Network],
    ) -> None:
        """Serve an application.

        Args:
            app: The application.
            places: The limits on connections.
            find_context: Returns the TLS context for the next handshake, or ``None`` for no TLS.
            proxies: The proxies that Home Assistant trusts. Their connections are those of many clients.

        """
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=_GRACE_SECONDS)
        self._places = places
        self._find_context = find_context
        self._proxies = tuple(proxies)
        self._accepting: set[asyncio.Task[None]] = set()
        self._starting: set[asyncio.Task[None]] = set()

    async def start(self, sockets: Iterable[socket]) -> None:
        """Accept connections from sockets."""
        await self._runner.setup()
        for item in sockets:
            task = asyncio.create_task(self._accept(item), name="drawbridge listener")
            self._accepting.add(task)

    async def pause(self) -> None:
        """Accept no more connections. The sockets stay open."""
        await _cancel(self._accepting)

    async def close(self) -> None:
        """Close all connections. Requests in progress have some seconds to finish."""
        await self.pause()
        await _cancel(self._starting)
        await self._runner.cleanup()

    async def _accept(self, listening: socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connected, peer = await loop.sock_accept(listening)
            except OSError as err:
                _LOGGER.warning("The listener could not accept a connection: %s", err)
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            self._admit(connected, peer[0])
            # With a full backlog, accepting does not yield to others.
            await asyncio.sleep(0)

    def _admit(self, connected: socket, remote: str) -> None:
        address = parse_address(remote)
        is_proxy = address is not None and contains(self._proxies, address)
        starting: asyncio.Task[None] | None = None

        def abort() -> None:
            if starting is not None:
                starting.cancel()

        place = self._places.take(bucket(address) if address is not None else remote, abort, limited=not is_proxy)
        if place is None:
            connected.close()
            return
        starting = asyncio.create_task(self._start(connected, place), name="drawbridge connection")
        self._starting.add(starting)
        starting.add_done_callback(self._starting.discard)

    async def _start(self, connected: socket, place: Place) -> None:
        """Complete the TLS handshake of a connection, and serve it."""
        loop, server = asyncio.get_running_loop(), self._runner.server
        if server is None:
            connected.close()
            place.leave()
            return
        timer = loop.call_later(FIRST_REQUEST_SECONDS, lambda: place.abort())  # noqa: PLW0108 - it is replaced below
        try:
            context = await self._find_context()
            transport, _ = await loop.connect_accepted_socket(
                lambda: ListenerProtocol(server, place, timer, loop),
                connected,
                ssl=context,
                ssl_handshake_timeout=FIRST_REQUEST_SECONDS if context is not None else None,
                ssl_shutdown_timeout=_TLS_SHUTDOWN_SECONDS if context is not None else None,
            )
        except (OSError, asyncio.CancelledError) as err:
            timer.cancel()
            connected.close()
            place.leave()
            if isinstance(err, asyncio.CancelledError):
                raise
            return
        place.abort = transport.abort


async def _cancel(tasks: set[asyncio.Task[None]]) -> None:
    for task in tuple(tasks):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        tasks.discard(task)
