"""The steps of the gate, in their order. Each decides one thing, and has its only place here."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from multidict import istr

from ..keys import ApiKey, AuthFailure, Capability
from .call import Call
from .endpoint import Access, Endpoint
from .problem import REALM, Problem

type Step = Callable[[Call, Endpoint], Problem | None]

API_KEY_HEADER: Final = istr("X-API-Key")
_WHERE: Final = "Settings > Devices & services > Drawbridge"
_AUTH_DETAILS: Final[Mapping[AuthFailure, str]] = {
    AuthFailure.MISSING: "No key. Send one as 'Authorization: Bearer dbk_…' or 'X-API-Key: dbk_…'.",
    AuthFailure.AMBIGUOUS: "More than one key. Send one, in one header.",
    AuthFailure.MALFORMED: (
        "This is not a Drawbridge key, or part of it is missing: a key begins with 'dbk_' and is "
        "53 characters long. A Home Assistant token does not work here."
    ),
    AuthFailure.UNKNOWN: (
        "This key does not open the bridge: it was never made, or was rotated or removed. "
        f"Ask for a new one in {_WHERE}."
    ),
    AuthFailure.EXPIRED: f"This key has expired, or was rotated. Renew it in {_WHERE}.",
    AuthFailure.DISABLED: f"This key is disabled. Enable it in {_WHERE}.",
}


def authenticate(call: Call, endpoint: Endpoint) -> Problem | None:
    """Key known, intact, in time, enabled? A public endpoint needs none, but takes no wrong one.

    A right key is let in from a locked-out address too, so that nobody behind it can lock its neighbours out. It does
    not end the lock-out: the holder of one key could then go on guessing another.
    """
    secret = _presented(call.request)
    if secret is None:
        if endpoint.capability is Access.PUBLIC:
            return None
        return _unauthorized(call, AuthFailure.MISSING)
    if isinstance(secret, AuthFailure):
        return _unauthorized(call, secret)
    now = time.time()
    key = call.bridge.keys.authenticate(secret, now)
    if isinstance(key, AuthFailure):
        return _unauthorized(call, key)
    call.presented = key
    call.bridge.recorder.counters.key_used(key.id, now, call.remote)
    return None


def admit_network(call: Call, _endpoint: Endpoint) -> Problem | None:
    """May the key be used from this address?"""
    key = call.presented
    if key is None or not (key.local_only or key.networks) or call.bridge.may_use_from(key, call.address):
        return None
    return Problem(
        HTTPStatus.FORBIDDEN,
        "network",
        f"The key '{key.name}' may not be used from your address. Its networks are set in {_WHERE}.",
    )


def limit_rate(call: Call, _endpoint: Endpoint) -> Problem | None:
    """Is there a request left in the key's bucket?"""
    key = call.presented
    if key is None:
        return None
    bridge = call.bridge
    if (limit := key.rate_limit(bridge.options.per_minute)) is None:
        return None
    call.allowance = bridge.rate_limiter.take(key.id, limit, time.monotonic())
    if call.allowance.allowed:
        return None
    bridge.recorder.counters.rate_limited[key.id] += 1
    detail = f"The key '{key.name}' may make {limit.per_minute} requests a minute. Slow down."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", detail)


def authorize(call: Call, endpoint: Endpoint) -> Problem | None:
    """Does the key have the capability that the endpoint declares?"""
    capability, key = endpoint.capability, call.presented
    if (key is not None and capability in key.capabilities) or isinstance(capability, Access):
        return None
    return _insufficient(call.key, capability)


STEPS: Final[tuple[Step, ...]] = (
    authenticate,
    admit_network,
    limit_rate,
    authorize,
)
"""The policy. What follows them needs a place or the body: concurrency, size, time limit."""


def _presented(request: web.Request) -> str | AuthFailure | None:
    """Return the key sent, if one and only one was."""
    headers = request.headers
    keys, authorizations = headers.getall(API_KEY_HEADER, ()), headers.getall(hdrs.AUTHORIZATION, ())
    if len(keys) + len(authorizations) > 1:
        return AuthFailure.AMBIGUOUS
    if keys:
        return keys[0]
    return _without_scheme(authorizations[0]) if authorizations else None


def _without_scheme(authorization: str) -> str:
    kind, _, secret = authorization.partition(" ")
    return secret.strip() if kind.lower() == "bearer" else authorization


def _locked_out(call: Call) -> Problem | None:
    """Return the refusal for an address that is locked out because of too many wrong keys."""
    if call.address is None:
        return None
    remaining = call.bridge.lockouts.remaining(call.address, time.monotonic())
    if not remaining:
        return None
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "locked_out",
        "Too many wrong keys came from your address. A valid key is let in; for any other, try again later.",
        {hdrs.RETRY_AFTER: str(int(remaining) + 1)},
    )


def _unauthorized(call: Call, failure: AuthFailure) -> Problem:
    bridge = call.bridge
    bridge.recorder.counters.auth_failures[failure] += 1
    # Every failure looks the same to an address that is locked out, and none makes it longer.
    if (locked_out := _locked_out(call)) is not None:
        return locked_out
    if failure.is_guess:
        bridge.wrong_key(call.request, call.address)
    error = "invalid_request" if failure is AuthFailure.AMBIGUOUS else "invalid_token"
    challenge = REALM if failure is AuthFailure.MISSING else f'{REALM}, error="{error}"'
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
        f"The key '{key.name}' lacks the capability '{capability}'. It can be added in {_WHERE}.",
        {hdrs.WWW_AUTHENTICATE: f'{REALM}, error="insufficient_scope", scope="{capability}"'},
    )
