"""Registers the declared endpoints on a router."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final

from aiohttp import hdrs, web

from ..bridge import Bridge
from ..door import Door
from ..operations import own
from ..refusal import not_found
from .call import Call
from .endpoint import Endpoint
from .endpoints import (
    asyncapi,
    calendars,
    config,
    discovery,
    events,
    health,
    history,
    images,
    key,
    logbook,
    metrics,
    services,
    states,
    stream,
    template,
    traces,
)
from .gate import Gate
from .openapi import with_document

_MODULES: Final = (
    asyncapi,
    calendars,
    config,
    discovery,
    events,
    health,
    history,
    images,
    key,
    logbook,
    metrics,
    services,
    states,
    stream,
    template,
    traces,
)
ENDPOINTS: Final[tuple[Endpoint, ...]] = with_document(
    chain.from_iterable(module.router.endpoints for module in _MODULES)
)
_UNMATCHED: Final = "unmatched"


def mount(
    router: web.UrlDispatcher,
    find_bridge: Callable[[], Bridge | None],
    *,
    base_path: str,
    door: Door = Door.HOME_ASSISTANT,
    endpoints: Iterable[Endpoint] = ENDPOINTS,
) -> None:
    """Register every endpoint of a door under a base path, behind a gate. All other paths below it return 404.

    All methods of a path are routed, so that the gate responds to undeclared methods
    and Home Assistant's CORS handling does not apply.
    """
    by_path: defaultdict[str, dict[str, Endpoint]] = defaultdict(dict)
    for endpoint in endpoints:
        by_path[endpoint.path][endpoint.method] = endpoint
        if endpoint.method == hdrs.METH_GET:
            by_path[endpoint.path][hdrs.METH_HEAD] = endpoint
    for path, methods in by_path.items():
        router.add_route(hdrs.METH_ANY, base_path + path, Gate(path, methods, find_bridge, base_path, door).handle)
    unmatched = {
        method: Endpoint(method, _UNMATCHED, own.NONE, _no_such_path, "")
        for method in hdrs.METH_ALL - {hdrs.METH_OPTIONS}
    }
    tail = Gate(_UNMATCHED, unmatched, find_bridge, base_path, door)
    # A path at the root cannot be empty.
    router.add_route(hdrs.METH_ANY, base_path + "{tail:(/.*)?}" if base_path else "/{tail:.*}", tail.handle)


def _no_such_path(call: Call) -> web.StreamResponse:
    hint = f" The API is below {call.base_path}/api, and not at the root." if call.base_path else ""
    raise not_found(f"There is nothing at this path.{hint}")
