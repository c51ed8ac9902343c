"""Listens on addresses, or on the sockets that systemd passes."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from aiohttp import web

from ..config.settings import Settings
from ..config.values import ListenAddress
from .guard import WebConfigFile
from .tls_listener import TLSListener

_LOGGER: Final = logging.getLogger(__name__)
_FIRST_SOCKET: Final = 3


class ListenError(Exception):
    """The exporter cannot listen. The message says how to fix it."""


def passed_sockets(environ: MutableMapping[str, str]) -> list[socket.socket]:
    """Return the sockets that systemd passes, by the protocol of sd_listen_fds(3).

    It removes the variables, so that child processes do not take the sockets for theirs.

    Raises:
        ListenError: systemd passed none to this process.

    """
    process, count = environ.pop("LISTEN_PID", ""), environ.pop("LISTEN_FDS", "")
    environ.pop("LISTEN_FDNAMES", None)
    if process != str(os.getpid()) or not count.isdigit() or int(count) == 0:
        raise ListenError("systemd passed no socket. Start the exporter through its socket unit.")
    found = [socket.socket(fileno=number) for number in range(_FIRST_SOCKET, _FIRST_SOCKET + int(count))]
    for passed in found:
        passed.set_inheritable(False)
        passed.setblocking(False)  # noqa: FBT003 - the same
    return found


async def listen(runner: web.AppRunner, settings: Settings, web_config: WebConfigFile, stop: asyncio.Event) -> None:
    """Listen until ``stop`` is set.

    Raises:
        ListenError: An address cannot be used, or systemd passed no socket.

    """
    async with AsyncExitStack() as stack:
        for place in passed_sockets(os.environ) if settings.systemd_socket else settings.listen:
            try:
                addresses = await stack.enter_async_context(_listening(runner, place, web_config))
            except OSError as error:
                raise ListenError(f"Cannot listen on {_shown(place)}: {_told(error)}") from error
            for address in addresses:
                _LOGGER.info("Listening on %s%s", _shown(address), " with TLS" if web_config.uses_tls else "")
        await stop.wait()
    _LOGGER.info("Stopping after the open scrapes finish")


def _told(error: OSError) -> str:
    """Return why an address cannot be used, and what to do."""
    if isinstance(error, socket.gaierror):
        return f"{error.strerror}. Check the host name."
    if error.errno == errno.EADDRINUSE:
        return "the port is in use. Check whether another program uses it."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return "permission denied. Use a port above 1023, or have systemd listen."
    return f"{error.strerror or error}. Check that this machine has the address."


def _shown(place: ListenAddress | socket.socket | tuple[Any, ...] | str) -> str:
    """Return an address as text. That of a Unix socket is a path."""
    if isinstance(place, ListenAddress):
        return str(place)
    if isinstance(place, socket.socket):
        return _shown(place.getsockname())
    return place if isinstance(place, str) else str(ListenAddress(place[0], place[1]))


@asynccontextmanager
async def _listening(
    runner: web.AppRunner, place: ListenAddress | socket.socket, web_config: WebConfigFile
) -> AsyncIterator[list[Any]]:
    """Listen on one address or socket until the block ends, and yield the addresses that it has."""
    if runner.server is None or not web_config.uses_tls:
        before = len(runner.addresses)
        await _site(runner, place).start()
        yield runner.addresses[before:]
        return
    listener = TLSListener(runner.server, web_config.context)
    if isinstance(place, socket.socket):
        listener.start_on([place])
    else:
        await listener.start(place.host, place.port)
    try:
        yield listener.addresses
    finally:
        listener.close()


def _site(runner: web.AppRunner, place: ListenAddress | socket.socket) -> web.BaseSite:
    if isinstance(place, socket.socket):
        return web.SockSite(runner, place)
    return web.TCPSite(runner, place.host, place.port)
