"""`todo/item/*`: lists in scope, live, and their order."""

from collections.abc import Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.comparing import (
    MARKER,
    add_entry,
    assert_unseen,
    both,
    put_into,
    same,
    same_event,
    same_subscription,
    set_up,
    until,
)

SHOPPING = "todo.shopping"
HIDDEN = f"todo.{MARKER}"
MISSING = "todo.no_such"


async def add_item(hass: HomeAssistant, entity_id: str, **fields: Any) -> None:
    """Add an item as a user of Home Assistant does."""
    await hass.services.async_call("todo", "add_item", {"entity_id": entity_id, **fields}, blocking=True)
    await hass.async_block_till_done()


def named(*summaries: str) -> Callable[[Any], bool]:
    """Return whether an event lists exactly these items, in this order."""
    return lambda event: [item["summary"] for item in event["items"]] == list(summaries)


@pytest.fixture(autouse=True)
async def _integrations(house: HomeAssistant) -> None:
    await set_up(house, "todo")


@pytest.fixture
async def lists(bridge: Bridge) -> HomeAssistant:
    """Put a list into each room, with items."""
    hass = bridge.hass
    for name, area in (("Shopping", "living_room"), ("Hidden marker", "bedroom")):
        await add_entry(hass, "local_todo", {"todo_list_name": name})
        put_into(hass, f"todo.{name.lower().replace(' ', '_')}", area)
    await add_item(hass, SHOPPING, item="Milk", description="Two", due_date="2026-12-01")
    await add_item(hass, SHOPPING, item="Bread", due_datetime="2026-12-01T08:00:00+00:00")
    await add_item(hass, HIDDEN, item=f"The {MARKER}")
    return hass


async def test_as_home_assistant(bridge: Bridge, lists: HomeAssistant, hass_access_token: str) -> None:
    """A key that may do everything gets Home Assistant's own answers, errors and events."""
    secret = await bridge.add_key(capabilities=["read", "control"])
    async with both(bridge, secret, hass_access_token) as (ours, theirs):
        shown = await same(ours, theirs, "todo/item/list", entity_id=SHOPPING.upper())
        assert [item["summary"] for item in shown["result"]["items"]] == ["Milk", "Bread"]
        numbers = await same_subscription(ours, theirs, "todo/item/subscribe", entity_id=SHOPPING)
        first = await same_event(ours, theirs, numbers)
        assert first["items"][0]["due"] == "2026-12-01"
        await add_item(lists, SHOPPING, item="Eggs")
        items = (await same_event(ours, theirs, numbers, named("Milk", "Bread", "Eggs")))["items"]
        for type_ in ("list", "subscribe", "move"):
            fields = {"uid": "1"} if type_ == "move" else {}
            for entity_id in (MISSING, "sensor.outside", "no id"):
                answer = await same(ours, theirs, f"todo/item/{type_}", entity_id=entity_id, **fields)
                assert not answer["success"]
            assert (await same(ours, theirs, f"todo/item/{type_}"))["error"]["code"] == "invalid_format"
        moved = {"entity_id": SHOPPING, "uid": items[2]["uid"], "previous_uid": items[0]["uid"]}
        assert (await same(ours, theirs, "todo/item/move", **moved))["success"]
        await lists.async_block_till_done()
        await same_event(ours, theirs, numbers, named("Milk", "Eggs", "Bread"))
        wrong = {"entity_id": SHOPPING, "uid": "none", "previous_uid": items[0]["uid"]}
        assert (await same(ours, theirs, "todo/item/move", **wrong))["error"]["code"] == "failed"


