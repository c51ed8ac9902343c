"""A browser at the listener."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, TCPConnector

from custom_components.drawbridge.keys import ApiKey
from tests.integration.house import Bridge
from tests.integration.listener.conftest import doors, port
from tests.integration.listener.doors import Doors

__all__ = ["doors", "port"]

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Browser:
    """A browser that signs in at the listener."""

    bridge: Bridge
    client: ClientSession
    origin: str
    """The address of the listener."""

    @property
    def client_id(self) -> str:
        """The OAuth client."""
        return f"{self.origin}/"

    async def sign_in(self, key: str, **fields: Any) -> ClientResponse:
        """Send the sign-in form."""
        form = {"key": key, "client_id": self.client_id, "redirect_uri": f"{self.origin}/?auth_callback=1", **fields}
        return await self.client.post("/auth/sign-in", json=form)

    async def code(self, key: str, **fields: Any) -> str:
        """Sign in, and return the code."""
        answer = await self.sign_in(key, **fields)
        assert answer.status == 200, await answer.text()
        return str((await answer.json())["code"])

    async def exchange(self, code: str, **fields: str) -> ClientResponse:
        """Exchange a code."""
        form = {"grant_type": "authorization_code", "code": code, "client_id": self.client_id, **fields}
        return await self.client.post("/auth/token", data=form)

    async def refresh(self, refresh_token: str, **fields: str) -> ClientResponse:
        """Ask for another access token."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": self.client_id, **fields}
        return await self.client.post("/auth/token", data=form)

    async def session(self, key: str, **fields: Any) -> dict[str, Any]:
        """Sign in, and return the tokens."""
        answer = await self.exchange(await self.code(key, **fields))
        assert answer.status == 200, await answer.text()
        tokens: dict[str, Any] = await answer.json()
        return tokens

    async def status(self, token: str, path: str = "/api/states") -> int:
        """Call the API with a token."""
        answer = await self.client.get(path, headers={"Authorization": f"Bearer {token}"})
        return answer.status

    async def change_key(self, name: str, **fields: Any) -> None:
        """Change a key."""

        def change(key: ApiKey) -> ApiKey:
            return replace(key, **fields)

        await self.bridge.entry.runtime_data.change_key(self.bridge.key_id(name), change)
        await self.bridge.hass.async_block_till_done()


@pytest.fixture
async def browser(doors: Doors) -> AsyncIterator[Browser]:
    """Turn the pages on."""
    await doors.open(pages=True)
    async with ClientSession(doors.url, connector=TCPConnector(force_close=True)) as client:
        yield Browser(doors.bridge, client, doors.url)
