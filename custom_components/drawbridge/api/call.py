"""One request on its way through the gate."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..policy.headers import NO_STORE
from .problem import bad_request

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..cache.directory import LiveScope
    from ..keys import ApiKey


@dataclass(slots=True)
class Call:
    """What a handler gets: the request, the bridge, and the key that the gate let in."""

    request: web.Request
    bridge: Bridge
    presented: ApiKey | None = None
    """The key presented, if any; an endpoint that is not public has one."""

    @property
    def key(self) -> ApiKey:
        """The key of the caller. Raises ``LookupError`` in a public endpoint without one."""
        if self.presented is None:
            raise LookupError("this endpoint is public, and no key was presented")
        return self.presented

    @property
    def scope(self) -> LiveScope:
        """The scope of the caller's key."""
        return self.bridge.directory.live(self.key.scope)

    def parameter(self, name: str) -> str:
        """Return a part of the path."""
        return self.request.match_info[name]

    async def json(self) -> Any:
        """Return the body as JSON; ``None`` for an empty one. Refuses anything else."""
        body = await self.request.read()
        if not body:
            return None
        try:
            return json_loads(body)
        except JSON_DECODE_EXCEPTIONS as err:
            raise bad_request(f"The body is not valid JSON: {err}.") from err


def json_response(data: Any, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Answer with JSON that nobody may keep."""
    return web.Response(
        body=json_bytes(data),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": NO_STORE},
    )
