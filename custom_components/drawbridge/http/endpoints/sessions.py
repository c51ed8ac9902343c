"""OAuth 2.0 for browsers at the listener: sign in with a key, get and refresh a session, sign out.

The paths and the fields are those of Home Assistant, because its pages use them (RFC 6749, RFC 7009 and RFC 7636).
"""

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import urlsplit

from aiohttp import web

from ...keys import AuthFailure, digest
from ...operations import sessions as operations
from ...refusal import Refusal, RefusedError, bad_request, failed
from ...sessions import ACCESS_SECONDS, Grant, Session, SessionsNotSavedError, is_access_token
from ..call import Call, json_response
from ..endpoint import Endpoint, Router
from ..headers import NO_STORE_HEADERS
from ..observe import asked_for
from ..response import WholeResponse
from ..spec import OBJECT, Answer, ok
from ..steps import admit, admit_secret

router = Router()

_USE: Final = Endpoint("POST", "", operations.USE, lambda _call: WholeResponse(HTTPStatus.OK, {}), "")
_S256: Final = "S256"
_MAX_TEXT: Final = 2048
_SIGNED_OUT: Final = {400, 401, 403, 404}
"""Refusals of a key that do not pass by themselves."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the sign-in page sends."""

    key: str
    client_id: str
    redirect_uri: str
    challenge: str | None
    remember: bool

    @classmethod
    def of(cls, data: Any) -> Self:  # noqa: ANN401 - any JSON value
        """Parse a body. Raises ``RefusedError`` if it is not valid."""
        if not isinstance(data, dict):
            raise bad_request("The body must be a JSON object.")
        challenge = data.get("code_challenge")
        key, client_id, redirect_uri = data.get("key"), data.get("client_id"), data.get("redirect_uri")
        if not all(_is_text(item) for item in (key, client_id, redirect_uri, challenge or "")):
            raise bad_request("'key', 'client_id' and 'redirect_uri' must be texts.")
        if challenge and data.get("code_challenge_method") != _S256:
            raise bad_request("The only supported 'code_challenge_method' is 'S256'.")
        return cls(str(key), str(client_id), str(redirect_uri), challenge or None, data.get("remember") is True)


def ensure_pages(call: Call) -> None:
    """Answer like a path that does not exist while the pages are turned off. Raises ``RefusedError``."""
    if not call.bridge.options.pages:
        raise RefusedError(Refusal.NOT_FOUND, {"detail": "There is nothing at this path."})


def ensure_own_origin(request: web.Request, client_id: str, redirect_uri: str) -> None:
    """Refuse a client, or a page to return to, that is not of the origin of the request. Raises ``RefusedError``."""
    client, page = _origin(client_id), _origin(redirect_uri)
    allowed = {(request.scheme, request.host.lower()), ("https", request.host.lower())}
    if client not in allowed or page != client or urlsplit(client_id).path != "/":
        raise bad_request("Signing in leads to pages of this address alone.")


@router.endpoint(
    "GET",
    "/.well-known/oauth-authorization-server",
    operation=operations.DESCRIBE,
    about=ok(Answer("The metadata of the authorization server (RFC 8414).", OBJECT)),
)
def describe(call: Call) -> web.StreamResponse:
    """Return how to sign in."""
    ensure_pages(call)
    origin = f"{call.request.scheme}://{call.request.host}"
    return json_response(
        {
            "issuer": origin,
            "authorization_endpoint": f"{origin}/auth/authorize",
            "token_endpoint": f"{origin}/auth/token",
            "revocation_endpoint": f"{origin}/auth/revoke",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": [_S256],
        }
    )


@router.endpoint(
    "POST",
    "/auth/sign-in",
    operation=operations.SIGN_IN,
    about=ok(Answer("A code, valid once and for a minute.", OBJECT)),
)
async def sign_in(call: Call) -> web.StreamResponse:
    """Exchange a key for a code."""
    ensure_pages(call)
    # Pages of other sites may not send this type without asking first, and are told no.
    if call.request.content_type != "application/json":
        raise bad_request("The body must be JSON.")
    asked = SignIn.of(await call.json())
    ensure_own_origin(call.request, asked.client_id, asked.redirect_uri)
    # A session does not open another one, which would outlast it.
    secret = AuthFailure.MALFORMED if is_access_token(asked.key) else asked.key or AuthFailure.MISSING
    if (refused := admit_secret(call, secret)) is not None:
        raise refused
    _admit_to_pages(call)
    grant = Grant(call.key.id, digest(asked.key), asked.client_id, asked.redirect_uri, asked.challenge, asked.remember)
    return json_response({"code": call.bridge.sessions.codes.issue(grant, time.time())})


