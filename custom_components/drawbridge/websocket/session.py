"""A WebSocket connection from its handshake to its end."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import voluptuous as vol
from aiohttp import WSCloseCode, WSMessage, WSMsgType, hdrs, web
from homeassistant.components.websocket_api.auth import (
    AUTH_MESSAGE_SCHEMA,
    AUTH_OK_MESSAGE,
    AUTH_REQUIRED_MESSAGE,
    auth_invalid_message,
)
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads
from voluptuous.humanize import humanize_error

from ..admission import Client
from ..bridge import Bridge
from ..http.problem import problem_of
from ..http.security_headers import REQUEST_ID, SECURITY_HEADERS, request_id
from ..keys import ApiKey, AuthFailure, digest
from ..limits.networks import parse_address
from ..limits.origins import ANY_ORIGIN
from ..log import get_logger
from ..masking import mask
from ..refusal import Refusal, RefusedError
from .command import Command
from .connection import Connection
from .heartbeat import Heartbeat
from .outbox import Outbox
from .recording import Recording

_LOGGER = get_logger(__name__)
_AUTH_SECONDS: Final = 10
_MAX_AUTH_BYTES: Final = 65_536
_CLOSE_SECONDS: Final = 5
_RESUME_SECONDS: Final = 0.02
_TRANSPORT: Final = "websocket"


class DisconnectError(Exception):
    """Raised to close a connection. The text is sent to the client."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """A connecting client.

    Attributes:
        request: The handshake request.
        websocket: The response, which becomes the connection.
        bridge: The bridge that serves it.
        client: The client's address.
        recording: Records what the connection does.

    """

    request: web.Request
    websocket: web.WebSocketResponse
    bridge: Bridge
    client: Client
    recording: Recording

    @classmethod
    def of(cls, request: web.Request, bridge: Bridge, number: str) -> Handshake:
        """Return the handshake of a request with this ID."""
        return cls(
            request,
            web.WebSocketResponse(autoping=False, max_msg_size=bridge.options.max_message),
            bridge,
            Client(request.remote, parse_address(request.remote or "")),
            Recording(bridge, request.remote, number),
        )


class WebSocketEndpoint:
    """Accepts WebSocket connections at a path."""

    def __init__(self, commands: Mapping[str, Command], find_bridge: Callable[[], Bridge | None]) -> None:
        """Create an endpoint for these commands."""
        self._commands = commands
        self._find_bridge = find_bridge
        self.unauthenticated = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection until it is closed."""
        bridge = self._find_bridge()
        number = request_id(request.headers.get(REQUEST_ID))
        if bridge is None:
            return _refusal(RefusedError(Refusal.UNAVAILABLE), number)
        handshake = Handshake.of(request, bridge, number)
        if (refused := self._refuse(handshake)) is not None:
            handshake.recording.refused(None, refused)
            return _refusal(refused, number)
        websocket = handshake.websocket
        await websocket.prepare(request)
        self.unauthenticated += 1
        try:
            admitted = await _authenticate(handshake)
        except DisconnectError as err:
            await websocket.close(code=WSCloseCode.POLICY_VIOLATION, message=_close_text(str(err)))
            return websocket
        finally:
            self.unauthenticated -= 1
        if admitted is not None:
            await Session(handshake, *admitted).serve(self._commands)
        return websocket

    def _refuse(self, handshake: Handshake) -> RefusedError | None:
        bridge = handshake.bridge
        if (locked_out := bridge.admission.locked_out(handshake.client)) is not None:
            return locked_out
        if self.unauthenticated + len(bridge.connections) >= bridge.options.max_connections:
            return RefusedError(Refusal.TOO_MANY_CONNECTIONS)
        if handshake.request.method != hdrs.METH_GET or not _is_upgrade(handshake.request, handshake.websocket):
            return RefusedError(Refusal.UPGRADE_REQUIRED)
        return None


async def _authenticate(handshake: Handshake) -> tuple[ApiKey, str] | None:
    """Read and admit the key. Return it with the digest of its secret; ``None`` if it was refused.

    The refusal is sent as a message, because clients retry after a failed handshake.

    Raises:
        DisconnectError: No authentication message arrived in time.

    """
    websocket, bridge = handshake.websocket, handshake.bridge
    await websocket.send_str(AUTH_REQUIRED_MESSAGE.decode())
    try:
        async with asyncio.timeout(_AUTH_SECONDS):
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
    await websocket.send_str(AUTH_OK_MESSAGE.decode())
    return admitted, digest(secret)


async def _next(websocket: web.WebSocketResponse) -> WSMessage:
    """Return the next message. Pings before it are answered."""
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


def _admit(handshake: Handshake, secret: str) -> ApiKey | RefusedError:
    bridge = handshake.bridge
    key = bridge.admission.authenticate(secret or AuthFailure.MISSING, handshake.client)
    if isinstance(key, RefusedError):
        bridge.report_guess(handshake.request, key)
        return key
    refused = (
        bridge.admission.check_network(key, handshake.client)
        or _refuse_origin(handshake.request, bridge, key)
        or bridge.connections.refuse(key, bridge.options)
    )
    return refused or key


