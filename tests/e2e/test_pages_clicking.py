"""Everything that can be clicked in the pages of two rooms, in a household in which hidden things have marked names."""

import aiohttp
import pytest

from sandbox.drawbridge import NewKey, add_key
from tests.e2e.clicking import click_everything, words
from tests.e2e.pages import found, mark_hidden, tablet
from tests.e2e.test_pages import CAPABILITIES, MARKER, House, house, sign_in

__all__ = ["house"]

PAGES = {
    "/home/overview": "Living Room", "/home/areas-living_room": "Living room floor lamp",
    "/home/areas-kitchen": "Kitchen", "/light": "Living room floor lamp", "/climate": "Living room heating",
    "/history": "History", "/logbook": "Activity", "/todo": "Shopping", "/profile/dashboard": "Log out",
    "/profile/security": "Refresh tokens", "/home/media-players": "Living room TV",
}  # fmt: skip
"""The pages of the key, and a text that each one shows."""
ELSEWHERE = ("/energy", "/map", "/media-browser", "/calendar", "/config/dashboard")
"""Pages of Home Assistant that the key does not have: the overview opens instead."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_clicking(house: House) -> None:
    """No page without words, no error, and nothing hidden in what opens."""
    client = house.home.client
    key = await add_key(client, NewKey("Guest", CAPABILITIES, areas=("living_room", "kitchen"), per_minute=0))
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{house.url}/api/states") as answer:
        seen = {item["entity_id"] for item in await answer.json()}
    hidden = await mark_hidden(client, seen, MARKER)
    clicked: set[str] = set()
    async with tablet(house.url) as page:
        await sign_in(page, key)
        for path, text in PAGES.items():
            await page.visit(path, text)
            await click_everything(page, path, clicked)
            assert page.errors == [], path
        for path in ELSEWHERE:
            await page.visit(path, "Living Room")
            assert page.page.url.startswith(f"{house.url}/home"), path
            assert await words(page)
        assert len(clicked) > 30, clicked
        assert found(hidden, page.received) == []
