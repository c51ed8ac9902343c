"""The middlewares that requests pass before they reach a transport, as at Home Assistant's own server."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from aiohttp import HttpVersion10, HttpVersion11, hdrs, web
from homeassistant.components.http.forwarded import async_setup_forwarded
from homeassistant.components.http.headers import setup_headers
from homeassistant.components.http.request_context import setup_request_context
from homeassistant.components.http.security_filter import setup_security_filter
from homeassistant.helpers.http import current_request

from ..http.pipelining import is_pipelined
from .protocol import ListenerProtocol

if TYPE_CHECKING:
    from aiohttp.typedefs import Middleware


class HomeAssistantServer(Protocol):
    """The part of Home Assistant's own server that the listener needs."""

    @property
    def app(self) -> web.Application:
        """The application, with its middlewares."""

    @property
    def trusted_proxies(self) -> list[IPv4Network | IPv6Network]:
        """The proxies that Home Assistant trusts."""


_SET_UPS: Final = MappingProxyType[str, "Callable[[web.Application, HomeAssistantServer], None]"](
    {
        "security_filter_middleware": lambda app, _server: setup_security_filter(app),
        "forwarded_middleware": lambda app, server: async_setup_forwarded(
            app, bool(server.trusted_proxies), server.trusted_proxies
        ),
        "request_context_middleware": lambda app, _server: setup_request_context(app, current_request),
        "headers_middleware": lambda app, _server: setup_headers(app, use_x_frame_options=True),
    }
)
"""The middlewares in the order of Home Assistant's server, and the function that creates each of them.

The other middlewares are left out: those for bans and for Home Assistant's own users do not apply to keys, and the gate
handles CORS.
"""


def add_middlewares(app: web.Application, server: HomeAssistantServer) -> None:
    """Add the middlewares of Home Assistant's server to an application.

    The functions of the server itself are used, because their settings, such as ``use_x_forwarded_for``, cannot be read
    elsewhere. A middleware that the server does not have is created with Home Assistant's own function.
    """
    app.middlewares.append(follow)
    present = _by_name(server.app.middlewares)
    for name, set_up in _SET_UPS.items():
        if (found := present.get(name)) is not None:
            app.middlewares.append(found)
        else:
            set_up(app, server)


@web.middleware
async def follow(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Tell the connection that it serves a request."""
    protocol = request.protocol
    assert isinstance(protocol, ListenerProtocol)  # noqa: S101 - the listener makes no other
    protocol.begin()
    if is_pipelined(request):
        await asyncio.sleep(0)
    if (status := _refused(request)) is not None:
        protocol.end()
        return protocol.handle_error(request, status)
    try:
        return await handler(_with_own_scheme(request))
    except Exception as err:
        # A middleware refused the request. Only the gate limits how slowly a client reads its response.
        if isinstance(err, web.Response):
            err.force_close()
        raise
    finally:
        protocol.end()


def _refused(request: web.Request) -> HTTPStatus | None:
    """Return the status with which to refuse invalid HTTP/1.1 that some versions of aiohttp accept, or None."""
    if request.version < HttpVersion10:
        # Such a request has no header fields, so that no check of them applies.
        return HTTPStatus.HTTP_VERSION_NOT_SUPPORTED
    if request.version == HttpVersion11 and hdrs.HOST not in request.headers:
        return HTTPStatus.BAD_REQUEST
    return None


def _with_own_scheme(request: web.Request) -> web.Request:
    """Return a request with the scheme of the connection.

    If a client sends a complete URL as the target, older versions of aiohttp use the scheme of that URL.
    """
    if not request.raw_path.lower().startswith(("http://", "https://")):
        return request
    tls = request.transport is not None and request.transport.get_extra_info("sslcontext") is not None
    return request.clone(scheme="https" if tls else "http")


def _by_name(middlewares: Iterable[Middleware]) -> dict[str, Middleware]:
    return {getattr(item, "__name__", ""): item for item in middlewares}
