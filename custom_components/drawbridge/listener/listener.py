"""Starts, moves and closes the listener according to the options."""

import asyncio
from collections.abc import Callable
from functools import partial
from socket import socket
from ssl import SSLContext
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..bridge import Bridge
from ..door import Door
from ..log import get_logger
from ..telemetry.listener import ListenerStatus
from . import sockets
from .application import create
from .certificates import Certificates
from .fault import ListenerError
from .serving import Serving
from .settings import ListenerSettings
from .tls import load
from .uploaded import tidy

_LOGGER = get_logger(__name__)

_FIRST_RETRY_SECONDS: Final = 10.0
_MAX_RETRY_SECONDS: Final = 300.0


class Listener:
    """The listener of a bridge.

    If it cannot start, it tries again with growing delays. Nothing else depends on it.
    """

    def __init__(self, hass: HomeAssistant, bridge: Bridge, changed: Callable[[], None]) -> None:
        """Create the listener of a bridge. ``changed`` is called after each change of ``bridge.listener``."""
        self._hass = hass
        self._bridge = bridge
        self._changed = changed
        self._lock = asyncio.Lock()
        self._applied: ListenerSettings | ListenerError | None = None
        self._place: tuple[str, int] | None = None
        self._sockets: list[socket] = []
        self._serving: Serving | None = None
        self._certificates: Certificates | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._delay = _FIRST_RETRY_SECONDS
        self._is_closed = False

    async def apply(self) -> None:
        """Start, move or close the listener if the options have changed."""
        async with self._lock:
            wanted = self._wanted()
            if self._is_closed or wanted == self._applied:
                return
            self._applied, self._delay = wanted, _FIRST_RETRY_SECONDS
            await self._move()
            options = self._bridge.options
            used = options.listener_certificate, options.listener_key, options.listener_client_ca
            await self._hass.async_add_executor_job(tidy, self._hass.config.config_dir, used)

    async def close(self) -> None:
        """Close the listener for good. Requests in progress have some seconds to finish."""
        self._is_closed = True
        async with self._lock:
            self._applied = None
            self._cancel_retry()
            await self._close(keep_sockets=False)

    def _wanted(self) -> ListenerSettings | ListenerError | None:
        options = self._bridge.options
        if not options.listener_enabled:
            return None
        try:
            return ListenerSettings.of(options, self._hass.config.path)
        except ListenerError as err:
            return err

    async def _move(self) -> None:
        """Close the running server, and start with the applied settings."""
        self._cancel_retry()
        wanted = self._applied
        try:
            if isinstance(wanted, ListenerError):
                raise wanted
            await self._start(wanted)
        except ListenerError as err:
            await self._close(keep_sockets=False)
            self._fail(err)
        self._report()

    async def _start(self, wanted: ListenerSettings | None) -> None:
        """Start with settings, after everything that can fail has been done."""
        if wanted is None:
            await self._close(keep_sockets=False)
            self._bridge.listener.problem = None
            return
        certificates = await self._load(wanted)
        place = wanted.address, wanted.port
        stays = place == self._place
        if self._place is not None and not stays and place[1] == self._place[1]:
            # The port is its own, at another address.
            await self._close(keep_sockets=False)
        try:
            opened = self._sockets if stays else sockets.listen(*place)
        except ListenerError:
            if certificates is not None:
                certificates.close()
            raise
        await self._close(keep_sockets=stays)
        self._sockets, self._place, self._certificates = opened, place, certificates
        server = self._hass.http
        self._serving = Serving(
            create(server, self._find_bridge), self._bridge.limits.places, self._context, server.trusted_proxies
        )
        await self._serving.start(opened)
        self._bridge.listener.problem = None
        _LOGGER.info("The listener accepts connections at port %s", wanted.port)

    async def _load(self, wanted: ListenerSettings) -> Certificates | None:
        if (files := wanted.tls) is None:
            return None
        loaded = await self._hass.async_add_executor_job(partial(load, files))
        return Certificates(files, loaded, self._hass.async_add_executor_job, self._report)

    async def _context(self) -> SSLContext | None:
        return None if self._certificates is None else await self._certificates.context()

    async def _close(self, *, keep_sockets: bool) -> None:
        """Close all connections, and the sockets unless they are to be used again."""
        serving, self._serving = self._serving, None
        if serving is not None:
            await serving.pause()
            if not keep_sockets:
                sockets.close(self._sockets)
            self._bridge.connections.close_door(Door.LISTENER)
            await serving.close()
        if self._certificates is not None:
            self._certificates.close()
            self._certificates = None
        if not keep_sockets:
            self._sockets, self._place = [], None

    def _find_bridge(self) -> Bridge | None:
        return self._bridge if self._hass.is_running else None

    # --- Problems

    def _fail(self, err: ListenerError) -> None:
        status = self._bridge.listener
        if status.problem != err.fault.key:
            _LOGGER.error("The listener cannot start: %s %s", err.fault, err.placeholders.get("reason", ""))
        status.problem, status.placeholders = err.fault.key, err.placeholders
        self._retry = asyncio.get_running_loop().call_later(self._delay, self._start_again)
        self._delay = min(self._delay * 2, _MAX_RETRY_SECONDS)

    def _cancel_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    @callback
    def _start_again(self) -> None:
        self._bridge.start_task(self._try_again(), "drawbridge listener", background=True)

    async def _try_again(self) -> None:
        async with self._lock:
            if self._applied is not None and self._serving is None:
                await self._move()

    def _report(self) -> None:
        """Update the state of the listener."""
        status: ListenerStatus = self._bridge.listener
        certificates = self._certificates
        status.is_running = self._serving is not None
        status.certificate_ends = certificates.ends if certificates is not None else None
        status.certificate_begins = certificates.begins if certificates is not None else None
        status.keeps_certificate = certificates is not None and certificates.error is not None
        self._changed()
