"""Sessions of browsers: OAuth as Home Assistant's pages use it, and the end of a session."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import MultipartWriter, WSMsgType

from custom_components.drawbridge.keys import Capability, digest
from custom_components.drawbridge.limits.networks import parse_network
from custom_components.drawbridge.sessions import Sessions, model
from tests.integration.house import Bridge
from tests.integration.listener.doors import Doors
from tests.integration.pages.conftest import CHALLENGE, VERIFIER, Browser
from tests.integration.test_entities import value

PAGES: dict[str, Any] = {"capabilities": ["read", "dashboard"]}


def file_of(bridge: Bridge) -> Path:
    """Return the file of the sessions."""
    return Path(bridge.hass.config.path(".storage/drawbridge.sessions"))


async def test_from_a_key_to_a_session(browser: Browser) -> None:
    """The tokens do what the key does, and hold no part of it."""
    key = await browser.bridge.add_key(**PAGES)
    tokens = await browser.session(key)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 1800)
    assert key[4:20] not in str(tokens)
    assert await browser.status(tokens["access_token"]) == 200
    assert await browser.status(tokens["refresh_token"]) == 401
    answer = await browser.refresh(tokens["refresh_token"])
    renewed = await answer.json()
    assert answer.status == 200
    assert "refresh_token" not in renewed
    assert await browser.status(renewed["access_token"]) == 200
    # The other page of the browser has the first one still.
    assert await browser.status(tokens["access_token"]) == 200


async def test_the_websocket_takes_a_session(browser: Browser) -> None:
    """It is admitted as its key, and closed with the session."""
    key = await browser.bridge.add_key("Tablet", **PAGES)
    tokens = await browser.session(key)
    async with browser.client.ws_connect("/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": tokens["access_token"]})
        assert (await socket.receive_json())["type"] == "auth_ok"
        await socket.send_json({"id": 1, "type": "auth/current_user"})
        assert (await socket.receive_json())["result"]["name"] == "Tablet"
        answer = await browser.client.post("/auth/revoke", data={"token": tokens["refresh_token"]})
        assert (answer.status, await answer.text()) == (200, "")
        assert (await socket.receive(timeout=10)).type is WSMsgType.CLOSE
    assert await browser.status(tokens["access_token"]) == 401
    assert (await browser.refresh(tokens["refresh_token"])).status == 400


async def test_a_session_works_at_the_listener_alone(browser: Browser) -> None:
    """A session works only at the listener, not at Home Assistant's own port."""
    tokens = await browser.session(await browser.bridge.add_key(**PAGES))
    assert (await browser.bridge.get("/api/states", tokens["access_token"])).status == 401


