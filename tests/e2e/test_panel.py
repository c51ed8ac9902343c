"""The panel of the sidebar, in a real browser on a real Home Assistant, with the requests of a real key."""

import asyncio
import csv
import io
import json
import re
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

LAMP, LAMP_NAME = "light.hall_light", "Hall light"

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

    async def read_lamp(self) -> int:
        """Read the light of the hall, which the key does not see at first."""
        return await self.status(f"/api/states/{LAMP}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HomeAssistant]:
    """A furnished household with Drawbridge."""
    async with furnished_house(tmp_path_factory.mktemp("panel")) as home:
        await set_up(home.client)
        yield home


async def program(house: HomeAssistant, name: str) -> Program:
    """Create a key for the living room."""
    return Program(house.url, await add_key(house.client, NewKey(name, areas=("living_room",))))


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
        assert await tablet.read_lamp() == 404
        refused = row(screen, "Remote", "Refused", LAMP_NAME)
        await expect(refused).to_have_count(1)
        await refused.get_by_role("button").first.click()
        await screen.sees("The smallest change that allows it")
        await expect(refused.locator(".difference")).to_contain_text(LAMP)
        await screen.picture(tmp_path / "refused.png")
        await refused.get_by_role("button", name="Allow", exact=True).click()
        await screen.sees("“Remote” was changed. The same request is allowed now.")
        await expect(refused).to_contain_text("The key would be allowed to do this now")
        assert await tablet.read_lamp() == 200
        allowed = screen.page.locator(".outcome", has_text="Allowed")
        await expect(row(screen, "Remote", LAMP_NAME).filter(has=allowed)).to_have_count(1)
        await screen.picture(tmp_path / "allowed.png")
        assert await tablet.status("/api/states/light.kitchen_ceiling_light") == 404


async def test_allowed_for_an_hour(house: HomeAssistant, tmp_path: Path) -> None:
    """A change that allows more than the request is asked about twice, and the key says for how long it holds."""
    new = NewKey("Guest", ("read", "control"), areas=("kitchen",), services=("light.turn_on",))
    guest = Program(house.url, await add_key(house.client, new))
    call = "/api/services/light/turn_off", {"entity_id": "light.kitchen_ceiling_light"}
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Pause")
        assert await guest.status(*call) == 403
        refused = row(screen, "Guest", "Refused", "Turn off light", "Kitchen ceiling light")
        await refused.get_by_role("button").first.click()
        await expect(refused.locator(".difference")).to_contain_text("light.turn_off")
        await refused.get_by_role("button", name="Allow for an hour").click()
        dialog = screen.page.locator("drawbridge-dialog")
        await expect(dialog).to_contain_text("Allow more than this request?")
        await screen.picture(tmp_path / "broad.png")
        assert await guest.status(*call) == 403
        await dialog.get_by_role("button", name="Allow for an hour").click()
        await screen.sees("“Guest” may do this for one hour.")
        assert await guest.status(*call) == 200
        await screen.page.get_by_role("tab", name="Keys").click()
        await expect(card(screen, "Guest")).to_contain_text("Temporary permissions end in 59 minutes")


async def test_a_call_waits_for_an_answer(house: HomeAssistant, tmp_path: Path) -> None:
    """The request appears by itself with a badge; the answer reaches the client, and "always" is asked about first."""
    new = NewKey("Agent", ("read", "control"), areas=("hall",), services=("light.turn_on", "light.turn_off"))
    agent = Program(house.url, await add_key(house.client, new))
    await ask_first(house, "Agent", LAMP)
    calls = [(f"/api/services/light/turn_{to}", {"entity_id": LAMP}) for to in ("on", "off", "on", "on")]
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Pause")
        badge = screen.page.get_by_role("tab", name="Activity").locator(".badge")
        asking = screen.page.locator("drawbridge-approval-card")
        await expect(badge).to_have_count(0)
        for call, button, status in zip(calls, ("Allow once", "Deny", "Always allow…"), (200, 403, 200), strict=False):
            waiting = asyncio.create_task(agent.status(*call))
            await expect(asking).to_contain_text("“Agent” asks for your approval")
            await expect(asking).to_contain_text(LAMP_NAME)
            await expect(asking).to_contain_text(re.compile(r"\d+ seconds left"))
            await expect(badge).to_have_text("1")
            assert not waiting.done()
            await screen.picture(tmp_path / "asked.png")
            await asking.get_by_role("button", name=button).click()
            if button.startswith("Always"):
                dialog = asking.locator("drawbridge-dialog")
                await expect(dialog.locator(".difference")).to_contain_text(f"light.turn_on {LAMP}")
                await screen.picture(tmp_path / "always.png")
                assert not waiting.done()
                await dialog.get_by_role("button", name="Always allow").click()
            assert await waiting == status
            await expect(asking).to_have_count(0)
            await expect(badge).to_have_count(0)
        assert await agent.status(*calls[3]) == 200
        await expect(row(screen, "Agent", "Refused", "A person denied it")).to_have_count(1)


async def test_policy_tests(house: HomeAssistant, tmp_path: Path) -> None:
    """A test shows its result, and a change that breaks it cannot be made until it is removed."""
    name = "Guarded"
    guarded = await program(house, name)
    assert await guarded.read_lamp() == 404
    async with browser(house.client, size=PHONE) as screen:
        await screen.visit("/drawbridge/keys", name)
        dialog = await open_policy(screen, name)
        await dialog.get_by_label("The key").select_option("Does not see")
        await dialog.get_by_role("combobox", name="Entity").fill(LAMP)
        await screen.picture(tmp_path / "picker.png")
        await screen.page.keyboard.press("Enter")
        await dialog.get_by_role("button", name="Add test").click()
        line = dialog.get_by_role("listitem").filter(has_text=f"Does not see: {LAMP_NAME}")
        await expect(line).to_contain_text("Passes")
        await add_area_test(dialog)
        await screen.picture(tmp_path / "tests.png")
        await screen.page.keyboard.press("Escape")
        refused = await open_refused(screen, name)
        await expect(refused).to_contain_text(f"✕ Does not see: {LAMP_NAME}")
        await expect(refused.get_by_role("button", name="Allow", exact=True)).to_be_disabled()
        await screen.picture(tmp_path / "broken.png")
        await screen.page.get_by_role("tab", name="Keys").click()
        await line_of(await open_policy(screen, name), LAMP_NAME).get_by_role("button").click()
        await expect(line).to_have_count(0)
        await screen.page.keyboard.press("Escape")
        refused = await open_refused(screen, name)
        await expect(refused.locator("summary")).to_contain_text("1 more would be allowed.")
        await refused.locator("summary").click()
        await screen.picture(tmp_path / "replay.png")
        await refused.get_by_role("button", name="Allow", exact=True).click()
        await screen.sees(f"“{name}” was changed. The same request is allowed now.")
        assert await guarded.read_lamp() == 200


async def open_policy(screen: Screen, name: str) -> Locator:
    """Open the policy tests of a key."""
    await card(screen, name).get_by_role("button", name="Policy tests").click()
    return screen.page.locator("drawbridge-policy-dialog")


def line_of(dialog: Locator, text: str) -> Locator:
    """Return the line of a policy test."""
    return dialog.get_by_role("listitem").filter(has_text=text)


async def add_area_test(dialog: Locator) -> None:
    """Add a test that fails: an action on all lights of an area."""
    await dialog.get_by_label("The key").select_option("Controls")
    await dialog.get_by_label("About").select_option("An area")
    await dialog.get_by_label(re.compile(r"^\s*Area")).select_option("Living Room")
    await dialog.get_by_label("Action").select_option("light.turn_on")
    await dialog.get_by_role("button", name="Add test").click()
    line = line_of(dialog, "Controls: Living Room (light.turn_on)")
    await expect(line).to_contain_text("Fails")
    await expect(line).to_contain_text("capability control is missing")


async def open_refused(screen: Screen, name: str) -> Locator:
    """Show the activity, and open the refused request of a key."""
    await screen.page.get_by_role("tab", name="Activity").click()
    refused = row(screen, name, "Refused", LAMP_NAME)
    await refused.get_by_role("button").first.click()
    await expect(refused.locator(".difference")).to_contain_text(LAMP)
    return refused


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
    for _ in range(3):
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
    await add_key(house.client, NewKey("Only reader", ("read",), areas=("living_room",)))
    await add_key(house.client, NewKey("Kitchen writer", ("read", "control"), areas=("living_room", "kitchen")))
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge/keys", "Only reader")
        await card(screen, "Kitchen writer").get_by_role("button", name="Compare").click()
        dialog = screen.page.locator("drawbridge-dialog")
        await dialog.get_by_label("With").select_option("Only reader")
        only = dialog.locator("section").filter(has_text="Only “Kitchen writer”")
        await expect(only).to_contain_text("Permission: Call actions")
        await expect(dialog.locator("section").filter(has_text="Both keys")).to_contain_text("Permission: Read states")
        await screen.picture(tmp_path / "compare.png")
        await screen.page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)


