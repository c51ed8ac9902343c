"""Connections that begin at the same time do not exceed the limits."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from aiohttp import WSServerHandshakeError

from tests.integration.house import BASE, Bridge
from tests.integration.live.raw import until

type Open = Callable[[Bridge, AsyncExitStack, str], Awaitable[bool]]

ATTEMPTS = 50
LIMIT = 5


async def opened(bridge: Bridge, stack: AsyncExitStack, secret: str) -> bool:
    """Connect by WebSocket, and return whether the key was admitted. The connection stays open."""
    try:
        socket = await stack.enter_async_context(bridge.client.ws_connect(f"{BASE}/api/websocket"))
    except WSServerHandshakeError as err:
        if err.status != 503:
            raise
        return False
    await socket.send_json({"type": "auth", "access_token": secret})
    await socket.receive_json()
    answer = await socket.receive_json()
    assert answer["type"] == "auth_ok" or "too many" in answer["message"].lower()
    return bool(answer["type"] == "auth_ok")


async def streamed(bridge: Bridge, stack: AsyncExitStack, secret: str) -> bool:
    """Open an event stream, and return whether the key was admitted. The stream stays open."""
    response = await bridge.get("/api/stream", secret)
    stack.callback(response.close)
    assert response.status in {200, 503}
    return response.status == 200


@pytest.mark.parametrize("option", ["max_connections", "max_key_connections"])
@pytest.mark.parametrize(
    "transports", [(opened,), (streamed,), (opened, streamed)], ids=["websocket", "stream", "both"]
)
async def test_at_the_same_time(bridge: Bridge, option: str, transports: tuple[Open, ...]) -> None:
    """As many are admitted as the limit says, and none more. The rest is told why."""
    secret = await bridge.add_key(limits={"per_minute": 0})
    await bridge.set_options(**{option: LIMIT})
    runtime = bridge.entry.runtime_data
    async with AsyncExitStack() as stack:
        attempts = (transports[number % len(transports)](bridge, stack, secret) for number in range(ATTEMPTS))
        admitted = await asyncio.gather(*attempts)
        assert 1 <= sum(admitted) <= LIMIT
        assert len(runtime.connections) == sum(admitted)
        if option == "max_key_connections":
            assert sum(admitted) == LIMIT
    await until(lambda: len(runtime.connections) == 0)
    async with AsyncExitStack() as stack:
        assert all([await item(bridge, stack, secret) for item in transports])
