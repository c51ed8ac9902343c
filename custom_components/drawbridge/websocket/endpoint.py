"""Accepts WebSocket connections: the handshake and the message that authenticates."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import voluptuous as vol
from aiohttp import WSCloseCode, WSMessage, WSMsgType, hdrs, web
from homeassistant.components.websocket_api.auth import (
    AUTH_MESSAGE_SCHEMA,
    AUTH_REQUIRED_MESSAGE,
    auth_invalid_message,
)
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads
from voluptuous.humanize import humanize_error

from ..bridge import Bridge
from ..door import Door
from ..http.pipelining import is_pipelined
from ..http.problem import problem_of
from ..http.security_headers import REQUEST_ID, SECURITY_HEADERS, request_id
from ..keys import ApiKey, AuthFailure
from ..limits.origins import ANY_ORIGIN
from ..masking import mask
from ..refusal import Refusal, RefusedError
from .command import Command
from .session import DisconnectError, Handshake, Session, close_text
from .waiting import Waiting

_AUTH_SECONDS: Final = 10
_MAX_AUTH_BYTES: Final = 65_536


class WebSocketEndpoint:
    """Accepts the WebSocket connections of a path."""

    def __init__(self, commands: Mapping[str, Command], find_bridge: Callable[[], Bridge | None], door: Door) -> None:
        """Create an endpoint that serves these commands."""
        self._commands = commands
        self._find_bridge = find_bridge
        self._door = door
        self.waiting = Waiting()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection until it ends."""
        if is_pipelined(request):
            await asyncio.sleep(0)
        bridge = self._find_bridge()
        number = request_id(request.headers.get(REQUEST_ID))
        if bridge is None:
            return _refusal(RefusedError(Refusal.UNAVAILABLE), number)
        handshake = Handshake.of(request, bridge, number, self._door)
        if (refused := self._refuse(handshake)) is not None:
            handshake.recording.refused(None, refused)
            return _refusal(refused, number)
        websocket = handshake.websocket
        try:
            await websocket.prepare(request)
            session = await _authenticate(handshake, self.waiting)
        except DisconnectError as err:
            await websocket.close(code=WSCloseCode.POLICY_VIOLATION, message=close_text(str(err)))
            return websocket
        if session is not None:
            await session.serve(self._commands)
        return websocket

    def _refuse(self, handshake: Handshake) -> RefusedError | None:
        bridge = handshake.bridge
        if (locked_out := bridge.admission.locked_out(handshake.client)) is not None:
            return locked_out
        if len(bridge.connections) >= bridge.options.max_connections:
            return RefusedError(Refusal.TOO_MANY_CONNECTIONS)
        if handshake.request.method != hdrs.METH_GET or not _is_upgrade(handshake.request, handshake.websocket):
            return RefusedError(Refusal.UPGRADE_REQUIRED)
        return None


async def _authenticate(handshake: Handshake, waiting: Waiting) -> Session | None:
    """Read the key, and admit it. Return its session, which counts as a connection; ``None`` if it was refused.

    A key that is refused is told so in-band: clients would take a failed handshake for a lost connection, and retry.

    Raises:
        DisconnectError: There was no message that authenticates, or none in time.

    """
    websocket, bridge = handshake.websocket, handshake.bridge
    await websocket.send_str(AUTH_REQUIRED_MESSAGE.decode())
    try:
        async with waiting.within(_AUTH_SECONDS):
            message = await _next(websocket)
    except TimeoutError:
        raise DisconnectError(f"No key was sent within {_AUTH_SECONDS} seconds.") from None
    if message.type is not WSMsgType.TEXT or len(message.data) > _MAX_AUTH_BYTES:
        raise DisconnectError("The first message should be of the type 'auth', and hold a key.")
    secret = await _read_secret(websocket, message.data)
    admitted = _admit(handshake, secret)
    if isinstance(admitted, RefusedError):
        key = bridge.keys.authenticate(secret, time.time())
        handshake.recording.refused(None if isinstance(key, AuthFailure) else key, admitted)
        await websocket.send_str(auth_invalid_message(mask(admitted.message)).decode())
        await websocket.close()
        return None
    return admitted


async def _next(websocket: web.WebSocketResponse) -> WSMessage:
    """Return the next message, and answer pings before it."""
    while True:
        message = await websocket.receive()
        if message.type is WSMsgType.PING:
            await websocket.pong(message.data)
        elif message.type is not WSMsgType.PONG:
            return message


async def _read_secret(websocket: web.WebSocketResponse, text: str) -> str:
    try:
        content = AUTH_MESSAGE_SCHEMA(json_loads(text))
    except JSON_DECODE_EXCEPTIONS as err:
        raise DisconnectError("The message is not valid JSON.") from err
    except vol.Invalid as err:
        detail = mask(f"Auth message incorrectly formatted: {humanize_error(json_loads(text), err)}")
        await websocket.send_str(auth_invalid_message(detail).decode())
        raise DisconnectError(detail) from err
    return str(content.get("access_token", ""))


def _admit(handshake: Handshake, secret: str) -> Session | RefusedError:
    bridge = handshake.bridge
    key = bridge.admission.authenticate(secret or AuthFailure.MISSING, handshake.client)
    if isinstance(key, RefusedError):
        bridge.report_guess(handshake.request, key)
        return key
    refused = bridge.admission.check_client(key, handshake.client) or _refuse_origin(handshake.request, bridge, key)
    if refused is not None:
        return refused
    try:
        return Session(handshake, key, handshake.bridge.admission.credential(secret))
    except RefusedError as err:
        return err


def _refuse_origin(request: web.Request, bridge: Bridge, key: ApiKey) -> RefusedError | None:
    """Refuse a page of another site, unless the key or the bridge allows its origin."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or urlsplit(origin).netloc.lower() == request.host.lower():
        return None
    allowed = bridge.origins(key)
    return None if origin in allowed or ANY_ORIGIN in allowed else RefusedError(Refusal.ORIGIN)


def _is_upgrade(request: web.Request, websocket: web.WebSocketResponse) -> bool:
    try:
        return bool(websocket.can_prepare(request))
    except Exception:  # noqa: BLE001 - aiohttp raises a response for a handshake that is not valid
        return False


def _refusal(refused: RefusedError, number: str) -> web.StreamResponse:
    response = problem_of(refused)
    response.headers.update(SECURITY_HEADERS)
    response.headers[REQUEST_ID] = number
    return response
