"""Home Assistant's own pages at the listener: files of the frontend, and nothing of the house."""

import re
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from tests.integration.listener.doors import Doors
from tests.integration.live.client import connected
from tests.integration.live.comparing import set_up
from tests.integration.pages.conftest import Browser

PAGES: dict[str, Any] = {"capabilities": ["read", "dashboard"]}
MARKER = "zz_marker"


@pytest.fixture(autouse=True)
async def _frontend(house: HomeAssistant) -> None:
    await set_up(house, "frontend")


async def test_pages_without_a_key(browser: Browser, hass: HomeAssistant) -> None:
    """Every path returns the same page, with a content security policy for the bridge's own origin."""
    hass.data["frontend_extra_module_url"].add(f"/local/{MARKER}.js")
    bodies = set()
    for path in ("/", "/home/overview", "/config/dashboard", "/no-such-panel", "/developer-tools"):
        answer = await browser.client.get(path)
        assert answer.status == 200, path
        assert answer.content_type == "text/html"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy
        bodies.add(await answer.text())
    (body,) = bodies
    assert MARKER not in body
    scripts = set(re.findall(r"/frontend_latest/[\w.]+\.js", body))
    assert scripts
    for path in (*scripts, "/sw-modern.js", "/favicon.ico", "/manifest.json", "/static/icons/favicon-192x192.png"):
        answer = await browser.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status == 200, path
        assert "Content-Security-Policy" in answer.headers
        assert await answer.read()


@pytest.mark.parametrize(
    "path",
    [
        "/api/brands/integration/hue/icon.png",
        "/api/onboarding",
        "/auth/providers",
        "/auth/login_flow",
        "/local/x.js",
        "/static/../__init__.py",
        "/static/%2e%2e/__init__.py",
        "/static/no-such.js",
        "/frontend_latest/",
        "/onboarding.html",
        "/media/local/x",
        "/hacsfiles/x.js",
    ],
)
async def test_nothing_else(browser: Browser, path: str) -> None:
    """Whether Home Assistant itself has it or not."""
    assert (await browser.client.get(path)).status in {400, 404}


async def test_without_the_option(browser: Browser, doors: Doors) -> None:
    """Without the option, there are no pages."""
    await doors.open(pages=False)
    for path in ("/", "/home", "/static/icons/favicon-192x192.png", "/manifest.json", "/auth/sign-in.js"):
        assert (await browser.client.get(path)).status == 404, path


async def test_the_sign_in_page(browser: Browser) -> None:
    """The sign-in page runs only its own script, and contains no data."""
    query = {"response_type": "code", "client_id": browser.client_id, "redirect_uri": f"{browser.origin}/"}
    for path, params in (("/auth/sign-in", {}), ("/auth/authorize", query)):
        answer = await browser.client.get(path, params=params)
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["Permissions-Policy"].startswith("camera=(self)")
        assert await answer.text() == await (await browser.client.get("/auth/sign-in")).text()
    assert (await browser.client.get("/auth/authorize")).status == 400


async def test_panels(browser: Browser) -> None:
    """No panel of settings, whatever the key; those of history with the capability."""
    names = {}
    keys: dict[str, list[str]] = {"tablet": ["read", "dashboard"], "past": ["read", "dashboard", "history"]}
    for name, capabilities in {**keys, "program": ["read"]}.items():
        key = await browser.bridge.add_key(name, capabilities=capabilities)
        async with connected(browser.bridge.client, key, "/api/drawbridge/api/websocket") as client:
            panels = await client.result("get_panels")
        names[name] = set(panels)
        assert not [item for item in panels.values() if item["require_admin"]]
    assert names["program"] == set()
    assert {"home", "profile"} <= names["tablet"]
    assert not names["past"] & {"config", "developer-tools", "media-browser", "energy", "map"}


async def test_preferences(browser: Browser) -> None:
    """Each key has its own, limited in number and size, and keeps them over a restart."""
    bridge = browser.bridge
    one, other = await bridge.add_key("One", **PAGES), await bridge.add_key("Other", **PAGES)
    path = "/api/drawbridge/api/websocket"
    async with connected(bridge.client, one, path) as client, connected(bridge.client, other, path) as stranger:
        number = await client.send("frontend/subscribe_user_data", key="core")
        assert await client.event(number) == {"value": None}
        await client.result("frontend/set_user_data", key="core", value={"a": 1})
        assert await client.event(number) == {"value": {"a": 1}}
        assert await client.result("frontend/get_user_data") == {"value": {"core": {"a": 1}}}
        assert await stranger.result("frontend/get_user_data") == {"value": {}}
        assert (await client.error("frontend/set_user_data", key="large", value="x" * 20_000))["code"]
        for count in range(31):
            await client.result("frontend/set_user_data", key=f"n{count}", value=0)
        assert (await client.error("frontend/set_user_data", key="one more", value=0))["code"]
    await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()
    async with connected(bridge.client, one, path) as client:
        assert await client.result("frontend/get_user_data", key="core") == {"value": {"a": 1}}


async def test_the_greeting(browser: Browser) -> None:
    """The template for the greeting is allowed, and no other."""
    key = await browser.bridge.add_key(**PAGES)
    async with connected(browser.bridge.client, key, "/api/drawbridge/api/websocket") as client:
        number = await client.send("render_template", template="## Welcome {{ user }}", variables={"user": "{{ 1 }}"})
        await client.answer(number)
        assert (await client.event(number))["result"] == "## Welcome {{ 1 }}"
        error = await client.error("render_template", template="{{ states | list }}")
        assert error["code"] == "unauthorized"
        assert (await client.result("recorder/info"))["recording"] is True
