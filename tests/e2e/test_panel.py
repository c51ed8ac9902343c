"""The panel of the sidebar, in a real browser on a real Home Assistant, with the requests of a real key."""

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Locator, WebSocket, expect

from sandbox.browser import DESKTOP, PHONE, SECRET, Scheme, Screen, browser, furnished_house
from sandbox.drawbridge import NewKey, add_key, set_up
from sandbox.homeassistant import HomeAssistant

LAMP, LAMP_NAME = "light.kitchen_ceiling_light", "Kitchen ceiling light"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Program:
    """A program with a key for the living room."""

    url: str
    key: str

    async def status(self, path: str = "/api/states", body: dict[str, Any] | None = None) -> int:
        """Send a request, and return its status."""
        method = "GET" if body is None else "POST"
        headers = {"Authorization": f"Bearer {self.key}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"{self.url}/api/drawbridge{path}", json=body) as answer,
        ):
            return answer.status

    async def switch_lamp(self) -> int:
        """Turn on the light of the kitchen, which the key does not see at first."""
        return await self.status("/api/services/light/turn_on", {"entity_id": LAMP})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HomeAssistant]:
    """A furnished household with Drawbridge."""
    async with furnished_house(tmp_path_factory.mktemp("panel")) as home:
        await set_up(home.client)
        yield home


async def program(house: HomeAssistant, name: str) -> Program:
    """Create a key for the living room."""
    new = NewKey(name, ("read", "control"), areas=("living_room",), services=("light.turn_on",))
    return Program(house.url, await add_key(house.client, new))


def row(screen: Screen, *words: str) -> Locator:
    """Return the rows of the activity that show all of these words."""
    found = screen.page.locator("drawbridge-activity-row")
    for text in words:
        found = found.filter(has_text=text)
    return found


def card(screen: Screen, name: str) -> Locator:
    """Return the card of a key."""
    return screen.page.locator("drawbridge-key-card").filter(has=screen.page.get_by_role("heading", name=name))


async def test_a_refused_request_is_allowed(house: HomeAssistant, tmp_path: Path) -> None:
    """It appears by itself, says why, is allowed with the smallest change, and then succeeds."""
    tablet = await program(house, "Remote")
    async with browser(house.client) as screen:
        await screen.visit("/", "Drawbridge")
        await screen.page.get_by_role("link", name="Drawbridge").or_(screen.text("Drawbridge")).first.click()
        await screen.sees("Nothing has happened yet")
        await screen.picture(tmp_path / "empty.png")
        assert await tablet.switch_lamp() == 403
        refused = row(screen, "Remote", "Refused", LAMP_NAME)
        await expect(refused).to_have_count(1)
        await refused.get_by_role("button").first.click()
        await screen.sees("The smallest change that allows it")
        await expect(refused.locator(".difference")).to_contain_text(LAMP)
        await screen.picture(tmp_path / "refused.png")
        await allow(screen, refused)
        await screen.sees("“Remote” was changed. The same request is allowed now.")
        await expect(refused).to_contain_text("The key would be allowed to do this now")
        assert await tablet.switch_lamp() == 200
        await expect(row(screen, "Remote", "Allowed", LAMP_NAME)).to_have_count(1)
        await screen.picture(tmp_path / "allowed.png")
        assert await tablet.status("/api/services/light/turn_off", {"entity_id": LAMP}) == 403


async def allow(screen: Screen, refused: Locator, button: str = "Allow") -> None:
    """Allow a refused request, and confirm that the change is broad, if it is."""
    await refused.get_by_role("button", name=button, exact=True).click()
    dialog, done = screen.page.get_by_role("dialog"), screen.page.locator("drawbridge-snack-bar .bar")
    await expect(dialog.or_(done).first).to_be_visible()
    if await dialog.is_visible():
        await dialog.get_by_role("button", name=button, exact=True).click()


async def test_allowed_for_an_hour(house: HomeAssistant) -> None:
    """The key says for how long it can do more, and its own permissions stay as they are."""
    guest = await program(house, "Guest")
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Activity")
        assert await guest.switch_lamp() == 403
        refused = row(screen, "Guest", "Refused")
        await refused.get_by_role("button").first.click()
        await allow(screen, refused, "Allow for an hour")
        await screen.sees("“Guest” may do this for one hour.")
        assert await guest.switch_lamp() == 200
        await screen.press("Keys")
        await expect(card(screen, "Guest")).to_contain_text("More, ends in 59 minutes")


