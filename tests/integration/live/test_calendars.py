"""`calendar/event/*`: events in scope, live, and changes of them."""

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
)

HOME = "calendar.household"
HIDDEN = f"calendar.{MARKER}"
MISSING = "calendar.no_such"
PERIOD = {"start": "2026-12-01T00:00:00.000Z", "end": "2027-01-01T00:00:00.000Z"}
DAY = {"dtstart": "2026-12-01", "dtend": "2026-12-02", "summary": "Bins"}
HOUR = {
    "dtstart": "2026-12-03T08:00:00+01:00",
    "dtend": "2026-12-03T09:00:00+01:00",
    "summary": "Plumber",
    "description": "The tap drips",
    "location": "Kitchen",
}


async def add_event(hass: HomeAssistant, entity_id: str, summary: str) -> None:
    """Add an event as a user of Home Assistant does."""
    times = {"start_date": "2026-12-05", "end_date": "2026-12-06"}
    data = {"entity_id": entity_id, "summary": summary, **times}
    await hass.services.async_call("calendar", "create_event", data, blocking=True)
    await hass.async_block_till_done()


@pytest.fixture(autouse=True)
async def _integrations(house: HomeAssistant) -> None:
    await set_up(house, "calendar", "file_upload")


@pytest.fixture
async def calendars(bridge: Bridge) -> HomeAssistant:
    """Put a calendar into each room, with an event."""
    hass = bridge.hass
    for name, area in (("Household", "living_room"), ("Hidden marker", "bedroom")):
        await add_entry(hass, "local_calendar", {"calendar_name": name, "import": "create_empty"})
        put_into(hass, f"calendar.{name.lower().replace(' ', '_')}", area)
    await add_event(hass, HOME, "Guests")
    await add_event(hass, HIDDEN, f"The {MARKER}")
    return hass


async def test_as_home_assistant(bridge: Bridge, calendars: HomeAssistant, hass_access_token: str) -> None:
    """A key that may do everything gets Home Assistant's own answers, errors and events."""
    secret = await bridge.add_key(capabilities=["read", "control"])
    async with both(bridge, secret, hass_access_token) as (ours, theirs):
        numbers = await same_subscription(ours, theirs, "calendar/event/subscribe", entity_id=HOME, **PERIOD)
        first = (await same_event(ours, theirs, numbers))["events"]
        assert [event["summary"] for event in first] == ["Guests"]
        for event in (DAY, HOUR, {**DAY, "rrule": "FREQ=WEEKLY;COUNT=2"}):
            await ours.result("calendar/event/create", entity_id=HOME, event=event)
            await calendars.async_block_till_done()
        events = (await same_event(ours, theirs, numbers, lambda event: len(event["events"]) == 5))["events"]
        assert {event["summary"] for event in events} == {"Bins", "Guests", "Plumber"}
        plumber = next(event for event in events if event["summary"] == "Plumber")
        assert plumber["location"] == "Kitchen"
        changed = {**HOUR, "summary": "Electrician"}
        await ours.result("calendar/event/update", entity_id=HOME, uid=plumber["uid"], event=changed)
        weekly = next(event for event in events if "recurrence_id" in event)
        named = {"uid": weekly["uid"], "recurrence_id": weekly["recurrence_id"]}
        await ours.result("calendar/event/delete", entity_id=HOME, **named)
        await calendars.async_block_till_done()
        last = await same_event(ours, theirs, numbers, lambda event: len(event["events"]) == 4)
        assert "Electrician" in {event["summary"] for event in last["events"]}
        await ours.result("calendar/event/delete", entity_id=HOME, uid=plumber["uid"], recurrence_id="")


