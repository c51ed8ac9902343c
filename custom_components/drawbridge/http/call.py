"""A request, with the key that the gate admitted."""

from asyncio import Timeout
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, JsonValueType, json_loads

from ..admission import Client, Credential
from ..encoding.codecs import Payload
from ..operations.caller import Activity, Caller
from ..refusal import Refusal, RefusedError, bad_request
from ..scope.redaction import Redaction
from .response import WholeResponse
from .security_headers import NO_STORE, REQUEST_ID

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..keys import ApiKey
    from ..limits.networks import Address
    from ..limits.rate_limit import Allowance
    from ..scope.resolver import LiveScope
    from .tracing import RequestTrace


_MAX_FORM_BYTES: Final = 16_384
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_JSON_HEADERS: Final[Mapping[str, str]] = {hdrs.CONTENT_TYPE: "application/json", hdrs.CACHE_CONTROL: NO_STORE}


@dataclass(slots=True)
class Call:
    """The argument of a handler: the request, the bridge, and the key that the gate admitted."""

    request: web.Request
    bridge: Bridge
    base_path: str
    """The path under which the endpoints are mounted."""
    request_id: str
    client: Client
    """Where the request comes from."""
    presented: ApiKey | None = None
    """The valid key of the request. Only a public endpoint can be called without one."""
    allowance: Allowance | None = None
    """The remaining rate limit of the key."""
    refused: RefusedError | None = None
    """Why the request was refused, if it was."""
    signed_in: Credential | None = None
    """The session whose pages opened a link, if the request has no key."""
    headers: Mapping[str, str] = _NO_HEADERS
    """Headers of the response that replace those of every response, such as another content security policy."""
    clock: Timeout | None = None
    """The time limit of the request."""
    trace: RequestTrace | None = None
    """The spans of the request; ``None`` if tracing is off."""
    activity: Activity = field(default_factory=Activity)
    """What operations record about the request."""
    _caller: Caller | None = None

    @property
    def key(self) -> ApiKey:
        """The key of the caller. Raises ``LookupError`` if a public endpoint was called without one."""
        if self.presented is None:
            raise LookupError("this endpoint is public, and no key was presented")
        return self.presented

    @property
    def holder(self) -> str:
        """The holder for concurrency limits: the id of the key, or ``""`` for all callers without a key."""
        return self.presented.id if self.presented is not None else ""

    @property
    def remote(self) -> str | None:
        """The client's address as text, taken from trusted proxies if any; ``None`` for a local socket."""
        return self.client.remote

    @property
    def address(self) -> Address | None:
        """The client's address."""
        return self.client.address

    @property
    def scope(self) -> LiveScope:
        """The scope of the caller's key."""
        return self.bridge.directory.live(self.key.scope)

    @property
    def caller(self) -> Caller:
        """The caller for operations."""
        if self._caller is None:
            self._caller = Caller.of(self.key, self.bridge.resources, self.activity)
            if self.key.ask:
                # A method of this call would form a reference cycle, which only the garbage collector could free.
                self._caller.clock, self._caller.is_present = self.clock, partial(_is_connected, self.request)
        return self._caller

    @property
    def entity_id(self) -> str:
        """The entity id in the path, in lower case."""
        return self.parameter("entity_id").lower()

    @property
    def redaction(self) -> Redaction:
        """The redaction for the caller's capabilities."""
        return Redaction.of(self.key.capabilities)

    def parameter(self, name: str) -> str:
        """Return a path parameter."""
        return self.request.match_info[name]

    def own_headers(self) -> dict[str, str]:
        """Return the headers that no other response has: the request id and the rate limit."""
        return {REQUEST_ID: self.request_id, **(self.allowance.headers() if self.allowance is not None else {})}

    def forget_clock(self) -> None:
        """Drop the time limit, which refers to the task whose result is the response: a reference cycle."""
        self.clock = None
        if self._caller is not None:
            self._caller.clock = None

    async def body(self) -> bytes:
        """Return the body. Refuses a body above the size limit without reading the rest.

        A client may send the body slowly, so the key is checked again when the body is complete.
        """
        limit = self.bridge.options.max_body
        if (self.request.content_length or 0) > limit:
            raise RefusedError(Refusal.TOO_LARGE, {"limit": limit})
        body = bytearray()
        try:
            async for chunk in self.request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise RefusedError(Refusal.TOO_LARGE, {"limit": limit})
        except web.RequestPayloadError as err:
            raise bad_request("The body cannot be decoded as its headers declare.") from err
        self.ensure_unchanged()
        return bytes(body)

    def ensure_unchanged(self) -> None:
        """Raise ``RefusedError`` if the key, if any, was revoked or changed since the gate admitted it."""
        if self.presented is not None and self.bridge.keys.get(self.key.id) != self.key:
            raise RefusedError(Refusal.KEY_CHANGED)

    async def form(self) -> Mapping[str, str]:
        """Return the text fields of a form. Refuses anything else."""
        if (length := self.request.content_length) is None or length > _MAX_FORM_BYTES:
            raise RefusedError(Refusal.TOO_LARGE, {"limit": _MAX_FORM_BYTES})
        try:
            fields = await self.request.post()
        except ValueError as err:
            raise bad_request("The body is not a valid form.") from err
        return {name: value for name, value in fields.items() if isinstance(value, str)}

    async def json(self) -> JsonValueType:
        """Return the parsed JSON body, or ``None`` if it is empty. Refuses invalid JSON."""
        body = await self.body()
        if not body:
            return None
        try:
            return json_loads(body)
        except JSON_DECODE_EXCEPTIONS as err:
            raise bad_request(f"The body is not valid JSON: {err}.") from err


def _is_connected(request: web.Request) -> bool:
    """Return whether the client of a request is still connected."""
    transport = request.transport
    return transport is not None and not transport.is_closing()


def json_response(data: object, status: HTTPStatus = HTTPStatus.OK) -> WholeResponse:
    """Return a JSON response that must not be stored."""
    return WholeResponse(status, _JSON_HEADERS, Payload.of(json_bytes(data)))
