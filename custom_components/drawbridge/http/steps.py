"""The steps of the gate, in order. Each step applies one rule of admission."""

from collections.abc import Callable
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

type Step = Callable[[Call, Endpoint], RefusedError | None]

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


def admit_again(call: Call, endpoint: Endpoint) -> None:
    """Run the steps that follow authentication for a key that the body of a public endpoint presented.

    Raises:
        RefusedError: A step refused the key.

    """
    for step in STEPS[1:]:
        if (refused := step(call, endpoint)) is not None:
            raise refused


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
