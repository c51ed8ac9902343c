"""Detects connections whose client disappeared without closing them."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web

from ..bridge import Bridge

HEARTBEAT_SECONDS: Final = 55
"""As in Home Assistant.

A ping is sent at this interval. A client that sends nothing until the next one is considered gone.
"""


class Heartbeat:
    """Pings the client regularly, and reports it as lost if nothing arrives.

    aiohttp's own heartbeat leaves its timer running when the server closes the connection.
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
        """Record that the client sent something."""
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
            # The connection is closing, which also stops the heartbeat.
            return