async def test_who_can_reach_what(house: HomeAssistant, tmp_path: Path) -> None:
    """The map opens to the entities of a key, and they to the keys that reach them; it follows changes of keys."""
    remote = NewKey("Sofa remote", ("read", "control"), areas=("living_room",))
    await add_key(house.client, remote)
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge/access", "Who can reach an entity?")
        cell = re.compile(r"Sofa remote in Living Room: sees [1-9]\d*, controls [1-9]\d*")
        await screen.page.get_by_role("button", name=cell).click()
        await screen.page.get_by_role("button", name="Living room floor lamp", exact=True).click()
        found = screen.page.locator("drawbridge-entity-access li").filter(has_text="Sofa remote")
        await expect(found).to_contain_text("Sees")
        await screen.picture(tmp_path / "access.png")
        await screen.page.get_by_role("combobox", name="Entity").fill("light.hall")
        await screen.page.keyboard.press("Enter")
        await expect(screen.page.locator("drawbridge-entity-access h3")).to_have_text(LAMP_NAME)
        await expect(found).to_have_count(0)
        await add_key(house.client, NewKey("Hall remote", areas=("hall",)))
        await expect(screen.page.locator("drawbridge-entity-access li").filter(has_text="Hall remote")).to_have_count(1)
        await expect(screen.page.get_by_role("columnheader", name="Hall remote")).to_have_count(1)