def _refuse_origin(request: web.Request, bridge: Bridge, key: ApiKey) -> RefusedError | None:
    """Refuse requests from web pages of other origins, unless the key or the bridge allows the origin."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or urlsplit(origin).netloc.lower() == request.host.lower():
        return None
    allowed = bridge.origins(key)
    return None if origin in allowed or ANY_ORIGIN in allowed else RefusedError(Refusal.ORIGIN)


class Session:
    """The command phase of a connection: reads messages, and ends when the key ends."""

    def __init__(self, handshake: Handshake, key: ApiKey, secret_digest: str) -> None:
        """Create a session for an admitted key."""
        self.digest = secret_digest
        self._request = handshake.request
        self._websocket = handshake.websocket
        self._bridge = handshake.bridge
        self._client = handshake.client
        self._recording = handshake.recording
        self._connection: Connection | None = None
        self._outbox: Outbox | None = None
        self._key = key
        self._resume_timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def key(self) -> ApiKey:
        """The current key."""
        return self._key

    @property
    def pending_bytes(self) -> int:
        """The number of bytes that the client has not read yet."""
        return self._outbox.pending_bytes if self._outbox is not None else 0

    async def serve(self, commands: Mapping[str, Command]) -> None:
        """Handle messages until the connection ends."""
        bridge, transport = self._bridge, self._request.transport
        if transport is None:
            return
        outbox = Outbox(transport, _window_bits(self._websocket), self._overflow, self._attend)
        self._outbox = outbox
        connection = self._connection = Connection(bridge, self._key, commands, outbox, self._recording)
        close = bridge.connections.open(self)
        live = bridge.recorder.live
        live.opened(_TRANSPORT, self._key.id)
        self._heartbeat = Heartbeat(bridge, self._websocket, self._lose)
        stop_heartbeat = self._heartbeat.start()
        secure = self._request.secure
        bridge.sightings.use(
            self._key.id, self._client.address, self._client.remote, self._request.headers, secure=secure
        )
        try:
            await self._receive(connection)
        except DisconnectError as err:
            _LOGGER.debug("The connection of a client was closed: %s", err)
            await self._websocket.close(code=WSCloseCode.POLICY_VIOLATION, message=_close_text(str(err)))
        finally:
            close()
            stop_heartbeat()
            connection.close()
            live.closed(_TRANSPORT, self._key.id)
            if self._resume_timer is not None:
                self._resume_timer.cancel()
            if self._ending is not None:
                with suppress(TimeoutError):
                    await self._ending

    async def _receive(self, connection: Connection) -> None:
        websocket = self._websocket
        while not websocket.closed:
            message = await websocket.receive()
            self._heartbeat.beat()
            if message.type is WSMsgType.TEXT:
                await connection.receive(_parsed(message.data))
            elif message.type is WSMsgType.PING:
                await websocket.pong(message.data)
            elif message.type is WSMsgType.PONG:
                continue
            elif message.type is WSMsgType.BINARY:
                # Ignore binary messages, because no command accepts them.
                if not message.data:
                    raise DisconnectError("Received invalid binary message.")
            else:
                return

    # --- Key changes

    def change_key(self, key: ApiKey) -> None:
        """Switch to the changed key."""
        self._key = key
        if self._connection is not None:
            self._connection.change_key(key)

    def may_stay(self, key: ApiKey) -> bool:
        """Return whether the key may still be used from the client's address."""
        return self._bridge.admission.check_network(key, self._client) is None

    def end(self, reason: str, *, going_away: bool = False) -> None:
        """Close the connection. Only the reason is sent after this."""
        if self._ending is not None:
            return
        if self._connection is not None:
            self._connection.close()
        code = WSCloseCode.GOING_AWAY if going_away else WSCloseCode.POLICY_VIOLATION
        self._ending = self._bridge.start_task(self._close(code, reason), "drawbridge close", background=True)

    async def _close(self, code: int, reason: str) -> None:
        transport = self._request.transport
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._websocket.close(code=code, message=_close_text(reason))
        except TimeoutError:
            pass
        finally:
            if transport is not None:
                transport.abort()

    def _lose(self) -> None:
        """Drop the connection of a lost client."""
        if self._request.transport is not None:
            self._request.transport.abort()

    # --- Slow clients

    def _attend(self) -> None:
        """Send queued messages as soon as there is room."""
        if self._resume_timer is None:
            self._resume_timer = asyncio.get_running_loop().call_later(_RESUME_SECONDS, self._resume)

    def _resume(self) -> None:
        self._resume_timer = None
        transport = self._request.transport
        if self._outbox is None or transport is None or transport.is_closing():
            return
        self._outbox.resume()
        if not self._outbox.is_idle:
            self._attend()

    def _overflow(self, reason: str) -> None:
        self._bridge.recorder.live.dropped += 1
        _LOGGER.warning("The API key '%s' reads too slowly, so its connection was closed: %s", self._key.name, reason)
        self.end(f"The client reads too slowly: {reason}.")


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json_loads(text)
    except JSON_DECODE_EXCEPTIONS as err:
        raise DisconnectError("Received invalid JSON.") from err


def _is_upgrade(request: web.Request, websocket: web.WebSocketResponse) -> bool:
    try:
        return bool(websocket.can_prepare(request))
    except Exception:  # noqa: BLE001 - aiohttp raises a response for a handshake that is not valid
        return False


def _window_bits(websocket: web.WebSocketResponse) -> int:
    """Return the negotiated window size for compression, or 0 without compression."""
    bits = websocket.compress
    return int(bits) if bits else 0


def _close_text(text: str) -> bytes:
    """Return a reason, shortened to fit into a close frame."""
    return text.encode()[:120].decode(errors="ignore").encode()


def _refusal(refused: RefusedError, number: str) -> web.StreamResponse:
    response = problem_of(refused)
    response.headers.update(SECURITY_HEADERS)
    response.headers[REQUEST_ID] = number
    return response
