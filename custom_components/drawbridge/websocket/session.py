"""A WebSocket connection of a key, from its admission to its end."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import WSCloseCode, WSMsgType, web
from homeassistant.components.websocket_api.auth import (
    AUTH_OK_MESSAGE,
)
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..admission import Client, Credential
from ..bridge import Bridge
from ..door import Door
from ..http.client import client_of
from ..http.tracing import received
from ..keys import ApiKey
from ..log import get_logger
from .command import Command
from .connection import Connection
from .heartbeat import Heartbeat
from .outbox import Outbox
from .recording import Recording
from .tracing import CommandTraces

_LOGGER = get_logger(__name__)
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
    def of(cls, request: web.Request, bridge: Bridge, number: str, door: Door) -> Handshake:
        """Return the handshake of a request with this ID, which came in through a door."""
        return cls(
            request,
            web.WebSocketResponse(autoping=False, max_msg_size=bridge.options.max_message),
            bridge,
            client_of(request, door),
            Recording(bridge, request.remote, number, CommandTraces(received(request.headers))),
        )


class Session:
    """The command phase of a connection: reads messages, and ends when the key ends."""

    def __init__(self, handshake: Handshake, key: ApiKey, credential: Credential) -> None:
        """Create a session of a key that was admitted. It counts as a connection until ``serve`` has returned.

        Raises:
            RefusedError: There are too many connections.

        """
        self.digest, self.session_id = credential.digest, credential.session_id
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
        self._leave = self._bridge.connections.open(self, self._bridge.options)

    @property
    def door(self) -> Door:
        """The door through which the connection was opened."""
        return self._client.door

    @property
    def key(self) -> ApiKey:
        """The current key."""
        return self._key

    @property
    def pending_bytes(self) -> int:
        """The number of bytes that the client has not read yet."""
        return self._outbox.pending_bytes if self._outbox is not None else 0

    async def serve(self, commands: Mapping[str, Command]) -> None:
        """Tell the client that its key was admitted, and handle messages until the connection ends."""
        live = self._bridge.recorder.live
        live.opened(_TRANSPORT, self._key.id, self.door)
        try:
            await self._serve(commands)
        except DisconnectError as err:
            _LOGGER.debug("The connection of a client was closed: %s", err)
            await self._websocket.close(code=WSCloseCode.POLICY_VIOLATION, message=close_text(str(err)))
        finally:
            self._leave()
            live.closed(_TRANSPORT, self._key.id, self.door)
            if self._resume_timer is not None:
                self._resume_timer.cancel()
            if self._ending is not None:
                with suppress(TimeoutError):
                    await self._ending

    async def _serve(self, commands: Mapping[str, Command]) -> None:
        bridge, transport, flow = self._bridge, self._request.transport, self._request.protocol
        if transport is None or self._ending is not None:
            return
        await self._websocket.send_str(AUTH_OK_MESSAGE.decode())
        outbox = self._outbox = Outbox(transport, flow, _window_bits(self._websocket), self._overflow, self._attend)
        connection = self._connection = Connection(bridge, self._key, commands, outbox, self._recording)
        self._heartbeat = Heartbeat(bridge, self._websocket, self._lose)
        stop_heartbeat = self._heartbeat.start()
        secure = self._request.secure
        bridge.insecure_use.inspect(
            self._key.id, self._client.address, self._client.remote, self._request.headers, secure=secure
        )
        self._recording.used_from(self._key, self._client.address)
        try:
            await self._receive(connection)
        finally:
            stop_heartbeat()
            connection.close()

    async def _receive(self, connection: Connection) -> None:
        websocket = self._websocket
        while not websocket.closed:
            message = await websocket.receive()
            self._heartbeat.beat()
            if message.type is WSMsgType.TEXT:
                await connection.receive(_parsed(message.data), self._heartbeat.beat)
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
        """Return whether the client may still use the key."""
        return self._bridge.admission.check_client(key, self._client) is None

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
                await self._websocket.close(code=code, message=close_text(reason))
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


def _window_bits(websocket: web.WebSocketResponse) -> int:
    """Return the negotiated window size for compression, or 0 without compression."""
    bits = websocket.compress
    return int(bits) if bits else 0


def close_text(text: str) -> bytes:
    """Return a reason as a close frame can hold it."""
    return text.encode()[:120].decode(errors="ignore").encode()
