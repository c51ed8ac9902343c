"""All steps in a real browser: set up, create a key, use it, edit it, monitor it, fix a repair, and revoke the key."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.browser import PHONE, SECRET, Screen, browser, furnished_house
from sandbox.homeassistant import HomeAssistant

PAGE = "/config/integrations/integration/drawbridge"
PAGE_KNOWS = "([entity, state]) => document.querySelector('home-assistant').hass.states[entity].state === state"
NO_WIDER = "([element, width]) => (element ?? document.scrollingElement).scrollWidth <= width"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HomeAssistant]:
    """A furnished home, without Drawbridge."""
    async with furnished_house(tmp_path_factory.mktemp("browser")) as home:
        yield home


async def status(house: HomeAssistant, path: str, key: str) -> int:
    """Call the bridge with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{house.url}/api/drawbridge{path}") as answer,
    ):
        return answer.status


async def secret(screen: Screen) -> str:
    """Copy the secret that is shown, once its field has it."""
    async with asyncio.timeout(90):
        while (found := SECRET.search(await screen.everything_written())) is None:
            await screen.page.evaluate("new Promise(requestAnimationFrame)")
    return found[0]


async def test_the_whole_way(house: HomeAssistant) -> None:
    """Each step uses the texts that are on the screen."""
    async with browser(house.client) as screen:
        await set_up(screen)
        old = await make_key(house, screen)
        await hide_and_rename(house, screen, old)
        new = await rotate(house, screen, old)
        await see_entities(house, screen, new)
        await mend(house, screen)
        await revoke(house, screen, new)


async def set_up(screen: Screen) -> None:
    """Add the integration."""
    await screen.visit("/config/integrations/dashboard/add?domain=drawbridge", "Settings")
    await screen.press("OK")
    await screen.sees("Set up Drawbridge")
    await screen.submit()
    await screen.sees("Name and assign")
    await screen.submit()


async def make_key(house: HomeAssistant, screen: Screen) -> str:
    """Go through all steps of a new key. An error is shown at its field, and disappears when it is fixed."""
    await screen.visit(PAGE, "Add API key")
    await screen.press("Add API key")
    await screen.fill("name", "Kitchen display")
    await screen.press("AI agent or script, limited to actions that you list")
    await screen.submit()
    await screen.sees("Visible entities")
    await screen.submit()
    await screen.sees("This key would have access to no entities.")
    await screen.page.locator("ha-selector-boolean").first.click()
    await screen.submit()
    await screen.sees("Permissions")
    await screen.submit()
    await screen.sees("Add the actions that the key may call")
    await screen.choose("Actions", "light.turn_on")
    await screen.submit()
    await screen.sees("The key sees ")
    await screen.sees("Call actions, Read states")
    await screen.press("Set limits")
    await screen.press("Network access")
    await screen.page.locator("ha-selector-boolean").first.click()
    await screen.submit()
    await screen.press("Create the key")
    await screen.sees("Your new key")
    await expect(screen.page.locator("ha-qr-code canvas").first).to_be_visible()
    key = await secret(screen)
    await screen.submit()
    await screen.sees("this page shows when the first request arrives")
    assert await status(house, "/api/states", key) == 200
    await screen.sees("is connected: its first request came from 127.0.0.1.")
    return key


async def edit(screen: Screen, choice: str) -> None:
    """Open a part of the key."""
    await screen.visit(PAGE, "Add API key")
    await screen.page.get_by_role("button", name="Edit API key").first.click()
    await screen.press(choice)


async def hide_and_rename(house: HomeAssistant, screen: Screen, key: str) -> None:
    """Rename the key. It continues to work."""
    await edit(screen, "Rename")
    await screen.fill("name", "Wall display")
    await screen.submit()
    await screen.sees("The key was changed.")
    headers = {"X-API-Key": key}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{house.url}/api/drawbridge/key") as me:
        assert (await me.json())["name"] == "Wall display"


