"""One request on its way through the gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, JsonValueType, json_loads

from ..admission import Client
from ..encoding.codecs import Payload
from ..operations.caller import Activity, Caller
from ..refusal import Refusal, RefusedError, bad_request
from ..scope.redaction import Redaction
from .response import WholeResponse
from .security_headers import NO_STORE

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..keys import ApiKey
    from ..limits.networks import Address
    from ..limits.rate_limit import Allowance
    from ..scope.resolver import LiveScope


_JSON_HEADERS: Final[Mapping[str, str]] = {hdrs.CONTENT_TYPE: "application/json", hdrs.CACHE_CONTROL: NO_STORE}


@dataclass(slots=True)
class Call:
    """What a handler gets: the request, the bridge, and the key that the gate let in."""

    request: web.Request
    bridge: Bridge
    base_path: str
    """The path that the paths of the endpoints are below."""
    request_id: str
    remote: str | None
    """The client's address as text, behind trusted proxies too; ``None`` for a local socket."""
    address: Address | None
    presented: ApiKey | None = None
    """The key presented, if any; an endpoint that is not public has one."""
    allowance: Allowance | None = None
    """What is left of the key's rate limit."""
    refused: RefusedError | None = None
    """Why the request was refused, if it was."""
    _caller: Caller | None = None

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
    def client(self) -> Client:
        """Where the request comes from."""
        return Client(self.remote, self.address)

    @property
    def scope(self) -> LiveScope:
        """The scope of the caller's key."""
        return self.bridge.directory.live(self.key.scope)

    @property
    def caller(self) -> Caller:
        """The key and what it sees, for operations. They say in ``activity`` what they did."""
        if self._caller is None:
            self._caller = Caller.of(self.key, self.bridge.resources)
        return self._caller

    @property
    def activity(self) -> Activity | None:
        """What operations did; ``None`` if none was called."""
        return None if self._caller is None else self._caller.activity

    @property
    def target(self) -> str | None:
        """What operations changed."""
        return None if self._caller is None else self._caller.activity.target

    @property
    def entity_id(self) -> str:
        """The entity id in the path, in lower case."""
        return self.parameter("entity_id").lower()

    @property
    def redaction(self) -> Redaction:
        """What the caller's capabilities leave in data."""
        return Redaction.of(self.key.capabilities)

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
            raise RefusedError(Refusal.TOO_LARGE, {"limit": limit})
        body = bytearray()
        async for chunk in self.request.content.iter_any():
            body += chunk
            if len(body) > limit:
                raise RefusedError(Refusal.TOO_LARGE, {"limit": limit})
        self.ensure_unchanged()
        return bytes(body)

    def ensure_unchanged(self) -> None:
        """Raise ``RefusedError`` if the key was revoked or changed since the gate admitted it."""
        if self.bridge.keys.get(self.key.id) != self.key:
            raise RefusedError(Refusal.KEY_CHANGED)

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
    """Return a JSON response that must not be stored."""
    return WholeResponse(status, _JSON_HEADERS, Payload.of(json_bytes(data)))
