"""The one pipeline that every request passes. The order of ``STEPS`` is the policy."""

import inspect
import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ..bridge import Bridge
from ..keys import ApiKey, AuthFailure, Capability
from ..policy.headers import SECURITY_HEADERS
from .call import Call, json_response
from .endpoint import Access, Endpoint
from .problem import Problem, ProblemError

_LOGGER = logging.getLogger(__name__)

API_KEY_HEADER: Final = "X-API-Key"
_REALM: Final = 'Bearer realm="Drawbridge"'

type Step = Callable[[Call, Endpoint], Problem | None]

_UNAVAILABLE: Final = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable",
    "Drawbridge is not set up, or Home Assistant is starting or stopping. Try again soon.",
    {hdrs.RETRY_AFTER: "10"},
)
_AUTH_DETAILS: Final[Mapping[AuthFailure, str]] = {
    AuthFailure.MISSING: "No key. Send one as 'Authorization: Bearer dbk_…' or 'X-API-Key: dbk_…'.",
    AuthFailure.MALFORMED: (
        "This is not a Drawbridge key, or part of it is missing: a key begins with 'dbk_' and is "
        "53 characters long. A Home Assistant token does not work here."
    ),
    AuthFailure.UNKNOWN: (
        "This key does not open the bridge: it was never made, or was rotated or removed. "
        "Ask for a new one in Settings > Devices & services > Drawbridge."
    ),
}


class Gate:
    """Lets in requests to the endpoints of one path, or says why not."""

    def __init__(
        self,
        route: str,
        endpoints: Mapping[str, Endpoint],
        find_bridge: Callable[[], Bridge | None],
    ) -> None:
        """Guard a route: its declared path, and its endpoints by method."""
        self._route = route
        self._endpoints = endpoints
        self._find_bridge = find_bridge
        self._other_methods = _refuse_method(route, ", ".join(sorted(endpoints)))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request. Every answer leaves through here."""
        started = time.perf_counter()
        bridge = self._find_bridge()
        if bridge is None:
            response: web.StreamResponse = self._down(request)
        else:
            response = await self._admit(Call(request, bridge))
            seconds = time.perf_counter() - started
            method = request.method if request.method in self._endpoints else "other"
            sent = response.content_length or 0
            bridge.recorder.answered(self._route, method, response.status, seconds, sent)
        if not response.prepared:
            response.headers.update(SECURITY_HEADERS)
        return response

    async def _admit(self, call: Call) -> web.StreamResponse:
        endpoint = self._endpoints.get(call.request.method, self._other_methods)
        for step in STEPS:
            if (problem := step(call, endpoint)) is not None:
                return problem.response()
        return await self._run(call, endpoint)

    async def _run(self, call: Call, endpoint: Endpoint) -> web.StreamResponse:
        try:
            result = endpoint.handler(call)
            return await result if inspect.isawaitable(result) else result
        except ProblemError as err:
            if err.problem.status is HTTPStatus.FORBIDDEN:
                call.bridge.recorder.counters.denied[err.problem.reason] += 1
            return err.problem.response()
        except web.HTTPRequestEntityTooLarge:
            return _TOO_LARGE.response()
        except Exception:
            _LOGGER.exception("Unexpected error in %s %s", endpoint.method, endpoint.path)
            return _BROKEN.response()

    def _down(self, request: web.Request) -> web.StreamResponse:
        endpoint = self._endpoints.get(request.method)
        if endpoint is None or endpoint.when_down is None:
            return _UNAVAILABLE.response()
        response = json_response(endpoint.when_down, _UNAVAILABLE.status)
        response.headers.update(_UNAVAILABLE.headers)
        return response


def _refuse_method(route: str, allowed: str) -> Endpoint:
    """Return the endpoint that stands in for the methods that a route does not have."""

    def refuse(_call: Call) -> web.StreamResponse:
        status, detail = HTTPStatus.METHOD_NOT_ALLOWED, f"This path answers to {allowed}."
        raise ProblemError(Problem(status, "method_not_allowed", detail, {hdrs.ALLOW: allowed}))

    return Endpoint("other", route, Access.PUBLIC, refuse, "")


_TOO_LARGE: Final = Problem(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The body is too large."
)
_BROKEN: Final = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal",
    "Something went wrong inside Drawbridge. Home Assistant's log says what.",
)


def authenticate(call: Call, endpoint: Endpoint) -> Problem | None:
    """Key known and intact? A public endpoint does without one, but takes no wrong one."""
    secret = _presented(call.request)
    if secret is None:
        if endpoint.capability is Access.PUBLIC:
            return None
        return _unauthorized(call, AuthFailure.MISSING)
    now = time.time()
    key = call.bridge.keys.authenticate(secret, now)
    if isinstance(key, AuthFailure):
        return _unauthorized(call, key)
    call.presented = key
    call.bridge.recorder.counters.key_used(key.id, now)
    return None


def authorize(call: Call, endpoint: Endpoint) -> Problem | None:
    """Does the key have the capability that the endpoint declares?"""
    capability = endpoint.capability
    if isinstance(capability, Access) or capability in call.key.capabilities:
        return None
    call.bridge.recorder.counters.denied["capability"] += 1
    return _insufficient(call.key, capability)


STEPS: Final[tuple[Step, ...]] = (authenticate, authorize)


def _presented(request: web.Request) -> str | None:
    authorization = request.headers.get(hdrs.AUTHORIZATION)
    if authorization is None:
        return request.headers.get(API_KEY_HEADER)
    kind, _, secret = authorization.partition(" ")
    return secret.strip() if kind.lower() == "bearer" else authorization


def _unauthorized(call: Call, failure: AuthFailure) -> Problem:
    call.bridge.recorder.counters.auth_failures[failure] += 1
    challenge = _REALM if failure is AuthFailure.MISSING else f'{_REALM}, error="invalid_token"'
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        f"key_{failure}",
        _AUTH_DETAILS[failure],
        {hdrs.WWW_AUTHENTICATE: challenge},
    )


def _insufficient(key: ApiKey, capability: Capability) -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "capability",
        f"The key '{key.name}' lacks the capability '{capability}'. It can be added in "
        "Settings > Devices & services > Drawbridge.",
        {hdrs.WWW_AUTHENTICATE: f'{_REALM}, error="insufficient_scope", scope="{capability}"'},
    )