async def test_the_life_of_a_key(house: HomeAssistant, tmp_path: Path) -> None:
    """Disabled, enabled, replaced, deleted, and brought back within a minute."""
    script = await program(house, "Night script")
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge/keys", "Night script")
        await expect(card(screen, "Night script")).to_contain_text("Never used")
        await screen.picture(tmp_path / "keys.png")
        switch = card(screen, "Night script").get_by_role("switch")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "false")
        assert await script.status() == 401
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")
        assert await script.status() == 200
        new = await replace(house, screen, tmp_path)
        assert [await script.status(), await new.status()] == [200, 200]
        await card(screen, "Night script").get_by_role("button", name="Delete").click()
        await expect(card(screen, "Night script")).to_have_count(0)
        assert await new.status() == 401
        await screen.page.get_by_role("button", name="Undo").click()
        await expect(card(screen, "Night script")).to_have_count(1)
        assert await new.status() == 200


async def replace(house: HomeAssistant, screen: Screen, folder: Path) -> Program:
    """Replace the secret of the key, and return the program with the new one."""
    await card(screen, "Night script").get_by_role("button", name="Replace secret").click()
    dialog = screen.page.locator("drawbridge-rotate-dialog")
    await dialog.get_by_role("button", name="Replace secret").click()
    await expect(dialog).to_contain_text("It is not shown again.")
    await screen.page.keyboard.press("Escape")
    found = SECRET.search("".join(await dialog.locator("code").all_inner_texts()))
    assert found is not None
    await screen.picture(folder / "secret.png")
    await dialog.get_by_role("button", name="Copy: Secret").click()
    await expect(dialog).to_contain_text("Secret copied.")
    await dialog.get_by_role("button", name="I have copied it").click()
    await expect(dialog).to_have_count(0)
    assert found[0] not in await screen.everything_written()
    return Program(house.url, found[0])


async def test_comparing_keys(house: HomeAssistant, tmp_path: Path) -> None:
    """What only one of two keys may do."""
    await add_key(house.client, NewKey("Compared reader", ("read",), areas=("living_room",)))
    await add_key(house.client, NewKey("Compared writer", ("read", "control"), areas=("living_room", "kitchen")))
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge/keys", "Compared reader")
        await card(screen, "Compared writer").get_by_role("button", name="Compare").click()
        dialog = screen.page.get_by_role("dialog")
        await dialog.get_by_label("With").select_option("Compared reader")
        only = dialog.locator("section").filter(has_text="Only “Compared writer”")
        await expect(only).to_contain_text("Permission: Call actions")
        await expect(dialog.locator("section").filter(has_text="Both keys")).to_contain_text("Permission: Read states")
        await screen.picture(tmp_path / "compare.png")
        await screen.page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)


async def test_filtering_and_exporting(house: HomeAssistant) -> None:
    """The list and its files have what the filter lets through; a paused list stands still."""
    one, two = await program(house, "Filtered one"), await program(house, "Filtered two")
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Activity")
        for caller in (one, two):
            assert await caller.switch_lamp() == 403
            assert await caller.status() == 200
        await expect(row(screen, "Filtered two")).to_have_count(2)
        await screen.page.get_by_label("Key").select_option("Filtered one")
        await screen.press("Refused")
        await expect(row(screen)).to_have_count(1)
        await screen.page.get_by_label("Entity or text").fill("garage")
        await screen.sees("No entry matches the filter.")
        await screen.page.get_by_label("Entity or text").fill(LAMP_NAME.lower())
        await screen.page.get_by_label("Area").select_option("Kitchen")
        await expect(row(screen)).to_have_count(1)
        lines = (await exported(screen, "JSON lines")).splitlines()
        assert [json.loads(line)["key_name"] for line in lines] == ["Filtered one"]
        [record] = csv.DictReader(io.StringIO(await exported(screen, "CSV"), newline=""))
        assert (record["outcome"], record["entities"], record["action"]) == ("refused", LAMP, "light.turn_on")
        await screen.press("Pause")
        assert await one.switch_lamp() == 403
        await screen.sees("1 new entry is waiting.")
        await expect(row(screen)).to_have_count(1)
        await screen.press("Resume")
        await expect(row(screen)).to_have_count(2)
        await row(screen).first.get_by_role("button").first.click()
        await screen.press("Ignore")
        await screen.sees("2 refused requests are ignored in this browser.")
        await expect(row(screen)).to_have_count(0)


