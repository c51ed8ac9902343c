"""The steps of the gate: authentication, then admission."""

from typing import Final

from aiohttp import hdrs, web
from multidict import istr

from ..admission import Credential
from ..keys import AuthFailure
from ..operations.declaration import Access
from ..operations.images import may_have_link
from ..refusal import RefusedError
from .call import Call
from .endpoint import Endpoint

API_KEY_HEADER: Final = istr("X-API-Key")
_TOKEN: Final = "token"  # noqa: S105 - the name of a parameter


def authenticate(call: Call, endpoint: Endpoint) -> RefusedError | None:
    """Authenticate the key. A public endpoint accepts requests without a key, but refuses an invalid one."""
    secret = presented(call.request)
    if secret is AuthFailure.MISSING and endpoint.operation.capability is Access.PUBLIC:
        return None
    if secret is AuthFailure.MISSING and endpoint.operation.by_link and _TOKEN in call.request.query:
        return _admit_link(call)
    return admit_secret(call, secret)


def admit_secret(call: Call, secret: str | AuthFailure) -> RefusedError | None:
    """Authenticate a key, and make it the key of the call."""
    bridge = call.bridge
    key = bridge.admission.authenticate(secret, call.client)
    if isinstance(key, RefusedError):
        bridge.report_guess(call.request, key)
        return key
    call.presented = key
    return None


def _admit_link(call: Call) -> RefusedError | None:
    """Admit a link with the token of an entity's picture, as the pages have it."""
    token, resources = call.request.query[_TOKEN], call.bridge.resources
    key = call.bridge.admission.authenticate_link(
        lambda item: may_have_link(item, resources, call.entity_id, token), call.client
    )
    if isinstance(key, RefusedError):
        return key
    call.presented = key
    call.signed_in = call.bridge.admission.credential_of_pages(key)
    return None


def admit(call: Call, endpoint: Endpoint) -> RefusedError | None:
    """Refuse an authenticated key that this client may not use, that is over its rate limit, or that is not permitted.

    The limits on concurrency, size and time are checked later.
    """
    key, admission = call.presented, call.bridge.admission
    if key is None:
        return None
    if (refused := admission.check_client(key, call.client)) is not None:
        return refused
    call.allowance = allowance = admission.limit_rate(key)
    if allowance is not None and not allowance.allowed:
        return admission.over_limit(key)
    return admission.authorize(key, endpoint.operation.capability)


def credential_of(call: Call) -> Credential:
    """Return what a live connection of an admitted call depends on."""
    return call.signed_in or call.bridge.admission.credential(presented(call.request))


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
