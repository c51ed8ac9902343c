"""Polling for conditions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp

POLL_SECONDS: Final = 0.05


async def until(
    ready: Callable[[], Awaitable[bool]], *, seconds: float | None = None, poll: float = POLL_SECONDS
) -> None:
    """Poll `ready` until it returns True. Raises TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            if await ready():
                return
            await asyncio.sleep(poll)


async def answers(url: str) -> bool:
    """Return whether a GET request for `url` succeeds."""
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.ok
    except aiohttp.ClientError:
        return False