WRONG: list[dict[str, Any]] = [
    {"entity_id": MISSING},
    {"entity_id": "sensor.outside"},
    {"entity_id": "no id"},
    {"entity_id": HOME, "uid": 7},
    {"entity_id": HOME, "event": {}},
    {"entity_id": HOME, "event": "Bins"},
    {"entity_id": HOME, "event": {**DAY, "dtend": "2026-12-01"}},
    {"entity_id": HOME, "event": {**DAY, "dtend": HOUR["dtend"]}},
    {"entity_id": HOME, "event": {**DAY, "rrule": "FREQ=SECONDLY"}},
    {"entity_id": HOME, "event": {**DAY, "extra": 1}},
    {"entity_id": HOME, "recurrence_range": 3},
    {"entity_id": HOME, "uid": "none"},
    {"entity_id": HOME, "uid": "none", "recurrence_id": "20261201"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
@pytest.mark.usefixtures("calendars")
async def test_errors_are_home_assistants(bridge: Bridge, hass_access_token: str, wrong: dict[str, Any]) -> None:
    """Errors for missing, malformed and failing input."""
    secret = await bridge.add_key(capabilities=["read", "control"])
    async with both(bridge, secret, hass_access_token) as (ours, theirs):
        for type_ in ("create", "update", "delete"):
            fields: dict[str, Any] = {"event": DAY} if type_ != "delete" else {}
            fields |= {"uid": "none"} if type_ != "create" else {}
            known = {"entity_id", *fields, *({"recurrence_id", "recurrence_range"} if type_ != "create" else ())}
            fields |= {name: value for name, value in wrong.items() if name in known}
            if fields != {"entity_id": HOME, "event": DAY}:
                answer = await same(ours, theirs, f"calendar/event/{type_}", **fields)
                assert not answer["success"]
        for fields in (
            {"entity_id": wrong["entity_id"]},
            {"entity_id": wrong["entity_id"], "start": PERIOD["end"], "end": PERIOD["start"]},
            {"entity_id": wrong["entity_id"], "start": "never", "end": PERIOD["end"]},
        ):
            assert not (await same(ours, theirs, "calendar/event/subscribe", **fields))["success"]


async def test_a_narrow_key(bridge: Bridge, calendars: HomeAssistant) -> None:
    """A key with a limited scope sees its own calendar. Another one is like a missing one."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["read", "control"])
    async with live(bridge, secret) as client:
        number = await client.send("calendar/event/subscribe", entity_id=HOME, **PERIOD)
        await client.answer(number)
        assert [event["summary"] for event in (await client.event(number))["events"]] == ["Guests"]
        for type_, fields in (
            ("subscribe", PERIOD),
            ("subscribe", {"start": PERIOD["end"], "end": PERIOD["start"]}),
            ("create", {"event": DAY}),
            ("update", {"event": DAY, "uid": "1"}),
            ("delete", {"uid": "1"}),
        ):
            hidden = await client.error(f"calendar/event/{type_}", entity_id=HIDDEN, **fields)
            missing = await client.error(f"calendar/event/{type_}", entity_id=MISSING, **fields)
            hidden["message"] = hidden["message"].replace(HIDDEN, MISSING)
            assert hidden == missing
            assert hidden["code"] == "not_found"
        await calendars.async_block_till_done()
        await client.nothing()
        client.log = [message for message in client.log if not message.get("error")]
        assert_unseen(client)
    secret = await bridge.add_key(name="Bedroom", areas=["bedroom"])
    async with live(bridge, secret) as client:
        number = await client.send("calendar/event/subscribe", entity_id=HIDDEN, **PERIOD)
        await client.answer(number)
        assert [event["summary"] for event in (await client.event(number))["events"]] == [f"The {MARKER}"]


async def test_a_calendar_that_leaves_the_scope(bridge: Bridge, calendars: HomeAssistant) -> None:
    """No more events are sent after it leaves the scope, after the key is narrowed, and after unsubscribing."""
    secret = await bridge.add_key(name="Display", areas=["living_room"])
    async with live(bridge, secret) as client:
        number = await client.send("calendar/event/subscribe", entity_id=HOME, **PERIOD)
        await client.answer(number)
        await client.event(number)
        put_into(calendars, HOME, "bedroom")
        await add_event(calendars, HOME, MARKER)
        await client.nothing()
        put_into(calendars, HOME, "living_room")
        await bridge.edit_key("Display", "scope", {"everything": False, "areas": ["bedroom"]})
        await add_event(calendars, HOME, MARKER)
        await client.nothing()
        assert_unseen(client)
        await bridge.edit_key("Display", "scope", {"everything": True})
        calendar = calendars.data["entity_components"]["calendar"].get_entity(HOME)
        calendar.async_update_event_listeners()
        await calendars.async_block_till_done()
        assert len((await client.event(number))["events"]) == 3
        await client.result("unsubscribe_events", subscription=number)
        calendar.async_update_event_listeners()
        await calendars.async_block_till_done()
        await client.nothing()


@pytest.mark.parametrize(
    ("services", "may_create", "may_delete"),
    [
        ([], True, True),
        (["calendar.create_event"], True, False),
        (["calendar.*"], True, False),
        (["calendar.create_event", "calendar.update_event", "calendar.delete_event"], True, True),
        (["calendar.update_event", "calendar.delete_event"], False, True),
        (["light.*"], False, False),
        (["calendar.get_events"], False, False),
    ],
)
@pytest.mark.usefixtures("calendars")
async def test_writes_follow_the_list_of_services(
    bridge: Bridge, services: list[str], *, may_create: bool, may_delete: bool
) -> None:
    """Creating is a service; changing and deleting are none. The audit trail has all of them."""
    fields: dict[str, Any] = {"areas": ["living_room"], "capabilities": ["read", "control"], "services": services}
    async with live(bridge, await bridge.add_key(**fields)) as client:
        created = await client.command("calendar/event/create", entity_id=HOME, event=DAY)
        number = await client.send("calendar/event/subscribe", entity_id=HOME, **PERIOD)
        await client.answer(number)
        events = (await client.event(number))["events"]
        assert (events[0]["summary"] == "Bins") is created["success"] is may_create
        uid = events[-1]["uid"]
        event = {**DAY, "summary": "Changed"}
        updated = await client.command("calendar/event/update", entity_id=HOME, uid=uid, event=event)
        deleted = await client.command("calendar/event/delete", entity_id=HOME, uid=uid)
        assert updated["success"] is deleted["success"] is may_delete
        for answer in (created, updated, deleted):
            assert answer["success"] or answer["error"]["code"] == "unauthorized"
    records = list(bridge.entry.runtime_data.audit)[-3:]
    assert [record.target for record in records] == [
        f"calendar.{name}_event on {HOME}" for name in ("create", "update", "delete")
    ]
    assert [record.outcome == "allowed" for record in records] == [may_create, may_delete, may_delete]


@pytest.mark.usefixtures("calendars")
async def test_templates_are_refused(bridge: Bridge) -> None:
    """As in calls of the service."""
    fields: dict[str, Any] = {"areas": ["living_room"], "capabilities": ["read", "control"]}
    async with live(bridge, await bridge.add_key(**fields)) as client:
        event = {**DAY, "summary": "{{ states('sensor.outside') }}"}
        error = await client.error("calendar/event/create", entity_id=HOME, event=event)
        assert error["code"] == "unauthorized"


@pytest.mark.usefixtures("calendars")
async def test_capabilities(bridge: Bridge) -> None:
    """Reading needs `read`, writing needs `control`."""
    async with live(bridge, await bridge.add_key(name="Reads")) as client:
        for type_, fields in (
            ("create", {"event": DAY}),
            ("update", {"event": DAY, "uid": "1"}),
            ("delete", {"uid": "1"}),
        ):
            error = await client.error(f"calendar/event/{type_}", entity_id=HOME, **fields)
            assert error["code"] == "unauthorized"
            assert "'control'" in error["message"]
    async with live(bridge, await bridge.add_key(name="Writes", capabilities=["control"])) as client:
        error = await client.error("calendar/event/subscribe", entity_id=HOME, **PERIOD)
        assert error["code"] == "unauthorized"
        assert "'read'" in error["message"]


@pytest.mark.usefixtures("calendars")
async def test_links_that_open_something_are_redacted(bridge: Bridge) -> None:
    """Links in events are redacted."""
    event = {**DAY, "location": "https://example.org/a?access_token=open-sesame"}
    async with live(bridge, await bridge.add_key(capabilities=["read", "control"])) as client:
        await client.result("calendar/event/create", entity_id=HOME, event=event)
        number = await client.send("calendar/event/subscribe", entity_id=HOME, **PERIOD)
        await client.answer(number)
        assert (await client.event(number))["events"][0]["location"] == "**REDACTED**"


@pytest.mark.usefixtures("calendars")
async def test_learn_mode(bridge: Bridge) -> None:
    """It learns the service that a write is equal to, so that the proposal allows the write."""
    secret = await bridge.add_key(name="Client", capabilities=["read", "control"])
    await bridge.edit_key("Client", "learn", {})
    async with live(bridge, secret) as client:
        await client.result("calendar/event/create", entity_id=HOME, event=DAY)
    lesson = bridge.entry.runtime_data.lessons.get(bridge.key_id("Client"))
    assert lesson.services == {"calendar.create_event"}
    assert lesson.entities == {HOME}
    assert lesson.capabilities == {"control"}
    assert not lesson.everything
