"""The steps of the gate, in order. Each step applies one rule of admission."""

from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, web
from multidict import istr

from ..keys import AuthFailure
from ..operations.declaration import Access
from ..refusal import RefusedError
from .call import Call
from .endpoint import Endpoint

type Step = Callable[[Call, Endpoint], RefusedError | None]

API_KEY_HEADER: Final = istr("X-API-Key")


def authenticate(call: Call, endpoint: Endpoint) -> RefusedError | None:
    """Authenticate the key. A public endpoint accepts requests without a key, but refuses an invalid one."""
    secret = presented(call.request)
    if secret is AuthFailure.MISSING and endpoint.operation.capability is Access.PUBLIC:
        return None
    bridge = call.bridge
    key = bridge.admission.authenticate(secret, call.client)
    if isinstance(key, RefusedError):
        bridge.report_guess(call.request, key)
        return key
    call.presented = key
    return None


def admit_client(call: Call, _endpoint: Endpoint) -> RefusedError | None:
    """Refuse a key that this client may not use."""
    if (key := call.presented) is None:
        return None
    return call.bridge.admission.check_client(key, call.client)


def limit_rate(call: Call, _endpoint: Endpoint) -> RefusedError | None:
    """Count the request against the rate limit of the key."""
    if (key := call.presented) is None:
        return None
    admission = call.bridge.admission
    call.allowance = admission.limit_rate(key)
    if call.allowance is None or call.allowance.allowed:
        return None
    return admission.over_limit(key)


def authorize(call: Call, endpoint: Endpoint) -> RefusedError | None:
    """Refuse a key without the capability that the endpoint declares."""
    if (key := call.presented) is None:
        return None
    return call.bridge.admission.authorize(key, endpoint.operation.capability)


STEPS: Final[tuple[Step, ...]] = (
    authenticate,
    admit_client,
    limit_rate,
    authorize,
)
"""The steps, in order. The limits on concurrency, size and time are checked later."""


def presented(request: web.Request) -> str | AuthFailure:
    """Return the key in the request headers, or the failure if there is not exactly one."""
    headers = request.headers
    keys, authorizations = headers.getall(API_KEY_HEADER, ()), headers.getall(hdrs.AUTHORIZATION, ())
    if len(keys) + len(authorizations) > 1:
        return AuthFailure.AMBIGUOUS
    if keys:
        return keys[0]
    return _without_scheme(authorizations[0]) if authorizations else AuthFailure.MISSING


def _without_scheme(authorization: str) -> str:
    kind, _, secret = authorization.partition(" ")
    return secret.strip() if kind.lower() == "bearer" else authorization
