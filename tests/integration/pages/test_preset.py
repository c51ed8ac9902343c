"""The preset "Tablet or guest": three choices, a summary, and a link that signs in."""

import time
from typing import Any

import pytest

from custom_components.drawbridge.limits.rate_limit import RateLimit
from tests.integration.house import Flow, shown
from tests.integration.listener.doors import Doors
from tests.integration.pages.conftest import Browser
from tests.integration.test_flows import suggested

CHOICES: dict[str, Any] = {"areas": ["living_room"], "allowed": ["control"]}


async def add_tablet(browser: Browser) -> Flow:
    """Answer the questions of the preset, and return the page with the secret."""
    bridge = browser.bridge
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "Guest", "preset": "tablet"})
    assert flow["step_id"] == "tablet"
    proposed = suggested(flow)
    assert (proposed["areas"], proposed["allowed"]) == ([], ["control", "history", "images"])
    refused = await bridge.submit(flow, {"allowed": ["control"]} | {"areas": [], "expires": proposed["expires"]})
    assert refused["errors"] is not None
    assert "areas" in refused["errors"]
    flow = await bridge.submit(flow, {**CHOICES, "expires": proposed["expires"]})
    assert flow["step_id"] == "confirm"
    about = shown(flow)
    assert (about["sees"], about["controls"]) == ("1", "1")
    assert about["capabilities"] == "Call actions, Open Home Assistant's own pages, Read states"
    return await bridge.choose(flow, "secret")


def fields(flow: Flow) -> dict[str, Any]:
    """Return the fields of a form, with what they show."""
    schema: Any = flow["data_schema"]
    return {str(name): (name, kind) for name, kind in schema.schema.items()}


async def test_the_link_signs_in(browser: Browser) -> None:
    """The last page shows it, and its QR code; the key in it opens the pages of the chosen areas until the end."""
    flow = await add_tablet(browser)
    secret, found = shown(flow)["key"], fields(flow)
    link, field = found["link"]
    assert link.default() == f"{browser.origin}/auth/sign-in#{secret}"
    assert field.config["read_only"]
    assert found["qr_code"][1].config["data"] == link.default()
    assert secret not in found["qr_address"][1].config["data"]
    assert list(found).index("link") == 0
    await browser.bridge.confirm_secret(flow)
    page, _, key = link.default().partition("#")
    assert (await browser.client.get(page)).status == 200
    tokens = await browser.session(key)
    answer = await browser.client.get("/api/states", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert [item["entity_id"] for item in await answer.json()] == ["input_boolean.living_room_lamp"]
    (made,) = browser.bridge.entry.runtime_data.keys
    # Whatever the default is.
    assert made.rate_limit(60) == RateLimit(per_minute=1000, burst=1200)
    assert made.expires == pytest.approx(time.time() + 7 * 86_400, abs=60)


async def test_no_link_without_pages(browser: Browser, doors: Doors) -> None:
    """The QR code is that of the key, for the sign-in page's camera once the pages are on."""
    await doors.open(pages=False)
    flow = await add_tablet(browser)
    found = fields(flow)
    assert "link" not in found
    assert found["qr_code"][1].config["data"] == shown(flow)["key"]
