"""A bridge with a listener, and clients of both doors."""

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, TCPConnector
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.integration.house import Bridge
from tests.integration.listener.doors import Doors


@pytest.fixture
def port() -> int:
    """Return a port that is free."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def doors(house: HomeAssistant, bridge: Bridge, port: int) -> AsyncIterator[Doors]:
    """Open the listener on this machine, without TLS."""
    assert await async_setup_component(house, "websocket_api", {})
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        found = Doors(bridge, session, port)
        await found.open()
        yield found
