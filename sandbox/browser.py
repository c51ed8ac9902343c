"""A browser that shows Home Assistant's UI. It finds elements by their text, as a person does."""

import json
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import BrowserContext, Locator, Page, async_playwright, expect

from sandbox.client import Client
from sandbox.drawbridge import COMPONENT
from sandbox.homeassistant import NEWEST, HomeAssistant, Release
from sandbox.household import furnish, write_files
from sandbox.process import SandboxError
from sandbox.stack import SYNTHETIC

type Scheme = Literal["light", "dark"]

DESKTOP: Final = (1280, 900)
PHONE: Final = (390, 844)
SECRET: Final = re.compile(r"dbk_[0-9A-Za-z]{49}")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_FIRST_PAGE_TIMEOUT_MS: Final = 180_000
_STEP_TIMEOUT_MS: Final = 90_000
"""For busy machines. A step ends as soon as the page shows what it waits for."""
_RAW_KEY: Final = re.compile(r"\b(component|config_subentries|config_entries|ui\.panel)\.[a-z_]+\.[a-z_.]+")

_ALL_TEXT: Final = """() => {
  const texts = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
    if (["STYLE", "SCRIPT"].includes(node.nodeName)) return;
    if (node.shadowRoot) walk(node.shadowRoot);
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return texts.join("\\n");
}"""


@asynccontextmanager
async def furnished_house(folder: Path, release: Release = NEWEST) -> AsyncIterator[HomeAssistant]:
    """Start the household without setting up Drawbridge."""
    house = HomeAssistant(folder / "homeassistant", release=release)
    house.write_config(components=(COMPONENT, SYNTHETIC))
    write_files(house.config_dir)
    try:
        await house.first_start()
        await furnish(house.client, house.config_dir, release.lacks)
        yield house
    finally:
        await house.stop()


@asynccontextmanager
async def browser(
    client: Client, *, size: tuple[int, int] = DESKTOP, scheme: Scheme = "light"
) -> AsyncIterator[Screen]:
    """Open a browser that is logged in."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SandboxError("chromium is missing. Run scripts/setup.")
    tokens = {
        "hassUrl": client.url,
        "clientId": f"{client.url}/",
        "access_token": client.token,
        "refresh_token": "",
        "token_type": "Bearer",
        "expires_in": 86_400,
        "expires": int(time.time() * 1000) + 86_400_000,
    }
    async with async_playwright() as playwright:
        program = await playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        context: BrowserContext = await program.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="en-GB"
        )
        await context.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))})")
        try:
            context.set_default_timeout(_STEP_TIMEOUT_MS)
            expect.set_options(timeout=_STEP_TIMEOUT_MS)
            yield Screen(await context.new_page(), client.url)
        finally:
            await program.close()


class Screen:
    """One page of the browser."""

    def __init__(self, page: Page, url: str) -> None:
        """Create a screen for the Home Assistant at `url`."""
        self.page = page
        self._url = url

    async def visit(self, path: str, awaited: str) -> None:
        """Open a page, and wait until it shows a text."""
        await self.page.goto(self._url + path)
        await self.text(awaited).first.wait_for(timeout=_FIRST_PAGE_TIMEOUT_MS)

    def text(self, words: str) -> Locator:
        """Return the elements with exactly this text."""
        return self.page.get_by_text(words, exact=True)

    async def sees(self, words: str) -> None:
        """Wait until the page shows a text."""
        await expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()

    async def press(self, name: str) -> None:
        """Click the button or other element with this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        await button.or_(self.text(name)).filter(visible=True).first.click()

    async def submit(self) -> None:
        """Submit a form."""
        await self.page.get_by_role("button", name=re.compile("^(Submit|Next|Finish|Skip and finish)$")).last.click()

    async def fill(self, label: str, words: str) -> None:
        """Fill in a text field."""
        field = self.page.locator(f'ha-selector-text[name="{label}"], ha-selector-text').get_by_role("textbox").first
        await field.fill(words)

    async def choose(self, label: str, option: str) -> None:
        """Add an option to a field that takes several."""
        field = self.page.locator("ha-selector-select").filter(has=self.text(label))
        await field.get_by_role("button", name="Add").click()
        await self.page.get_by_role("textbox").filter(visible=True).last.fill(option)
        await self.text(option).filter(visible=True).first.click()
        await expect(field.locator("ha-input-chip").filter(has_text=option)).to_be_visible()

    async def settle(self) -> None:
        """Wait for animations to finish."""
        await self.page.wait_for_timeout(900)

    async def everything_written(self) -> str:
        """Return all text of the page, including shadow trees."""
        written: str = await self.page.evaluate(_ALL_TEXT)
        return written

    async def picture(self, path: Path) -> None:
        """Save a screenshot. Raises SandboxError if the page shows a translation key."""
        await self.settle()
        raw = _RAW_KEY.search(await self.everything_written())
        if raw is not None:
            raise SandboxError(f"The page shows an untranslated key: {raw[0]}")
        await self.page.screenshot(path=path)
