"""Whether something answers."""

import aiohttp


async def answers(url: str) -> bool:
    """Whether a GET of `url` succeeds now."""
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.ok
    except aiohttp.ClientError:
        return False