async def test_an_open_socket_ends_with_its_time(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a request, and without a change of the key."""
    monkeypatch.setattr(model, "_SHORT_SECONDS", 1)
    tokens = await browser.session(await browser.bridge.add_key(**PAGES))
    async with browser.client.ws_connect("/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": tokens["access_token"]})
        assert (await socket.receive_json())["type"] == "auth_ok"
        assert (await socket.receive(timeout=10)).type is WSMsgType.CLOSE


async def test_a_code_is_used_once(browser: Browser) -> None:
    """A code that is used twice may be stolen, so its session ends."""
    code = await browser.code(await browser.bridge.add_key(**PAGES))
    tokens = await (await browser.exchange(code)).json()
    assert await browser.status(tokens["access_token"]) == 200
    again = await browser.exchange(code)
    assert (again.status, (await again.json())["error"]) == (400, "invalid_grant")
    assert await browser.status(tokens["access_token"]) == 401


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"code_verifier": "w" * 64}, 400),
        ({"code_verifier": VERIFIER}, 200),
        ({"code_verifier": VERIFIER, "client_id": "http://elsewhere/"}, 400),
        ({"code_verifier": VERIFIER, "redirect_uri": "http://elsewhere/"}, 400),
    ],
)
async def test_a_code_is_for_one_client(browser: Browser, fields: dict[str, str], status: int) -> None:
    """It is bound to the challenge, the client and the page."""
    key = await browser.bridge.add_key(**PAGES)
    code = await browser.code(key, code_challenge=CHALLENGE, code_challenge_method="S256")
    assert (await browser.exchange(code, **fields)).status == status
    # A wrong attempt has used it up.
    assert (await browser.exchange(code, code_verifier=VERIFIER)).status == 400


async def test_a_code_is_short_lived(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code is valid for a minute."""
    code = await browser.code(await browser.bridge.add_key(**PAGES))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert (await browser.exchange(code)).status == 400


async def test_access_ends_and_can_be_refreshed(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The access token expires after half an hour, and the session continues."""
    tokens = await browser.session(await browser.bridge.add_key(**PAGES), remember=True)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 60)
    assert await browser.status(tokens["access_token"]) == 401
    renewed = await (await browser.refresh(tokens["refresh_token"])).json()
    assert await browser.status(renewed["access_token"]) == 200
    monkeypatch.setattr(time, "time", lambda: now + 91 * 86_400 + 3600)
    assert (await browser.refresh(tokens["refresh_token"])).status == 400


async def test_a_session_that_is_not_remembered(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that is not remembered ends after half a day, even if it is used."""
    tokens = await browser.session(await browser.bridge.add_key(**PAGES))
    now = time.time()
    for hours, status in ((6, 200), (11, 200), (13, 400)):
        monkeypatch.setattr(time, "time", lambda hours=hours: now + hours * 3600)
        assert (await browser.refresh(tokens["refresh_token"])).status == status


async def test_a_session_is_refreshed_by_its_client_alone(browser: Browser) -> None:
    """A refresh token that another client presents opens nothing, and is not used up."""
    tokens = await browser.session(await browser.bridge.add_key(**PAGES))
    for client_id in ("http://elsewhere/", ""):
        answer = await browser.refresh(tokens["refresh_token"], client_id=client_id)
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_grant")
    assert (await browser.refresh(tokens["refresh_token"])).status == 200


async def test_tokens_are_asked_for_with_forms(browser: Browser) -> None:
    """Multipart, as the pages send it, or encoded as in a URL. No other content is read."""
    tokens = await browser.session(await browser.bridge.add_key(**PAGES))
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": browser.client_id}
    with MultipartWriter("form-data") as form:
        for name, text in fields.items():
            form.append(text).set_content_disposition("form-data", name=name)
    answer = await browser.client.post("/auth/token", data=form)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    for content_type in ("text/plain", "application/json"):
        refused = await browser.client.post(
            "/auth/token", data=urlencode(fields), headers={"Content-Type": content_type}
        )
        assert refused.status == 400, content_type


@pytest.mark.parametrize(
    "redirect",
    [
        "http://elsewhere/?auth_callback=1",
        "{origin}.elsewhere/",
        "{origin}@elsewhere/",
        "//elsewhere/",
        "javascript:alert(1)",
        "http://elsewhere\\@{host}/",
        "{origin}:1/",
        "/",
        "",
    ],
)
async def test_no_way_leads_elsewhere(browser: Browser, redirect: str) -> None:
    """The page and the code are valid for the own origin only."""
    key = await browser.bridge.add_key(**PAGES)
    host = browser.origin.removeprefix("http://")
    target = redirect.format(origin=browser.origin, host=host)
    assert (await browser.sign_in(key, redirect_uri=target)).status == 400
    query = {"response_type": "code", "client_id": browser.client_id, "redirect_uri": target}
    assert (await browser.client.get("/auth/authorize", params=query)).status == 400
    other = await browser.sign_in(key, client_id="http://elsewhere/", redirect_uri="http://elsewhere/")
    assert other.status == 400


async def test_who_may_sign_in(browser: Browser) -> None:
    """The refusals have the reasons that the sign-in page knows."""
    bridge = browser.bridge
    reading = await bridge.add_key("Program")
    tablet = await bridge.add_key("Tablet", **PAGES)
    tokens = await browser.session(tablet)

    async def refusal(key: str) -> tuple[int, str]:
        answer = await browser.sign_in(key)
        return answer.status, (await answer.json())["reason"]

    assert await refusal(reading) == (403, "capability")
    assert await refusal("") == (401, "key_missing")
    assert await refusal(tokens["access_token"]) == (401, "key_malformed")
    await browser.change_key("Tablet", networks=(parse_network("192.0.2.0/24"),))
    assert await refusal(tablet) == (403, "network")
    await browser.change_key("Tablet", networks=(), enabled=False)
    assert await refusal(tablet) == (401, "key_disabled")
    await browser.change_key("Tablet", enabled=True, expires=time.time() - 1)
    assert await refusal(tablet) == (401, "key_expired")


async def test_wrong_keys_lock_out(browser: Browser) -> None:
    """Wrong keys lead to the lock-out of the address."""
    reasons = set()
    for _ in range(15):
        answer = await browser.sign_in("dbk_" + "0" * 49)
        reasons.add((await answer.json())["reason"])
    assert "locked_out" in reasons


async def test_other_sites_cannot_sign_in(browser: Browser) -> None:
    """A form or a simple request of another page is not read, even with a valid key."""
    page = f"{browser.origin}/?auth_callback=1"
    form = {"key": await browser.bridge.add_key(**PAGES), "client_id": browser.client_id, "redirect_uri": page}
    for content_type, status in (("text/plain", 400), ("application/json", 200)):
        headers = {"Content-Type": content_type}
        answer = await browser.client.post("/auth/sign-in", data=json.dumps(form), headers=headers)
        assert answer.status == status


ENDS: dict[str, dict[str, Any]] = {
    "disabled": {"enabled": False},
    "expired": {"expires": 1.0},
    "rotated": {"secrets": ()},
    "another network": {"networks": (parse_network("192.0.2.0/24"),)},
    "without the capability": {"capabilities": frozenset({Capability.READ})},
}


@pytest.mark.parametrize("change", ENDS)
async def test_a_session_ends_with_its_key(browser: Browser, change: str) -> None:
    """The access token, the refresh token and the connection."""
    tokens = await browser.session(await browser.bridge.add_key("Tablet", **PAGES), remember=True)
    async with browser.client.ws_connect("/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": tokens["access_token"]})
        assert (await socket.receive_json())["type"] == "auth_ok"
        await browser.change_key("Tablet", **ENDS[change])
        assert (await socket.receive()).type is WSMsgType.CLOSE
    assert await browser.status(tokens["access_token"]) in {401, 403}
    assert (await browser.refresh(tokens["refresh_token"])).status == 400


async def test_a_removed_key_takes_its_sessions_along(browser: Browser) -> None:
    """A removed key ends its own sessions only."""
    bridge = browser.bridge
    one = await browser.session(await bridge.add_key("One", **PAGES))
    other = await browser.session(await bridge.add_key("Other", **PAGES))
    await bridge.entry.runtime_data.remove_key(bridge.key_id("One"))
    await bridge.hass.async_block_till_done()
    assert await browser.status(one["access_token"]) == 401
    assert await browser.status(other["access_token"]) == 200


async def test_a_code_of_a_removed_key(browser: Browser) -> None:
    """The key is admitted again when the code is exchanged."""
    bridge = browser.bridge
    code = await browser.code(await bridge.add_key("One", **PAGES))
    await bridge.entry.runtime_data.remove_key(bridge.key_id("One"))
    assert (await browser.exchange(code)).status == 400


async def test_hiccups_do_not_sign_out(browser: Browser) -> None:
    """Temporary errors are not 400 or 403, which the pages treat as the end of the session."""
    bridge = browser.bridge
    tokens = await browser.session(await bridge.add_key("Tablet", **PAGES))
    await browser.change_key("Tablet", per_minute=1, burst=1)
    statuses = {(await browser.refresh(tokens["refresh_token"])).status for _ in range(3)}
    assert statuses <= {200, 429}
    assert 429 in statuses


async def test_a_stream_opened_by_a_link_belongs_to_the_latest_session(browser: Browser) -> None:
    """A link does not say which session its page has."""
    secret = await browser.bridge.add_key("Wall", areas=["living_room"], **PAGES)
    first, second = [(await browser.session(secret))["access_token"] for _ in range(2)]
    runtime = browser.bridge.entry.runtime_data
    key = runtime.keys.get(browser.bridge.key_id("Wall"))
    latest, admission = runtime.admission.credential_of_pages(key), runtime.admission
    assert admission.credential(first) != latest == admission.credential(second)


async def test_forms_are_bounded(browser: Browser) -> None:
    """A form of more than 16 KiB is refused, and one whose length is not known in advance."""
    small, large = await browser.refresh("x" * 16_000), await browser.refresh("x" * 16_400)
    assert (small.status, large.status) == (400, 413)

    async def form() -> AsyncIterator[bytes]:
        yield b"grant_type=refresh_token&refresh_token=x"

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await browser.client.post("/auth/token", data=form(), headers=headers)).status == 413


