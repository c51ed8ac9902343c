"""The panel's commands about what keys did."""

import asyncio
import json
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.drawbridge.keys import generate
from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"


async def latest(panel: PanelClient, **fields: Any) -> list[dict[str, Any]]:
    """Subscribe, and return the latest records."""
    await panel.ask("activity/subscribe", **fields)
    return list((await panel.event())["records"])


def subject(record: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a record is about."""
    about = record["subject"]
    ids = [item["entity_id"] for item in about["entities"]]
    return ids, about["action"], about["event"], about["capability"], about["lacking"]


async def test_what_a_request_was_about(panel: PanelClient, bridge: Bridge) -> None:
    """The entities, the action or the event, and what the key lacked."""
    key = await bridge.add_key(
        "Remote",
        capabilities=["read", "control", "fire_event"],
        areas=["living_room"],
        services=["input_boolean.turn_on"],
        events=["my_event"],
    )
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING})
    await bridge.post(TURN_ON, key, json={"entity_id": [BEDROOM, LIVING]})
    await bridge.post("/api/services/input_boolean/turn_off", key, json={"entity_id": LIVING})
    await bridge.get(f"/api/states/{BEDROOM}", key)
    await bridge.get(f"/api/history/period?filter_entity_id={LIVING}", key)
    await bridge.post("/api/events/my_event", key, json={})
    await bridge.post("/api/events/other_event", key, json={})
    await bridge.post(f"/api/states/{LIVING}", key, json={"state": "x"})
    await bridge.get("/api/states", generate())
    action = "input_boolean.turn_on"
    records = await latest(panel)
    assert [subject(item) for item in records] == [
        ([LIVING], action, None, "control", None),
        ([BEDROOM, LIVING], action, None, "control", "entity"),
        ([LIVING], "input_boolean.turn_off", None, "control", "service"),
        ([BEDROOM], None, None, "read", "entity"),
        ([LIVING], None, None, "history", "capability"),
        ([], None, "my_event", "fire_event", None),
        ([], None, "other_event", "fire_event", "event"),
        ([LIVING], None, None, "set_state", "capability"),
        ([], None, None, "read", None),
    ]
    first = records[0]
    assert first["subject"]["entities"] == [{"entity_id": LIVING, "name": "living room lamp"}]
    assert (first["subject"]["what"], first["subject"]["operation"]) == ("call an action", "services.call")
    assert (first["id"], first["count"], first["key_name"]) == (1, 1, "Remote")


async def test_the_same_over_the_websocket(panel: PanelClient, bridge: Bridge) -> None:
    """Commands have the same subjects."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    socket = await bridge.client.ws_connect("/api/drawbridge/api/websocket")
    await socket.receive_json()
    await socket.send_json({"type": "auth", "access_token": key})
    await socket.receive_json()
    target = {"entity_id": BEDROOM}
    call = {"type": "call_service", "domain": "input_boolean", "service": "turn_on", "target": target}
    step = {"action": "input_boolean.turn_on", "target": target}
    messages: tuple[dict[str, Any], ...] = (
        call,
        {"type": "execute_script", "sequence": [{**step, "target": {"entity_id": LIVING}}, step]},
        {"type": "fire_event", "event_type": "my_event"},
        {"type": "get_states"},
    )
    for number, message in enumerate(messages, 1):
        await socket.send_json({"id": number, **message})
        await socket.receive_json()
    await socket.close()
    records = await latest(panel)
    assert [subject(item) for item in records] == [
        ([BEDROOM], "input_boolean.turn_on", None, "control", "entity"),
        ([BEDROOM, LIVING], "input_boolean.turn_on", None, "control", "entity"),
        ([], None, "my_event", "fire_event", "capability"),
        ([], None, None, "read", None),
    ]
    assert records[-1]["subject"]["operation"] == "states.list"


async def test_reads_are_summed(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """One record for a key, an operation and a minute; neither an event nor a record of the trail."""
    events = async_capture_events(hass, "drawbridge_audit")
    key = await bridge.add_key("Display")
    assert await latest(panel) == []
    for item in (LIVING, BEDROOM, LIVING):
        await bridge.get(f"/api/states/{item}", key)
    (first,) = (await panel.event())["records"]
    assert (first["subject"]["operation"], first["count"], first["outcome"]) == ("states.read", 3, "allowed")
    assert [item["entity_id"] for item in first["subject"]["entities"]] == [LIVING, BEDROOM]
    for _ in range(50):
        await bridge.get(f"/api/states/{LIVING}", key)
    while (grown := (await panel.event())["records"][0])["count"] < 53:
        assert grown["id"] == first["id"]
    assert grown == {**first, "count": 53}
    assert events == []
    assert list(bridge.entry.runtime_data.audit) == []


async def test_many_entities_of_a_read(panel: PanelClient, bridge: Bridge) -> None:
    """Twenty are shown."""
    key = await bridge.add_key("Display")
    for number in range(30):
        bridge.hass.states.async_set(f"sensor.number_{number:02}", "1")
        await bridge.get(f"/api/states/sensor.number_{number:02}", key)
    (record,) = await latest(panel)
    assert (len(record["subject"]["entities"]), record["subject"]["more"], record["count"]) == (20, 1, 30)


async def test_a_flood_is_counted(panel: PanelClient, bridge: Bridge) -> None:
    """At most a hundred records at once; the others are counted."""
    assert await latest(panel) == []
    for number in range(350):
        await bridge.get("/api/states", f"wrong {number}")
    shown = missed = 0
    while shown + missed < 350:
        event = await panel.event()
        assert len(event["records"]) <= 100
        shown, missed = shown + len(event["records"]), missed + event["missed"]
    assert shown + missed == 350
    assert shown >= 100


async def test_the_latest_come_in_pieces(panel: PanelClient, bridge: Bridge) -> None:
    """As many as asked for, oldest first."""
    for _ in range(250):
        await bridge.get("/api/states")
    await panel.ask("activity/subscribe", limit=230)
    pieces = [(await panel.event())["records"] for _ in range(3)]
    assert [len(item) for item in pieces] == [100, 100, 30]
    assert [item["id"] for piece in pieces for item in piece] == list(range(21, 251))
    assert await panel.error("activity/subscribe", limit=1001) == "invalid_format"
    assert await panel.error("activity/subscribe", limit=0) == "invalid_format"


async def test_no_secret_in_a_subject(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """A key in the name of an entity, of an action or of an event is masked wherever the subject goes."""
    events = async_capture_events(hass, "drawbridge_audit")
    key = await bridge.add_key("Remote", capabilities=["read", "control", "fire_event"], events=["x"])
    other = generate().lower()
    await bridge.post(f"/api/events/{other}", key, json={})
    await bridge.post(f"/api/services/light/{other}", key, json={"entity_id": f"light.{other}"})
    limited = await bridge.add_key("Limited", areas=["living_room"])
    await bridge.get(f"/api/states/light.{other}", limited)
    await bridge.get(f"/api/states/light.{other}", key)
    records = await latest(panel)
    assert len(records) >= 3
    assert other not in json.dumps(records)
    assert other not in str([item.data for item in events])
    assert other not in str(bridge.entry.runtime_data.audit.numbered())


async def test_a_subject_is_bounded(panel: PanelClient, bridge: Bridge) -> None:
    """However long what a client names is."""
    key = await bridge.add_key("Remote", capabilities=["read", "control"], areas=["living_room"])
    ids = [f"light.{'x_' * 100}{number}" for number in range(100)]
    assert (await bridge.post(TURN_ON, key, json={"entity_id": ids})).status == 403
    await bridge.post("/api/services/light/" + "y" * 1000, key, json={"entity_id": ids})
    for record in await latest(panel):
        assert len(json.dumps(record)) < 6000
        assert record["subject"]["more"] >= 90


async def test_a_subscription_ends_with_the_bridge(panel: PanelClient, bridge: Bridge) -> None:
    """The client is told."""
    assert await latest(panel) == []
    assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    assert await panel.event() == {"closed": True}


async def test_unsubscribing(panel: PanelClient, bridge: Bridge) -> None:
    """No event after it, and no task that goes on."""
    assert await latest(panel) == []
    await panel.socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
    assert (await panel.socket.receive_json())["success"]
    await bridge.get("/api/states")
    with pytest.raises(TimeoutError):
        await panel.socket.receive_json(timeout=0.6)
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "drawbridge panel activity"]