async def exported(screen: Screen, button: str) -> str:
    """Return what the browser saves."""
    async with screen.page.expect_download() as waiting:
        await screen.press(button)
    return Path(await (await waiting.value).path()).read_text(encoding="utf-8")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")])
async def test_other_screens(house: HomeAssistant, tmp_path: Path, size: tuple[int, int], scheme: Scheme) -> None:
    """Nothing is cut off, and a phone has a button for the sidebar."""
    display = await program(house, f"Display {size[0]} {scheme}")
    assert await display.switch_lamp() == 403
    async with browser(house.client, size=size, scheme=scheme) as screen:
        await screen.visit("/drawbridge", "Activity")
        panel = screen.page.locator("drawbridge-panel")
        for tab in ("Activity", "Keys", "Access"):
            await panel.get_by_role("tab", name=tab).click()
            await expect(panel.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
            if tab == "Activity":
                await row(screen, "Refused").first.get_by_role("button").first.click()
                await screen.sees("Why it was refused")
            await screen.picture(tmp_path / f"{tab}.png")
            assert await panel.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
            assert await screen.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        menu = panel.get_by_role("button", name="Open the sidebar")
        await expect(menu).to_have_count(1 if size == PHONE else 0)
        if size == PHONE:
            await menu.click()
            await expect(screen.page.locator("ha-sidebar")).to_be_in_viewport()


async def test_the_keyboard(house: HomeAssistant) -> None:
    """Tabs, rows and dialogs work without a mouse, and the focus comes back."""
    caller = await program(house, "By keyboard")
    assert await caller.switch_lamp() == 403
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Activity")
        keyboard, panel = screen.page.keyboard, screen.page.locator("drawbridge-panel")
        line = row(screen, "By keyboard").get_by_role("button").first
        await line.focus()
        await keyboard.press("Enter")
        await expect(line).to_have_attribute("aria-expanded", "true")
        await panel.get_by_role("tab", name="Activity").focus()
        await keyboard.press("ArrowRight")
        await expect(panel.get_by_role("tab", name="Keys")).to_be_focused()
        replace_button = card(screen, "By keyboard").get_by_role("button", name="Replace secret")
        await replace_button.focus()
        await keyboard.press("Enter")
        await expect(screen.page.get_by_role("dialog")).to_be_visible()
        await keyboard.press("Escape")
        await expect(screen.page.get_by_role("dialog")).to_have_count(0)
        await expect(replace_button).to_be_focused()


async def test_leaving_the_panel_ends_its_subscriptions(house: HomeAssistant) -> None:
    """Each subscription of the panel is ended when another page is shown, and made again on the way back."""
    sent: list[dict[str, Any]] = []

    def watch(socket: WebSocket) -> None:
        def keep(frame: str | bytes) -> None:
            messages = json.loads(frame)
            sent.extend(messages if isinstance(messages, list) else [messages])

        socket.on("framesent", keep)

    def made() -> list[int]:
        return [item["id"] for item in sent if str(item["type"]).endswith("subscribe") and "drawbridge" in item["type"]]

    async with browser(house.client) as screen:
        screen.page.on("websocket", watch)
        await screen.visit("/drawbridge", "Activity")
        await screen.page.wait_for_timeout(1000)
        assert len(made()) == 2
        await screen.page.evaluate(
            "history.pushState(null, '', '/profile'); window.dispatchEvent(new CustomEvent('location-changed'))"
        )
        await screen.sees("Log out")
        ended = {item.get("subscription") for item in sent if item["type"] == "unsubscribe_events"}
        assert set(made()) <= ended
        await screen.page.go_back()
        await screen.sees("Pause")
        await screen.page.wait_for_timeout(1000)
        assert len(made()) == 4


async def test_a_restart(house: HomeAssistant) -> None:
    """The page is live again by itself after Home Assistant was restarted."""
    caller = await program(house, "Restarted")
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Activity")
        await house.client.disconnect()
        await house.process.stop()
        await screen.sees("The connection to Home Assistant was lost. Reconnecting…")
        await house.restart()
        assert await caller.switch_lamp() == 403
        await expect(row(screen, "Restarted", "Refused")).to_have_count(1)
        await expect(screen.page.get_by_text("Reconnecting…")).to_have_count(0)