async def rotate(house: HomeAssistant, screen: Screen, old: str) -> str:
    """Replace the secret. Both secrets work during the overlap."""
    await edit(screen, "Replace the secret")
    await screen.sees("Keep the old secret for")
    await screen.submit()
    await screen.sees("Your new key")
    new = await secret(screen)
    assert new != old
    await screen.submit()
    await screen.sees("was replaced. The new secret works now.")
    assert [await status(house, "/api/", key) for key in (old, new)] == [200, 200]
    return new


async def see_entities(house: HomeAssistant, screen: Screen, key: str) -> None:
    """The device of the key shows its counters and its switch."""
    await screen.visit(PAGE, "Add API key")
    await screen.page.locator("ha-config-sub-entry-row").get_by_text("Wall display").nth(1).click()
    for words in ("Last used", "Requests", "Enabled", "Replace secret", "Refused requests"):
        await screen.sees(words)
    switch = screen.page.locator("ha-entity-toggle").first
    await switch.click()
    await until_status(house, key, 401)
    # The toggle shows its new state before the page receives it, and could flip back in between.
    await screen.page.wait_for_function(PAGE_KNOWS, arg=["switch.kitchen_display_enabled", "off"])
    await switch.click()
    await until_status(house, key, 200)


async def until_status(house: HomeAssistant, key: str, expected: int) -> None:
    """Wait until the bridge answers with a status."""
    until = time.monotonic() + 90
    while await status(house, "/api/", key) != expected:
        assert time.monotonic() < until


async def mend(house: HomeAssistant, screen: Screen) -> None:
    """An option that weakens security creates a repair issue, whose fix resets it."""
    entries = await house.client.get("/api/config/config_entries/entry?domain=drawbridge")
    flow: Any = await house.client.post("/api/config/config_entries/options/flow", {"handler": entries[0]["entry_id"]})
    form = {
        section["name"]: {
            field["name"]: field.get("description", {}).get("suggested_value", []) for field in section["schema"]
        }
        for section in flow["data_schema"]
    }
    form["rate"] = {"per_minute": 0}
    await house.client.post(f"/api/config/config_entries/options/flow/{flow['flow_id']}", form)
    await screen.visit("/config/repairs", "Keys have no rate limit")
    await screen.press("Keys have no rate limit")
    await screen.sees("Submit to reset the limit")
    await screen.submit()
    await screen.sees("The issue is repaired!")
    await screen.page.keyboard.press("Escape")
    await expect(screen.text("Keys have no rate limit")).to_have_count(0)


async def revoke(house: HomeAssistant, screen: Screen, key: str) -> None:
    """Revoke the key. It no longer works."""
    await screen.visit(PAGE, "Add API key")
    await screen.page.locator("ha-config-sub-entry-row").get_by_role("button", name="Menu").first.click()
    await screen.press("Delete")
    await screen.page.get_by_role("button", name="Delete", exact=True).filter(visible=True).last.click()
    await until_status(house, key, 401)
    await expect(screen.page.locator("ha-config-sub-entry-row")).to_have_count(0)


async def test_on_a_phone_nothing_is_cut_off(house: HomeAssistant, tmp_path: Path) -> None:
    """No page of the flow is wider than the screen, and none shows a translation key."""
    async with browser(house.client, size=PHONE, scheme="dark") as screen:
        await screen.visit(PAGE, "Add API key")
        await screen.press("Add API key")
        await screen.sees("What is the key for?")
        await narrow(screen, tmp_path / "user.png")
        await screen.fill("name", "Phone")
        await screen.press("Prometheus (Drawbridge metrics only)")
        await screen.submit()
        await screen.sees("The key sees ")
        await narrow(screen, tmp_path / "confirm.png")
        await screen.press("Create the key")
        await screen.sees("Your new key")
        await narrow(screen, tmp_path / "secret.png")


async def narrow(screen: Screen, path: Path) -> None:
    """Check that the page is not wider than the screen."""
    await screen.picture(path)
    dialog = await screen.page.locator("dialog-data-entry-flow").get_by_role("dialog").first.element_handle()
    for element in (None, dialog):
        await screen.page.wait_for_function(NO_WIDER, arg=[element, PHONE[0]])
