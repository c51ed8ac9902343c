"""A WebSocket client of the bridge, or of Home Assistant itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient

from tests.integration.house import BASE, Bridge

type Message = dict[str, Any]


class LiveClient:
    """Sends commands, and sorts what comes back into results and events."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Use a connection that is past its authentication."""
        self.socket = socket
        self.number = 0
        self.events: dict[int, list[Any]] = {}
        self.log: list[Message] = []
        self._waiting: list[Message] = []

    async def send(self, type_: str, **fields: Any) -> int:
        """Send a command, and return its id."""
        self.number += 1
        await self.socket.send_json({"id": self.number, "type": type_, **fields})
        return self.number

    async def command(self, type_: str, **fields: Any) -> Message:
        """Send a command, and return its result message or its pong."""
        return await self.answer(await self.send(type_, **fields))

    async def result(self, type_: str, **fields: Any) -> Any:
        """Send a command that succeeds, and return its result."""
        answer = await self.command(type_, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def error(self, type_: str, **fields: Any) -> Message:
        """Send a command that fails, and return its error."""
        answer = await self.command(type_, **fields)
        assert not answer["success"], answer
        error: Message = answer["error"]
        return error

    async def answer(self, number: int) -> Message:
        """Return the result of a command. Events that come before it are kept."""
        while True:
            message = await self.next()
            if message.get("id") == number and message["type"] in {"result", "pong"}:
                return message
            self._keep(message)

    async def event(self, number: int) -> Any:
        """Return the next event of a subscription."""
        while not self.events.get(number):
            self._keep(await self.next())
        return self.events[number].pop(0)

    async def nothing(self) -> None:
        """Make sure that no event comes before the answer to a ping, for any subscription."""
        await self.command("ping")
        assert not any(self.events.values()), self.events

    async def next(self) -> Message:
        """Return the next message, out of an array too."""
        if not self._waiting:
            async with asyncio.timeout(10):
                frame = await self.socket.receive()
            if frame.type is not WSMsgType.TEXT:
                raise ConnectionError(f"{frame.type.name} {self.socket.close_code} {frame.extra}")
            content = frame.json()
            self._waiting = content if isinstance(content, list) else [content]
        message = self._waiting.pop(0)
        self.log.append(message)
        return message

    def _keep(self, message: Message) -> None:
        if message["type"] == "event":
            self.events.setdefault(message["id"], []).append(message["event"])


@asynccontextmanager
async def connected(
    client: TestClient[Any, Any], secret: str, path: str = f"{BASE}/api/websocket", **options: Any
) -> AsyncIterator[LiveClient]:
    """Connect and authenticate."""
    async with client.ws_connect(path, **options) as socket:
        assert (await socket.receive_json())["type"] == "auth_required"
        await socket.send_json({"type": "auth", "access_token": secret})
        answer = await socket.receive_json()
        assert answer["type"] == "auth_ok", answer
        yield LiveClient(socket)


@asynccontextmanager
async def live(bridge: Bridge, secret: str, **options: Any) -> AsyncIterator[LiveClient]:
    """Connect to the bridge with a key."""
    async with connected(bridge.client, secret, **options) as found:
        yield found
