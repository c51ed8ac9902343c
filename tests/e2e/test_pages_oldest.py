"""The pages of the oldest supported Home Assistant, whose frontend is another one."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.browser import browser, furnished_house
from sandbox.homeassistant import OLDEST
from tests.e2e.pages import found, tablet
from tests.e2e.test_pages import LAMP, ROOM, House, sign_in, with_pages

NAME = re.compile("floor lamp", re.IGNORECASE)
"""The pages of an area leave its name out of the names in it."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def oldest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A furnished household."""
    async with furnished_house(tmp_path_factory.mktemp("oldest"), OLDEST) as home:
        yield await with_pages(home)


async def test_a_room(oldest: House) -> None:
    """Sign in, switch a light, look at it and its history."""
    assert oldest.home.version == "2026.6.4"
    client = oldest.home.client
    await client.call("light.turn_on", LAMP)
    key = await oldest.new_key("Tablet")
    async with tablet(oldest.url) as page:
        await sign_in(page, key)
        await page.page.goto(oldest.url + ROOM)
        await page.sees(NAME)
        tile = page.page.locator("hui-tile-card").filter(has_text=NAME)
        await tile.locator("ha-tile-icon").click()
        await page.until_state(LAMP, "off")
        assert (await client.state(LAMP))["state"] == "off"
        await client.call("light.turn_on", LAMP)
        await page.until_state(LAMP, "on")
        await tile.get_by_role("button", name=NAME).first.click()
        dialog = page.page.locator("ha-more-info-dialog")
        await dialog.get_by_role("button", name="History").click()
        await page.sees("Show more")
        for path in ("/history", "/logbook", "/light", "/profile"):
            await page.page.goto(oldest.url + path)
            await page.page.wait_for_timeout(2000)
            await page.look(path)
        assert found(["light.bedroom_lamp"], page.received) == []
        assert page.errors == []


async def test_a_dashboard(oldest: House) -> None:
    """A dashboard of the key opens first."""
    cards = [{"type": "tile", "entity": LAMP}, {"type": "tile", "entity": "light.bedroom_lamp"}]
    await oldest.new_dashboard("wall-tablet", views=[{"title": "Sofa", "cards": cards}])
    async with tablet(oldest.url) as page:
        await page.page.goto(f"{page.url}/auth/sign-in#{await oldest.new_key('Wall', dashboards=('wall-tablet',))}")
        await page.page.locator("hui-tile-card").wait_for()
        assert page.page.url.startswith(f"{oldest.url}/wall-tablet")
        assert await page.page.locator("hui-tile-card").count() == 1
        assert found(["light.bedroom_lamp"], page.received) == []
        assert page.errors == []


async def test_the_panel(oldest: House) -> None:
    """It renders, lists a refused request with its reason, and shows the keys and the access."""
    key = await oldest.new_key("Remote")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
        path = "/api/drawbridge/api/states/light.hall_light"
        async with session.get(f"{oldest.home.url}{path}") as answer:
            assert answer.status == 404
    async with browser(oldest.home.client) as screen:
        await screen.visit("/drawbridge", "Pause")
        row = screen.page.locator("drawbridge-activity-row").filter(has_text="Remote").first
        await row.get_by_role("button").first.click()
        await expect(row).to_contain_text("The smallest change that allows it")
        await screen.press("Keys")
        await expect(screen.page.get_by_role("heading", name="Remote")).to_be_visible()
        await screen.press("Access")
        await screen.sees("Who can reach an entity?")
