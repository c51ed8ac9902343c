"""Measures how soon a page shows a room: the listener's pages, and Home Assistant's own, in turn in one run.

    python -m benchmarks.first_paint [--rounds N]

Each round opens a new browser profile with a session of its own, so that nothing is cached.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from statistics import median
from typing import Any, Final

import aiohttp
from playwright.async_api import Browser, async_playwright

from sandbox import ports
from sandbox.browser import ARGUMENTS, furnished_house
from sandbox.drawbridge import NewKey, add_key, set_up
from sandbox.process import SandboxError

ROOM: Final = "/home/areas-living_room"
SHOWN: Final = "Living room floor lamp"
CAPABILITIES: Final = ("read", "control", "history", "images", "dashboard")
_TIMEOUT_MS: Final = 120_000
_FIRST_PAINT: Final = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_SIGNED_IN: Final = "localStorage.setItem('hassTokens', {0})"

type Times = tuple[float, float]
"""Milliseconds until the first content, and until the room is shown."""


async def session(url: str, key: str) -> dict[str, Any]:
    """Sign in with a key, and return the tokens as the pages store them."""
    form = {"key": key, "client_id": f"{url}/", "redirect_uri": f"{url}/?auth_callback=1"}
    async with aiohttp.ClientSession() as client:
        async with client.post(f"{url}/auth/sign-in", json=form) as answer:
            code = (await answer.json())["code"]
        exchange = {"grant_type": "authorization_code", "code": code, "client_id": form["client_id"]}
        async with client.post(f"{url}/auth/token", data=exchange) as answer:
            found: dict[str, Any] = await answer.json()
            return found


def stored(url: str, tokens: dict[str, Any]) -> str:
    """Return the script that signs a new page in."""
    expires = int(time.time() * 1000) + 1_800_000
    tokens = {"hassUrl": url, "clientId": f"{url}/", "expires": expires, "refresh_token": "", **tokens}
    return _SIGNED_IN.format(json.dumps(json.dumps(tokens)))


async def open_room(browser: Browser, url: str, script: str) -> Times:
    """Open the room in a new profile."""
    context = await browser.new_context(locale="en-GB")
    try:
        await context.add_init_script(script)
        page = await context.new_page()
        began = time.perf_counter()
        await page.goto(url + ROOM)
        await page.get_by_text(SHOWN).first.wait_for(timeout=_TIMEOUT_MS)
        shown = (time.perf_counter() - began) * 1000
        return await page.evaluate(_FIRST_PAINT), shown
    finally:
        await context.close()


async def measure(folder: Path, rounds: int) -> dict[str, list[Times]]:
    """Open the room in both, in turn. The first round of each is not counted."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SandboxError("chromium is missing. Run scripts/setup.")
    times: dict[str, list[Times]] = {"listener": [], "Home Assistant": []}
    async with furnished_house(folder) as home, async_playwright() as playwright:
        port = ports.choose(None)
        await set_up(home.client, listener_enabled=True, listener_port=port, listener_address=ports.HOST, pages=True)
        key = await add_key(home.client, NewKey("Tablet", CAPABILITIES, areas=("living_room",), per_minute=0))
        url = f"http://{ports.HOST}:{port}"
        own = {"access_token": home.client.token, "token_type": "Bearer", "expires_in": 1800}
        doors = {
            "listener": (url, stored(url, await session(url, key))),
            "Home Assistant": (home.url, stored(home.url, own)),
        }
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        for count in range(rounds + 1):
            for name, door in doors.items():
                found = await open_room(browser, *door)
                if count:
                    times[name].append(found)
        await browser.close()
    return times


def report(times: dict[str, list[Times]]) -> str:
    """Return the medians and their ratios."""
    lines = []
    for number, what in enumerate(("first content", "the room")):
        ours, theirs = (median(item[number] for item in times[name]) for name in ("listener", "Home Assistant"))
        lines.append(f"{what}: listener {ours:.0f} ms, Home Assistant {theirs:.0f} ms, ratio {ours / theirs:.2f}\n")
    return "".join(lines)


def main() -> int:
    """Run the benchmark, and return the exit status."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drawbridge-paint-") as folder:
        try:
            sys.stdout.write(report(asyncio.run(measure(Path(folder), options.rounds))))
        except SandboxError as error:
            sys.stderr.write(f"benchmarks: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
