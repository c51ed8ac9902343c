"""Connections to a home that stay open, and what came by them, byte for byte."""

import asyncio
import json
from contextlib import suppress
from typing import Any, Final

from aiohttp import ClientResponse, ClientTimeout, ClientWebSocketResponse, WSMsgType

from tests.integration.house import BASE
from tests.integration.twins.homes import Home

_ENDLESS: Final = ClientTimeout(total=None)
_PING: Final = "data: ping\n\n"
_MAX_TURNS: Final = 2000


class Line:
    """A WebSocket connection."""

    def __init__(self, home: Home, socket: ClientWebSocketResponse) -> None:
        """Use a connection that is authenticated."""
        self.home = home
        self.socket = socket
        self.number = 0
        self.events: list[tuple[int, str]] = []
        self.sent: dict[int, str] = {}
        self._waiting: list[str] = []

    @classmethod
    async def open(cls, home: Home, key: str) -> Line:
        """Connect with a key."""
        home.act()
        socket = await home.bridge.client.ws_connect(f"{BASE}/api/websocket", max_msg_size=0)
        await socket.receive()
        await socket.send_json({"type": "auth", "access_token": home.secrets[key]})
        answer = await socket.receive_json()
        assert answer["type"] == "auth_ok", answer
        return cls(home, socket)

    async def ask(self, type_: str, message: dict[str, Any]) -> str:
        """Send a command, and return the text of its result or pong; how it closed if it did."""
        self.home.act()
        self.number += 1
        text = json.dumps({**message, "id": self.number, "type": type_})
        self.sent[self.number] = text
        with suppress(ConnectionError):
            await self.socket.send_str(text)
        while True:
            if (found := await self._next()) is None:
                return f"closed {self.socket.close_code}"
            content = json.loads(found)
            if content.get("id") == self.number and content["type"] != "event":
                return found
            self.events.append((content["id"], found))

    def subscriptions(self) -> list[int]:
        """Return the ids of commands that may have subscribed to something."""
        return [number for number, text in self.sent.items() if "subscribe" in text or "stream" in text]

    async def drain(self) -> list[tuple[int, str]]:
        """Return the events so far, with the ids of their subscriptions.

        A result leaves after all changes so far, also those that wait for others.
        """
        features = {"coalesce_messages": 1} if self.number % 2 else {}
        if (answer := await self.ask("supported_features", {"features": features})).startswith("closed"):
            raise AssertionError(f"the connection was {answer}")
        events, self.events = self.events, []
        return sorted(events, key=lambda item: item[0])

    async def _next(self) -> str | None:
        if not self._waiting:
            frame = await self.socket.receive()
            if frame.type is not WSMsgType.TEXT:
                return None
            content = json.loads(frame.data)
            self._waiting = [json.dumps(item) for item in content] if isinstance(content, list) else [frame.data]
        return self._waiting.pop(0)


async def until_even(one: Flow, other: Flow) -> None:
    """Wait until both have got as many events, for some turns of the loop at most. What was written is read then."""
    for _ in range(_MAX_TURNS):
        await asyncio.sleep(0)
        if one.count == other.count:
            return


class Flow:
    """A connection to the event stream."""

    def __init__(self, response: ClientResponse) -> None:
        """Use an answer that has begun."""
        self.response = response
        self.text = ""
        self.last_id: str | None = None
        self._task = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def open(cls, home: Home, key: str, last_id: str | None = None) -> Flow:
        """Connect with a key, as a client that has been there until an event or never."""
        home.act()
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        return cls(await home.bridge.get("/api/stream", home.secrets[key], headers=headers, timeout=_ENDLESS))

    async def _read(self) -> None:
        async for chunk in self.response.content.iter_any():
            self.text += chunk.decode()

    @property
    def count(self) -> int:
        """The number of events that came and were not returned, without pings: they come by the clock."""
        return self.text.count("\n\n") - self.text.count(_PING)

    def drain(self, home: Home) -> str:
        """Return what came so far, with its cursors labelled, and without pings."""
        whole, _, self.text = self.text.replace(_PING, "").rpartition("\n\n")
        lines = []
        for line in whole.split("\n"):
            if line.startswith("id:"):
                self.last_id = line[3:].strip()
                lines.append(f"id: {home.normal.label(self.last_id)}")
            else:
                lines.append(line)
        return "\n".join(lines)

    async def close(self) -> None:
        """Leave."""
        self.response.close()
        self._task.cancel()
        await asyncio.wait([self._task])
