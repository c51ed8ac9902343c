"""One request on its way through the gate."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aiohttp import hdrs, web
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, JsonValueType, json_loads

from ..cache.codings import Payload
from ..keys import AuthFailure, Capability
from ..policy.headers import NO_STORE
from .problem import Problem, ProblemError, bad_request, too_large
from .response import WholeResponse

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..cache.directory import LiveScope
    from ..keys import ApiKey
    from ..policy.networks import Address
    from ..policy.rate_limit import Allowance


UNFINISHED: Final = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Too many calls of this key have not ended yet. Some may outlast the request that made them.",
    {hdrs.RETRY_AFTER: "10"},
)


@dataclass(slots=True)
class Call:
    """What a handler gets: the request, the bridge, and the key that the gate let in."""

    request: web.Request
    bridge: Bridge
    request_id: str
    remote: str | None
    """The client's address as text, behind trusted proxies too; ``None`` for a local socket."""
    address: Address | None
    presented: ApiKey | None = None
    """The key presented, if any; an endpoint that is not public has one."""
    allowance: Allowance | None = None
    """What is left of the key's rate limit."""
    problem: Problem | None = None
    """Why the request was refused, if it was."""
    target: str | None = None
    """What a write changes, for the audit trail."""
    reached: frozenset[str] = frozenset()
    """The entities that a call of a service reaches, for learn mode."""

    @property
    def key(self) -> ApiKey:
        """The key of the caller. Raises ``LookupError`` in a public endpoint without one."""
        if self.presented is None:
            raise LookupError("this endpoint is public, and no key was presented")
        return self.presented

    @property
    def holder(self) -> str:
        """Who the limits on what is under way count for: the key, or all callers without one together."""
        return self.presented.id if self.presented is not None else ""

    @property
    def scope(self) -> LiveScope:
        """The scope of the caller's key."""
        return self.bridge.directory.live(self.key.scope)

    @property
    def images(self) -> bool:
        """Whether the caller may see pictures, and links to them."""
        return Capability.IMAGES in self.key.capabilities

    def parameter(self, name: str) -> str:
        """Return a part of the path."""
        return self.request.match_info[name]

    async def body(self) -> bytes:
        """Return the body. Refuses one over the limit, before more than that is read.

        A body may come slowly, so the key is looked at again when it is whole: a key that was
        revoked or changed in the meantime does nothing.
        """
        limit = self.bridge.options.max_body
        if (self.request.content_length or 0) > limit:
            raise too_large(limit)
        body = bytearray()
        async for chunk in self.request.content.iter_any():
            body += chunk
            if len(body) > limit:
                raise too_large(limit)
        self.ensure_unchanged()
        return bytes(body)

    def ensure_unchanged(self) -> None:
        """Refuse when the key was revoked or changed since the gate let it in."""
        if self.bridge.keys.get(self.key.id) != self.key:
            detail = "The key was changed or removed while the request was under way."
            reason = f"key_{AuthFailure.UNKNOWN}"
            raise ProblemError(Problem(HTTPStatus.UNAUTHORIZED, reason, detail))

    async def finish[T](self, work: Coroutine[Any, Any, T], name: str) -> T:
        """Wait for work that goes on when the request ends, by a time limit or because the client has gone.

        Raises:
            ProblemError: As much of such work as the key may have under way has not ended yet.

        """
        bridge, holder = self.bridge, self.holder
        if bridge.unfinished.is_full(holder, bridge.options.max_concurrent):
            work.close()
            raise ProblemError(UNFINISHED)
        bridge.unfinished.enter(holder)
        task = bridge.hass.async_create_task(work, name)
        task.add_done_callback(lambda _: bridge.unfinished.leave(holder))
        return await asyncio.shield(task)

    async def json(self) -> JsonValueType:
        """Return the body as JSON; ``None`` for an empty one. Refuses anything else."""
        body = await self.body()
        if not body:
            return None
        try:
            return json_loads(body)
        except JSON_DECODE_EXCEPTIONS as err:
            raise bad_request(f"The body is not valid JSON: {err}.") from err


def json_response(data: object, status: HTTPStatus = HTTPStatus.OK) -> WholeResponse:
    """Answer with JSON that nobody may keep."""
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: "application/json", hdrs.CACHE_CONTROL: NO_STORE}
    return WholeResponse(status, headers, Payload.of(json_bytes(data)))
