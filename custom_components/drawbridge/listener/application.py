"""The application of the listener: everything that is reachable through it.

More routes are added in ``create``, before the HTTP transport, which answers all other paths.
"""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from .. import http
from ..bridge import Bridge
from ..door import Door
from ..http.endpoints import sessions
from ..websocket.mount import mount as mount_websocket
from . import sign_in
from .middlewares import HomeAssistantServer, add_middlewares
from .pages import Pages

_BASE_PATH: Final = ""
_ENDPOINTS: Final = (*http.ENDPOINTS, *sessions.router.endpoints, *sign_in.router.endpoints)
_MAX_BODY_BYTES: Final = 65_536
"""The limit for routes that read a body through aiohttp. The transports have a limit of their own."""


def create(server: HomeAssistantServer, find_bridge: Callable[[], Bridge | None]) -> web.Application:
    """Return an application with the transports at the root.

    Args:
        server: Home Assistant's own server, whose middlewares apply here too.
        find_bridge: Returns the bridge, or ``None`` while it is down.

    """
    app = web.Application(client_max_size=_MAX_BODY_BYTES)
    add_middlewares(app, server)
    mount_websocket(app.router, find_bridge, base_path=_BASE_PATH, door=Door.LISTENER)
    Pages(find_bridge).mount(app.router)
    http.mount(app.router, find_bridge, base_path=_BASE_PATH, door=Door.LISTENER, endpoints=_ENDPOINTS)
    return app