async def test_what_a_learning_key_needs(house: HomeAssistant, tmp_path: Path) -> None:
    """Used, refused and unused are shown apart."""
    learner = Program(
        house.url, await add_key(house.client, NewKey("Learner", ("read", "history"), areas=("kitchen",)))
    )
    await learn(house, "Learner")
    assert await learner.status("/api/states/light.kitchen_ceiling_light") == 200
    assert await learner.read_lamp() == 404
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge/keys", "Learner")
        await expect(card(screen, "Learner")).to_contain_text("Learning")
        await card(screen, "Learner").get_by_role("button", name="What it needs").click()
        dialog = screen.page.locator("drawbridge-proposal-dialog")
        for heading, text in (
            ("Used", "light.kitchen_ceiling_light"),
            ("Refused, and not part of the proposal", LAMP),
            ("Not used", "Read history and logbook"),
        ):
            section = dialog.locator("section").filter(has=screen.page.get_by_role("heading", name=heading, exact=True))
            await expect(section).to_contain_text(text)
        await screen.picture(tmp_path / "proposal.png")


async def learn(house: HomeAssistant, name: str) -> None:
    """Turn on learn mode for a key."""
    await edit(house, name, "learn")


async def ask_first(house: HomeAssistant, name: str, item: str) -> None:
    """Let calls of a key wait, and keep its other permissions."""
    rights = {"capabilities": ["read", "control"], "services": ["light.turn_on", "light.turn_off"]}
    await edit(house, name, "abilities", {**rights, "approval": {"ask": [item]}})


async def edit(house: HomeAssistant, name: str, step: str, form: dict[str, Any] | None = None) -> None:
    """Edit a part of a key in its flow."""
    # The connection may have been closed while the browser was busy.
    await house.client.disconnect()
    entry = (await house.client.get("/api/config/config_entries/entry?domain=drawbridge"))[0]["entry_id"]
    keys = await house.client.command("config_entries/subentries/list", entry_id=entry)
    key = next(item["subentry_id"] for item in keys if item["title"] == name)
    path = "/api/config/config_entries/subentries/flow"
    flow = await house.client.post(path, {"handler": [entry, "api_key"], "subentry_id": key})
    await house.client.post(f"{path}/{flow['flow_id']}", {"next_step_id": step})
    if form is not None:
        ended = await house.client.post(f"{path}/{flow['flow_id']}", form)
        assert ended["type"] == "abort", ended


