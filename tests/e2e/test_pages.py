"""Home Assistant's own pages for one room, in a real browser on a real Home Assistant."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from custom_components.drawbridge.flows.presets import PRESETS
from custom_components.drawbridge.sessions.sessions import MAX_PER_KEY
from sandbox import ports
from sandbox.browser import PHONE, furnished_house
from sandbox.drawbridge import NewKey, add_key, set_up
from sandbox.homeassistant import HomeAssistant
from sandbox.wait import answers, until
from tests.e2e.pages import Tablet, found, mark_hidden, tablet

MARKER = "zzhidden"
LAMP = "light.living_room_floor_lamp"
ROOM = "/home/areas-living_room"
CAPABILITIES = ("read", "control", "history", "images", "dashboard")
ELSEWHERE = (
    "/config/dashboard", "/config/entities", "/config/areas/dashboard", "/config/integrations/dashboard",
    "/config/users", "/developer-tools/state", "/developer-tools/template", "/hassio/dashboard", "/energy", "/map",
    "/media-browser", "/lovelace/0", "/automation/edit/new", "/no-such-page",
)  # fmt: skip
"""Pages that a guest has no business with."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class House:
    """A household whose listener serves pages."""

    home: HomeAssistant
    url: str

    async def new_key(
        self, name: str, capabilities: tuple[str, ...] = CAPABILITIES, dashboards: tuple[str, ...] = ()
    ) -> str:
        """Create a key for the living room."""
        key = NewKey(name, capabilities, areas=("living_room",), per_minute=0, dashboards=dashboards)
        return await add_key(self.home.client, key)

    async def new_dashboard(self, path: str, **config: Any) -> None:
        """Create a dashboard."""
        await self.home.client.command("lovelace/dashboards/create", url_path=path, title=f"Dashboard {path}")
        await self.home.client.command("lovelace/config/save", url_path=path, config=config)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A furnished household."""
    async with furnished_house(tmp_path_factory.mktemp("pages")) as home:
        yield await with_pages(home)


async def with_pages(home: HomeAssistant) -> House:
    """Set Drawbridge up with its listener, and wait until it answers."""
    port = ports.choose(None)
    await set_up(home.client, listener_enabled=True, listener_port=port, listener_address=ports.HOST, pages=True)
    url = f"http://{ports.HOST}:{port}"
    await until(lambda: answers(f"{url}/health"), seconds=60)
    return House(home, url)


async def sign_in(page: Tablet, key: str) -> None:
    """Open the link of a key, and wait for the dashboard."""
    await page.page.goto(f"{page.url}/auth/sign-in#{key}")
    await page.sees("Living Room")


async def test_signing_in_by_typing(house: House) -> None:
    """A wrong key shows an error message, a valid key opens the room, and the session survives a reload."""
    key = await house.new_key("Typed")
    async with tablet(house.url, size=PHONE) as page:
        await page.page.goto(house.url)
        await page.sees_sign_in()
        await page.page.get_by_label("Key", exact=True).fill("dbk_wrong")
        await page.page.keyboard.press("Enter")
        await page.sees("This is not a complete key.")
        await page.page.get_by_label("Key", exact=True).fill(key)
        await page.page.get_by_role("button", name="Sign in").click()
        await page.sees("Living Room")
        await page.page.reload()
        await page.sees("Living Room")
        assert key not in page.page.url
        assert page.errors == []


async def test_the_room(house: House) -> None:
    """A link signs in. The page switches a light, and shows a change from elsewhere."""
    client = house.home.client
    await client.call("light.turn_on", LAMP)
    key = await house.new_key("Tablet")
    async with tablet(house.url) as page:
        await sign_in(page, key)
        assert key not in await page.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
        assert key not in await page.page.evaluate("location.href + document.referrer")
        page.sent.clear()
        await page.visit(ROOM, "Living room floor lamp")
        await page.page.wait_for_timeout(2000)
        limit = PRESETS["tablet"].new_key(0).rate_limit(0)
        assert limit is not None
        assert 20 < len(page.sent) <= limit.burst / MAX_PER_KEY
        tile = page.page.locator("hui-tile-card").filter(has_text="Living room floor lamp")
        await tile.get_by_role("button", name="Toggle Living room floor lamp").click()
        await page.until_state(LAMP, "off")
        assert (await client.state(LAMP))["state"] == "off"
        await client.call("light.turn_on", LAMP)
        await page.until_state(LAMP, "on")
        await tile.get_by_role("button").first.click()
        dialog = page.page.locator("ha-more-info-dialog")
        await dialog.get_by_role("button", name="Brightness").wait_for()
        await dialog.get_by_role("button", name="History").click()
        await page.sees("Show more")
        assert page.errors == []


async def test_a_restart(house: House) -> None:
    """The page reconnects automatically, without signing in again."""
    async with tablet(house.url) as page:
        await sign_in(page, await house.new_key("Restarted"))
        await house.home.client.disconnect()
        await house.home.process.stop()
        await house.home.restart()
        await house.home.client.call("light.turn_off", LAMP)
        await page.until_state(LAMP, "off")
        await house.home.client.call("light.turn_on", LAMP)
        await page.until_state(LAMP, "on")
        await page.page.reload()
        await page.sees("Living Room")


async def test_the_end_of_a_key(house: House) -> None:
    """An open page of a revoked key leads to the sign-in page, and stays there."""
    client = house.home.client
    key = await house.new_key("Revoked")
    async with tablet(house.url) as page:
        await sign_in(page, key)
        await client.call("drawbridge.revoke_key", key="Revoked")
        await page.sees_sign_in()
        loads: list[str] = []
        page.page.on("framenavigated", lambda frame: loads.append(frame.url))
        await asyncio.sleep(8)
        assert loads == []
        await page.page.get_by_label("Key", exact=True).fill(key)
        await page.page.keyboard.press("Enter")
        await page.sees("This key is not valid.")


async def test_logging_out(house: House) -> None:
    """Logging out also ends the session in Drawbridge."""
    async with tablet(house.url) as page:
        await sign_in(page, await house.new_key("Leaving"))
        tokens = await page.page.evaluate("JSON.parse(localStorage.hassTokens)")
        await page.visit("/profile/dashboard", "Log out")
        await page.page.get_by_role("button", name="Log out").first.click()
        await page.page.locator("ha-dialog").get_by_role("button", name="Log out").last.click()
        await page.sees_sign_in()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{house.url}/api/states") as answer:
            assert answer.status == 401


async def test_a_dashboard_made_by_hand(house: House) -> None:
    """It opens first, without cards about other rooms. Where nothing is left, the frontend builds a dashboard."""
    lamp, other = {"type": "tile", "entity": LAMP}, {"type": "tile", "entity": "light.bedroom_lamp"}
    stack = {"type": "vertical-stack", "title": "Reading corner", "cards": [lamp, other]}
    cards = [stack, {"type": "custom:mushroom-light-card", "entity": LAMP}, {"type": "markdown", "content": "Bedroom"}]
    await house.new_dashboard("wall-tablet", views=[{"title": "Sofa", "cards": cards}, {"cards": [other]}])
    await house.new_dashboard("bed-tablet", views=[{"title": "Secret corner", "cards": [other]}])
    key = await house.new_key("Wall", dashboards=("wall-tablet", "bed-tablet"))
    async with tablet(house.url) as page:
        await page.page.goto(f"{page.url}/auth/sign-in#{key}")
        await page.sees("Reading corner")
        assert page.page.url.startswith(f"{house.url}/wall-tablet")
        await page.sees("Dashboard bed-tablet")
        assert await page.page.locator("hui-tile-card").count() == 1
        assert await page.page.locator("hui-error-card").count() == 0
        await page.page.get_by_role("button", name="Toggle Living room floor lamp").wait_for()
        await page.look("dashboard")
        await page.visit("/bed-tablet", "Living room floor lamp")
        await page.look("another")
        assert found(["light.bedroom_lamp", "Secret corner", "custom:mushroom"], page.received) == []
        assert page.errors == []


async def test_nothing_hidden_reaches_the_browser(house: House) -> None:
    """No id, name or state out of scope: in frames, responses, stores, the console, the page and its memory."""
    client = house.home.client
    key = await house.new_key("Guest")
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{house.url}/api/states") as answer:
        seen = {item["entity_id"] for item in await answer.json()}
    hidden = await mark_hidden(client, seen, MARKER)
    assert len(hidden) > 50
    async with tablet(house.url) as page:
        await sign_in(page, key)
        for path in ("/home/overview", ROOM, "/light", "/climate", "/security", "/history", "/logbook", "/profile"):
            await page.page.goto(house.url + path)
            await page.page.wait_for_timeout(2000)
            await page.look(path)
        await client.call("homeassistant.toggle", "light.bedroom_lamp")
        for path in ELSEWHERE:
            await page.page.goto(house.url + path)
            await page.page.wait_for_timeout(1200)
            await page.look(path)
        await page.page.goto(house.url + ROOM)
        await page.sees("Living room floor lamp")
        page.received.append(("memory", await page.memory()))
        kinds = {where.partition(" ")[0] for where, _ in page.received}
        assert {"frame", "response", "document", "stores", "memory"} <= kinds
        assert any(LAMP in text for where, text in page.received if where == "memory")
        assert found(hidden, page.received) == []
        assert page.errors == []
