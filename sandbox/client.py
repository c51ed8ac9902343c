"""A client of Home Assistant's REST and WebSocket API and of its config flows, with a token."""

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import Any, Final, Self

import aiohttp

from sandbox.process import SandboxError

CONFIG_FLOW: Final = "/api/config/config_entries/flow"

type Json = Any
"""A JSON value."""


class Client:
    """A client for one user. An error response raises SandboxError with its status and body."""

    def __init__(self, url: str, token: str) -> None:
        """Create a client for the Home Assistant at `url` (without a final slash) with an access token."""
        self.url = url
        self.token = token
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._ids = count(1)
        self._one_command = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Return the client, to be closed at the end of the block."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the client."""
        await self.close()

    async def close(self) -> None:
        """Close all connections. The next request opens a new one."""
        await self.disconnect()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def disconnect(self) -> None:
        """Close the WebSocket. The next command opens a new one."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def get(self, path: str) -> Json:
        """Return the JSON at `path`."""
        return await self._request("GET", path)

    async def post(self, path: str, body: Json = None) -> Json:
        """Post `body` as JSON to `path`, and return the JSON of the response."""
        return await self._request("POST", path, body or {})

    async def call(self, service: str, entity_id: str | None = None, **data: Json) -> Json:
        """Perform the action `domain.service`, and return the states that changed."""
        if entity_id is not None:
            data["entity_id"] = entity_id
        return await self.post(f"/api/services/{service.replace('.', '/')}", data)

    async def state(self, entity_id: str) -> Json:
        """Return the state object of `entity_id`."""
        return await self.get(f"/api/states/{entity_id}")

    async def flow(self, handler: str, *answers: Mapping[str, Json]) -> Json:
        """Complete the config flow of `handler` with one answer for each step, and return the new entry."""
        step = await self.post(CONFIG_FLOW, {"handler": handler})
        for answer in answers:
            step = await self.post(f"{CONFIG_FLOW}/{step['flow_id']}", dict(answer))
        if step["type"] != "create_entry":
            raise SandboxError(f"The flow of {handler} did not create an entry; its last step is {step}")
        return step["result"]

    async def command(self, kind: str, **fields: Json) -> Json:
        """Send one command over the WebSocket, and return its result."""
        async with self._one_command:
            socket = self._socket or await self._connect()
            number = next(self._ids)
            await socket.send_json({"id": number, "type": kind, **fields})
            answer = await socket.receive_json()
        if not answer["success"]:
            raise SandboxError(f"Home Assistant refused {kind} {fields}: {answer['error']}")
        return answer["result"]

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Authorization": f"Bearer {self.token}"}
            self._session = aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=60))
        return self._session

    async def _request(self, method: str, path: str, body: Json = None) -> Json:
        async with self._open().request(method, self.url + path, json=body) as response:
            if not response.ok:
                raise SandboxError(f"{method} {path} returned {response.status}: {await response.text()}")
            return await response.json()

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        socket = await self._open().ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": self.token})
        answer = await socket.receive_json()
        if answer["type"] != "auth_ok":
            await socket.close()
            raise SandboxError(f"Home Assistant refused the token: {answer}")
        self._socket = socket
        return socket