@router.endpoint(
    "POST",
    "/auth/token",
    operation=operations.TOKEN,
    about=ok(Answer("An access token, and for a code a refresh token.", OBJECT)),
)
async def token(call: Call) -> web.StreamResponse:
    """Exchange a code or a refresh token for an access token."""
    ensure_pages(call)
    form = await call.form()
    try:
        if form.get("grant_type") == "refresh_token":
            answer = await _refresh(call, form.get("refresh_token", ""), form.get("client_id", ""))
        else:
            answer = await _exchange(call, form)
    except RefusedError as err:
        # The pages take 400 for the end of the session, and any other error for one that passes.
        if err.refusal.value.status in _SIGNED_OUT:
            raise RefusedError(Refusal.GRANT, hidden=err.reason) from err
        raise
    return json_response({**answer, "token_type": "Bearer", "expires_in": ACCESS_SECONDS})


@router.endpoint(
    "POST",
    "/auth/revoke",
    operation=operations.REVOKE,
    about=ok(Answer("Nothing, whether there was such a session or not.", content_type=None)),
)
async def revoke(call: Call) -> web.StreamResponse:
    """End the session of a refresh token (RFC 7009)."""
    ensure_pages(call)
    sessions = call.bridge.sessions
    session = sessions.of_refresh_token((await call.form()).get("token", ""))
    if session is not None:
        await _end(call, session)
    return WholeResponse(HTTPStatus.OK, NO_STORE_HEADERS)


async def _exchange(call: Call, form: Any) -> dict[str, str]:  # noqa: ANN401
    sessions, code = call.bridge.sessions, form.get("code", "")
    grant = sessions.codes.redeem(code, time.time())
    if grant is None:
        await _end_stolen(call, code)
        raise _over(call)
    if not grant.is_for(form.get("client_id", ""), form.get("redirect_uri"), form.get("code_verifier")):
        raise _over(call)
    _admit(call, grant)
    try:
        session, access, refresh = await sessions.open(grant)
    except SessionsNotSavedError as err:
        raise failed(f"The session could not be saved: {err}.") from err
    sessions.codes.opened(code, session.id)
    return {"access_token": access, "refresh_token": refresh}


async def _refresh(call: Call, refresh_token: str, client_id: str) -> dict[str, str]:
    sessions = call.bridge.sessions
    session = sessions.of_refresh_token(refresh_token)
    if session is None or session.client_id != client_id:
        raise _over(call)
    _admit(call, session)
    return {"access_token": await sessions.refresh(session)}


def _admit(call: Call, signed_in: Grant | Session) -> None:
    """Admit the key of a code or a session, as with every request of it."""
    key = call.bridge.admission.authenticate_again(signed_in, call.client)
    if isinstance(key, RefusedError):
        raise key
    call.presented = key
    _admit_to_pages(call)


def _admit_to_pages(call: Call) -> None:
    """Apply the limits of the key, and require the capability. Learn mode sees that the key needs it."""
    if (refused := admit(call, _USE)) is not None:
        raise refused
    if call.key.learning:
        call.bridge.lessons.learn(call.key.id, asked_for(call, _USE))


def _over(call: Call) -> RefusedError:
    refused = call.bridge.admission.authenticate(AuthFailure.SESSION_OVER, call.client)
    return refused if isinstance(refused, RefusedError) else RefusedError(Refusal.GRANT)


async def _end_stolen(call: Call, code: str) -> None:
    """End the session that a code opened which is presented again (RFC 6749, section 4.1.2)."""
    session = call.bridge.sessions.get(call.bridge.sessions.codes.session_of_used(code) or "")
    if session is not None:
        await _end(call, session)


async def _end(call: Call, session: Session) -> None:
    try:
        await call.bridge.sessions.end([session])
    except SessionsNotSavedError as err:
        raise failed(f"The end of the session could not be saved: {err}.") from err


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_TEXT


def _origin(url: str) -> tuple[str, str]:
    """Return the scheme and the host with its port of a URL; empty for one that is not plain."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ("", "")
    is_plain = not parts.username and "\\" not in url and url.isprintable() and url.isascii()
    return (parts.scheme.lower(), parts.netloc.lower()) if is_plain else ("", "")
