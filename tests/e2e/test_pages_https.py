"""Home Assistant's own pages over HTTPS, with a certificate of an authority that the browser is told to trust."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Error

from sandbox.browser import furnished_house
from sandbox.drawbridge import NewKey, add_key, set_up
from sandbox.listener import Listener
from tests.e2e.pages import tablet, trusting
from tests.e2e.test_pages import CAPABILITIES, LAMP, ROOM, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WORKER = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  const names = await caches.keys();
  return { script: active.scriptURL, caches: names.length };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def https(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Listener, str]]:
    """A household whose listener serves pages over HTTPS, and a key for the living room."""
    folder: Path = tmp_path_factory.mktemp("https")
    async with furnished_house(folder) as home:
        listener = Listener(folder / "listener")
        await set_up(home.client, **listener.write(), pages=True)
        await listener.wait_until_open()
        await home.client.call("light.turn_on", LAMP)
        key = NewKey("Tablet", CAPABILITIES, areas=("living_room",), per_minute=0)
        yield listener, await add_key(home.client, key)


async def test_a_secure_context(https: tuple[Listener, str]) -> None:
    """PKCE, a service worker and the WebSocket over TLS work. There is no cookie, and nothing of the key is cached."""
    listener, key = https
    trusted = trusting((listener.folder / "server.crt").read_bytes())
    async with tablet(listener.url, arguments=[trusted]) as page:
        challenges: list[str] = []
        page.page.on("request", lambda request: challenges.append(request.url + (request.post_data or "")))
        await page.page.goto(listener.url)
        await page.sees_sign_in()
        assert await page.page.evaluate("isSecureContext")
        await page.page.get_by_label("Key", exact=True).fill(key)
        await page.page.keyboard.press("Enter")
        await page.sees("Living Room")
        assert any("code_challenge_method" in item and "S256" in item for item in challenges)
        await page.visit(ROOM, "Living room floor lamp")
        await page.page.get_by_role("button", name="Toggle Living room floor lamp").click()
        await page.until_state(LAMP, "off")
        worker = await page.page.evaluate(_WORKER)
        assert worker["script"] == f"{listener.url}/sw-modern.js"
        await page.page.reload()
        await page.sees("Living room floor lamp")
        assert await page.page.evaluate("navigator.serviceWorker.controller !== null")
        await page.look("the room")
        assert await page.context.cookies() == []
        assert not [where for where, text in page.received if where.startswith("stores") and key in text]
        assert await page.page.evaluate("caches.match('/auth/token').then(found => found === undefined)")
        assert page.errors == []


async def test_an_unknown_authority(https: tuple[Listener, str]) -> None:
    """A browser that does not know it opens nothing."""
    listener, _ = https
    async with tablet(listener.url) as page:
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            await page.page.goto(listener.url)


async def test_a_link(https: tuple[Listener, str]) -> None:
    """It signs in over HTTPS too."""
    listener, key = https
    trusted = trusting((listener.folder / "server.crt").read_bytes())
    async with tablet(listener.url, arguments=[trusted]) as page:
        await sign_in(page, key)
        assert key not in page.page.url
        # The frontend may ask for an update of its service worker while the first one is still being installed.
        assert [item for item in page.errors if "ServiceWorker" not in item] == []
