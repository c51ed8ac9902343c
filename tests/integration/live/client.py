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
                raise ConnectionError(f"{frame.type.name} {frame.data} {frame.extra}")
            content = frame.json()
            self._waiting = content if isinstance(content, list) else [content]
        message = self._waiting.pop(0)
        self.log.append(message)
        return message

    async def closed(self) -> str:
        """Return how the connection was closed. What was sent before is read first."""
        try:
            while True:
                await self.next()
        except ConnectionError as err:
            return str(err)

    def _keep(self, message: Message) -> None:
        if message["type"] == "event":
            self.events.setdefault(message["id"], []).append(message["event"])


class Picture:
    """What a client of `subscribe_entities` has put together from its events."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.states: dict[str, dict[str, Any]] = {}

    def apply(self, event: dict[str, Any]) -> None:
        """Apply an event, as home-assistant-js-websocket does."""
        for entity_id, state in event.get("a", {}).items():
            self.states[entity_id] = {**state, "lu": state.get("lu", state["lc"])}
        for entity_id in event.get("r", []):
            del self.states[entity_id]
        for entity_id, change in event.get("c", {}).items():
            self._change(entity_id, change)

    def _change(self, entity_id: str, change: dict[str, Any]) -> None:
        state = self.states[entity_id] = dict(self.states[entity_id])
        added = dict(change.get("+", {}))
        attributes = {**state["a"], **added.pop("a", {})}
        for name in change.get("-", {}).get("a", []):
            attributes.pop(name, None)
        context = added.pop("c", None)
        if isinstance(context, dict):
            old = state["c"] if isinstance(state["c"], dict) else {"id": state["c"], "parent_id": None, "user_id": None}
            state["c"] = {**old, **context}
        elif context is not None:
            state["c"] = {**state["c"], "id": context} if isinstance(state["c"], dict) else context
        if "lc" in added:
            added["lu"] = added["lc"]
        state.update(added, a=attributes)


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
