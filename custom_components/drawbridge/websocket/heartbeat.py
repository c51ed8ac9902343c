"""Finds connections whose client is gone without a word."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web

from ..bridge import Bridge

HEARTBEAT_SECONDS: Final = 55
"""As in Home Assistant. A ping is sent after as long a silence; without a sign of life, the client is gone."""


class Heartbeat:
    """Pings a client that is silent, and gives it up when it stays so.

    aiohttp's own heartbeat leaves its timer behind when a connection is closed by the server.
    """

    def __init__(self, bridge: Bridge, websocket: web.WebSocketResponse, lost: Callable[[], None]) -> None:
        """Create a heartbeat. ``lost`` is called once when the client is gone."""
        self._bridge = bridge
        self._websocket = websocket
        self._lost = lost
        self._is_alive = True
        self._has_pinged = False
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> Callable[[], None]:
        """Watch the client until the returned function is called."""
        self._arm()
        return self._stop

    def beat(self) -> None:
        """Record a sign of life."""
        self._is_alive = True

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(HEARTBEAT_SECONDS, self._check)

    def _check(self) -> None:
        if self._is_alive:
            self._is_alive = self._has_pinged = False
        elif self._has_pinged:
            self._timer = None
            self._lost()
            return
        if not self._is_alive and not self._has_pinged:
            self._has_pinged = True
            self._bridge.start_task(self._ping(), "drawbridge ping", background=True)
        self._arm()

    async def _ping(self) -> None:
        try:
            await self._websocket.ping()
        except ConnectionError, RuntimeError:
            # The connection is closing, which ends the heartbeat too.
            return