async def test_filtering_and_exporting(house: HomeAssistant) -> None:
    """The list and its files have what the filter lets through; a paused list stands still."""
    one, two = await program(house, "Filtered one"), await program(house, "Filtered two")
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Pause")
        for caller in (one, two):
            assert await caller.read_lamp() == 404
            assert await caller.status() == 200
        await expect(row(screen, "Filtered two")).to_have_count(2)
        await screen.page.get_by_label("Key").select_option("Filtered one")
        await screen.press("Refused")
        await expect(row(screen)).to_have_count(1)
        await screen.page.get_by_label("Entity or text").fill("garage")
        await screen.sees("No entry matches the filter.")
        await screen.page.get_by_label("Entity or text").fill(LAMP_NAME.lower())
        await screen.page.get_by_label("Area").select_option("Hall")
        await expect(row(screen)).to_have_count(1)
        lines = (await exported(screen, "JSON lines")).splitlines()
        assert [json.loads(line)["key_name"] for line in lines] == ["Filtered one"]
        [record] = csv.DictReader(io.StringIO(await exported(screen, "CSV"), newline=""))
        assert (record["outcome"], record["entities"], record["reason"]) == ("refused", LAMP, "scope")
        await screen.press("Pause")
        assert await one.read_lamp() == 404
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
    file = await (await waiting.value).path()
    return await asyncio.to_thread(file.read_text, encoding="utf-8")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")])
async def test_other_screens(house: HomeAssistant, tmp_path: Path, size: tuple[int, int], scheme: Scheme) -> None:
    """Nothing is cut off, and a phone has a button for the sidebar."""
    display = await program(house, f"Display {size[0]} {scheme}")
    assert await display.read_lamp() == 404
    async with browser(house.client, size=size, scheme=scheme) as screen:
        await screen.visit("/drawbridge", "Pause")
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


async def test_rules_in_another_language(house: HomeAssistant) -> None:
    """Why something was refused is not in English in a German panel."""
    caller = await program(house, "Fernbedienung")
    assert await caller.read_lamp() == 404
    async with browser(house.client) as screen:
        await screen.page.add_init_script("localStorage.setItem('selectedLanguage', '\"de\"')")
        await screen.page.goto(f"{house.url}/drawbridge")
        refused = row(screen, "Fernbedienung")
        await refused.get_by_role("button").first.click()
        explanation = refused.locator("drawbridge-explanation")
        await expect(explanation).to_contain_text("Die Entität liegt nicht im Bereich des Schlüssels.")
        await expect(explanation).to_contain_text(f"{LAMP_NAME} ({LAMP}): Nicht enthalten.")


async def test_the_keyboard(house: HomeAssistant) -> None:
    """Tabs, rows and dialogs work without a mouse, and the focus comes back."""
    caller = await program(house, "By keyboard")
    assert await caller.read_lamp() == 404
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Pause")
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
        await screen.visit("/drawbridge", "Pause")
        await screen.page.wait_for_timeout(1000)
        assert len(made()) == 3
        await screen.page.evaluate(
            "history.pushState(null, '', '/profile'); window.dispatchEvent(new CustomEvent('location-changed'))"
        )
        await screen.sees("Log out")
        ended = {item.get("subscription") for item in sent if item["type"] == "unsubscribe_events"}
        assert set(made()) <= ended
        await screen.page.go_back()
        await screen.sees("Pause")
        await screen.page.wait_for_timeout(1000)
        assert len(made()) == 6


async def test_a_restart(house: HomeAssistant) -> None:
    """The page is live again by itself after Home Assistant was restarted."""
    caller = await program(house, "Restarted")
    async with browser(house.client) as screen:
        await screen.visit("/drawbridge", "Pause")
        await house.client.disconnect()
        await house.process.stop()
        await screen.sees("The connection to Home Assistant was lost. Reconnecting…")
        await house.restart()
        assert await caller.read_lamp() == 404
        await expect(row(screen, "Restarted", "Refused")).to_have_count(1)
        await expect(screen.page.get_by_text("Reconnecting…")).to_have_count(0)
