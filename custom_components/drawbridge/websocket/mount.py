"""Registers the WebSocket API on a router."""

from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, web

from ..bridge import Bridge
from ..door import Door
from .commands import COMMANDS
from .endpoint import WebSocketEndpoint

PATHS: Final = ("/api/websocket", "/websocket")
"""Some clients derive the second path from a base URL with a path."""


def mount(
    router: web.UrlDispatcher,
    find_bridge: Callable[[], Bridge | None],
    *,
    base_path: str,
    door: Door = Door.HOME_ASSISTANT,
) -> None:
    """Register the WebSocket API of a door below a base path."""
    endpoint = WebSocketEndpoint(COMMANDS, find_bridge, door)
    for path in PATHS:
        router.add_route(hdrs.METH_ANY, base_path + path, endpoint.handle)