@pytest.mark.usefixtures("lists")
async def test_a_narrow_key(bridge: Bridge) -> None:
    """A key with a limited scope sees its own list. Another one is like a missing one."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["read", "control"])
    async with live(bridge, secret) as client:
        items = (await client.result("todo/item/list", entity_id=SHOPPING))["items"]
        assert len(items) == 2
        for type_, fields in (("list", {}), ("subscribe", {}), ("move", {"uid": "1"})):
            hidden = await client.error(f"todo/item/{type_}", entity_id=HIDDEN, **fields)
            missing = await client.error(f"todo/item/{type_}", entity_id=MISSING, **fields)
            hidden["message"] = hidden["message"].replace(HIDDEN, MISSING)
            assert hidden == missing
        client.log = [message for message in client.log if not message.get("error")]
        assert_unseen(client)
    counters = bridge.entry.runtime_data.recorder.counters
    # Each of three commands, for a hidden list and for none.
    assert counters.denied["scope"] == 6


async def test_a_list_that_leaves_the_scope(bridge: Bridge, lists: HomeAssistant) -> None:
    """No more events are sent after it leaves the scope, after the key is narrowed, and after unsubscribing."""
    secret = await bridge.add_key(name="Display", areas=["living_room"])
    async with live(bridge, secret) as client:
        number = await client.send("todo/item/subscribe", entity_id=SHOPPING)
        await client.answer(number)
        await client.event(number)
        put_into(lists, SHOPPING, "bedroom")
        await add_item(lists, SHOPPING, item=MARKER)
        await client.nothing()
        assert_unseen(client)
        put_into(lists, SHOPPING, "living_room")
        await add_item(lists, SHOPPING, item="Eggs")
        await until(client, number, named("Milk", "Bread", MARKER, "Eggs"))
        await bridge.edit_key("Display", "scope", {"everything": False, "areas": ["bedroom"]})
        await add_item(lists, SHOPPING, item="Tea")
        await client.nothing()
        assert (await client.result("todo/item/list", entity_id=HIDDEN))["items"][0]["summary"] == f"The {MARKER}"
        second = await client.send("todo/item/subscribe", entity_id=HIDDEN)
        await client.answer(second)
        await client.event(second)
        await client.result("unsubscribe_events", subscription=second)
        await add_item(lists, HIDDEN, item="Silk")
        await client.nothing()


@pytest.mark.parametrize(
    ("services", "may_move"),
    [([], True), (["todo.update_item"], True), (["todo.*"], True), (["light.*"], False), (["todo.add_item"], False)],
)
@pytest.mark.usefixtures("lists")
async def test_moving_follows_the_list_of_services(bridge: Bridge, services: list[str], *, may_move: bool) -> None:
    """Moving an item counts as updating it, and is in the audit trail."""
    fields: dict[str, Any] = {"areas": ["living_room"], "capabilities": ["read", "control"], "services": services}
    async with live(bridge, await bridge.add_key(**fields)) as client:
        uid = (await client.result("todo/item/list", entity_id=SHOPPING))["items"][1]["uid"]
        answer = await client.command("todo/item/move", entity_id=SHOPPING, uid=uid)
        assert answer["success"] is may_move
        if not may_move:
            assert answer["error"]["code"] == "unauthorized"
        items = (await client.result("todo/item/list", entity_id=SHOPPING))["items"]
        assert (items[0]["uid"] == uid) is may_move
    record = list(bridge.entry.runtime_data.audit)[-1]
    assert record.target == f"todo.move_item on {SHOPPING}"
    assert record.key_name == "Test"
    assert record.outcome == ("allowed" if may_move else "refused")


@pytest.mark.usefixtures("lists")
async def test_capabilities(bridge: Bridge) -> None:
    """Reading needs `read`, moving needs `control`."""
    async with live(bridge, await bridge.add_key(name="Reads")) as client:
        error = await client.error("todo/item/move", entity_id=SHOPPING, uid="1")
        assert error["code"] == "unauthorized"
        assert "'control'" in error["message"]
    async with live(bridge, await bridge.add_key(name="Writes", capabilities=["control"])) as client:
        for type_ in ("list", "subscribe"):
            error = await client.error(f"todo/item/{type_}", entity_id=SHOPPING)
            assert error["code"] == "unauthorized"
            assert "'read'" in error["message"]


async def test_links_that_open_something_are_redacted(bridge: Bridge, lists: HomeAssistant) -> None:
    """Signed links are redacted in current items and in later updates."""
    link = "https://example.org/a?access_token=open-sesame"
    async with live(bridge, await bridge.add_key(areas=["living_room"])) as client:
        number = await client.send("todo/item/subscribe", entity_id=SHOPPING)
        await client.answer(number)
        await add_item(lists, SHOPPING, item="Read", description=link)
        told = await until(client, number, named("Milk", "Bread", "Read"))
        listed = await client.result("todo/item/list", entity_id=SHOPPING)
        for items in (told["items"], listed["items"]):
            assert items[-1]["description"] == "**REDACTED**"
        assert_unseen(client, "open-sesame")


async def test_errors_name_nothing_hidden(bridge: Bridge, lists: HomeAssistant) -> None:
    """Home Assistant's own text names the item; where that reads like something hidden, it is left out."""
    assert lists.states.get(HIDDEN)
    fields: dict[str, Any] = {"areas": ["living_room"], "capabilities": ["read", "control"]}
    async with live(bridge, await bridge.add_key(**fields)) as client:
        texts = [
            (await client.error("todo/item/move", entity_id=SHOPPING, uid=uid))["message"]
            for uid in ("none", HIDDEN, MISSING)
        ]
        assert "none" in texts[0]
        assert texts[1] == texts[2] == "The service could not do what was asked."
