"""Clicks everything on a page that can be clicked, once for each name."""

import re
from typing import Final

from playwright.async_api import Error

from tests.e2e.pages import Tablet

_LEFT_ALONE: Final = re.compile(r"log ?out|delete|download|fullscreen|full screen", re.IGNORECASE)
"""What ends the session, or leaves the page."""
_MOST: Final = 40
"""Clicks on a page."""
_PAUSE_MS: Final = 700

_CLICKABLE: Final = """() => {
  const found = [];
  const walk = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE) {
      const clicks = node.matches("a[href], button, [role=button], [role=tab], [role=menuitem], ha-dropdown-item");
      const name = (node.getAttribute("aria-label") ?? node.title ?? "") || node.textContent.trim();
      const box = node.getBoundingClientRect();
      if (clicks && box.width && box.height) {
        node.dataset.clickable = String(found.length);
        found.push(name.replace(/\\s+/g, " ").slice(0, 60) || node.localName);
      }
    }
    if (node.shadowRoot) walk(node.shadowRoot);
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return found;
}"""
_WORDS: Final = """() => {
  const texts = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE && node.data.trim()) texts.push(node.data.trim());
    if (["STYLE", "SCRIPT", "HA-SIDEBAR"].includes(node.nodeName)) return;
    if (node.shadowRoot) walk(node.shadowRoot);
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return texts.join(" ");
}"""


async def words(page: Tablet) -> str:
    """Return the texts of a page without the sidebar."""
    found: str = await page.page.evaluate(_WORDS)
    return found


async def click_everything(page: Tablet, path: str, clicked: set[str]) -> None:
    """Click what has not been clicked, look at what opens, and come back."""
    for _ in range(_MOST):
        names: list[str] = await page.page.evaluate(_CLICKABLE)
        new = next(
            (item for item in enumerate(names) if item[1] not in clicked and not _LEFT_ALONE.search(item[1])), None
        )
        if new is None:
            return
        number, name = new
        clicked.add(name)
        try:
            await page.page.locator(f'[data-clickable="{number}"]').first.click(timeout=1500)
        except Error:
            # Something else covers it, as a dialog does.
            await page.page.keyboard.press("Escape")
            continue
        await page.page.wait_for_timeout(_PAUSE_MS)
        await page.look(f"{path}, {name}")
        await page.page.keyboard.press("Escape")
        if not page.page.url.startswith(page.url + path) or await page.page.locator("ha-more-info-dialog").count():
            await page.page.goto(page.url + path)
            await page.page.wait_for_timeout(2 * _PAUSE_MS)