async def test_sessions_survive_a_restart(browser: Browser) -> None:
    """What is stored opens them again, and holds no token."""
    bridge = browser.bridge
    key = await bridge.add_key("Tablet", **PAGES)
    tokens = await browser.session(key, remember=True)
    stored = file_of(bridge).read_text(encoding="utf-8")
    for secret in (tokens["access_token"], tokens["refresh_token"], key):
        assert secret[4:] not in stored
    assert digest(tokens["refresh_token"]) in stored
    assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()
    assert await browser.status(tokens["access_token"]) == 200
    assert (await browser.refresh(tokens["refresh_token"])).status == 200


@pytest.mark.parametrize("damaged", ['[{"id": 1}]', "null", "5", "{}", "[[]]", "", "[" * 100_000, "\x00"])
async def test_damaged_sessions(browser: Browser, damaged: str) -> None:
    """Browsers sign in again; the bridge works."""
    bridge = browser.bridge
    key = await bridge.add_key("Tablet", **PAGES)
    tokens = await browser.session(key)
    sessions: Sessions = bridge.entry.runtime_data.sessions
    await bridge.hass.config_entries.async_unload(bridge.entry.entry_id)
    file_of(bridge).write_text(damaged, encoding="utf-8")
    await bridge.hass.config_entries.async_setup(bridge.entry.entry_id)
    assert bridge.entry.runtime_data.sessions is not sessions
    assert await browser.status(tokens["access_token"]) == 401
    assert await browser.status((await browser.session(key))["access_token"]) == 200


async def test_sessions_of_a_key_are_bounded(browser: Browser) -> None:
    """The number of sessions is limited. The one that was unused for longest ends first."""
    key = await browser.bridge.add_key("Tablet", limits={"per_minute": 0}, **PAGES)
    tokens = [await browser.session(key) for _ in range(21)]
    assert await browser.status(tokens[0]["access_token"]) == 401
    assert await browser.status(tokens[1]["access_token"]) == 200
    assert await browser.status(tokens[20]["access_token"]) == 200


async def test_while_the_pages_are_off(browser: Browser, doors: Doors) -> None:
    """While the pages are off, none of their endpoints exists."""
    key = await browser.bridge.add_key(**PAGES)
    await doors.open(pages=False)
    for path in ("/", "/.well-known/oauth-authorization-server", "/auth/authorize", "/auth/sign-in", "/sw-modern.js"):
        assert (await browser.client.get(path)).status == 404, path
    assert (await browser.sign_in(key)).status == 404
    assert (await browser.exchange("x")).status == 404


async def test_sessions_on_the_device_page(browser: Browser) -> None:
    """Their number, and one button that ends them all; those of other keys stay."""
    bridge = browser.bridge
    key, other = await bridge.add_key("Tablet", **PAGES), await bridge.add_key("Other", **PAGES)
    tokens = [await browser.session(item) for item in (key, key, other)]
    bridge.entry.runtime_data.coordinator.refresh()
    await bridge.hass.async_block_till_done()
    assert value(bridge.hass, "sensor.tablet_sessions") == "2"
    await bridge.hass.services.async_call("button", "press", {"entity_id": "button.tablet_end_sessions"}, blocking=True)
    await bridge.hass.async_block_till_done()
    assert value(bridge.hass, "sensor.tablet_sessions") == "0"
    assert [await browser.status(item["access_token"]) for item in tokens] == [401, 401, 200]
    await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()
    assert [await browser.status(item["access_token"]) for item in tokens] == [401, 401, 200]


async def test_a_key_bound_to_a_certificate(browser: Browser) -> None:
    """Its sessions are bound to it as well: without the certificate, they open nothing."""
    key = await browser.bridge.add_key("Tablet", **PAGES)
    tokens, code = await browser.session(key), await browser.code(key)
    await browser.change_key("Tablet", certificate="ab" * 32)
    answer = await browser.client.get("/api/states", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert (answer.status, (await answer.json())["reason"]) == (401, "certificate")
    assert (await browser.refresh(tokens["refresh_token"])).status == 400
    assert (await browser.exchange(code)).status == 400
    assert (await (await browser.sign_in(key)).json())["reason"] == "certificate"
