"""What a key sees that is for one room: its room, and nothing that tells of another."""

import json

import pytest
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers.recorder import get_instance

from tests.integration.house import Bridge
from tests.integration.mirror.conftest import CAUSE, PICTURE
from tests.integration.mirror.sides import content

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
OUTSIDE = "sensor.outside"
HIDDEN = ("bedroom", "Bedroom", "sensor.outside", "climate", "calendar.work", "camera.asleep", "camera.torn")
ALL = ["read", "history", "control", "set_state", "fire_event", "template", "images", "location"]


@pytest.fixture
async def room(bridge: Bridge) -> str:
    """Return the secret of a key that may do everything, in the living room."""
    services = ["input_boolean.*", "light.*", "homeassistant.turn_on", "logbook.log"]
    return await bridge.add_key("Room", areas=["living_room"], capabilities=ALL, services=services, events=["bell"])


READS = (
    "/api/", "/api/config", "/api/core/state", "/api/components", "/api/states", f"/api/states/{LIVING}",
    "/api/services", "/api/events", "/api/calendars", "/api/logbook", "/api/logbook?period=3",
    f"/api/logbook?entity={LIVING},{BEDROOM},{OUTSIDE}", f"/api/logbook?context_id={CAUSE}",
    f"/api/history/period?filter_entity_id={LIVING},{BEDROOM},{OUTSIDE},climate.hall,light.none",
    f"/api/states?entity_id={BEDROOM}", "/api/states?area=bedroom",
    "/api/states?domain=sensor,input_boolean&area=bedroom",
    "/api/states?entity_id=*",
    "/api/states?since=nonsense",
    "/api/states?fields=state,attributes.friendly_name",
    "/key",
)  # fmt: skip


async def test_nothing_of_another_room(bridge: Bridge, room: str) -> None:
    """No body and no header of a response refers to something outside the room."""
    for path in READS:
        answer = await bridge.get(path, room)
        assert answer.status == 200, path
        text = await answer.text() + str(answer.headers)
        assert not [word for word in HIDDEN if word in text], path


async def test_what_is_in_the_room(bridge: Bridge, room: str) -> None:
    """A key for a room sees everything in it."""
    assert await bridge.entity_ids(room) == {LIVING, "calendar.family", "camera.door", "image.map"}
    history = await content(await bridge.get(f"/api/history/period?filter_entity_id={BEDROOM},{LIVING}", room))
    assert {item["entity_id"] for states in history for item in states} == {LIVING}
    logbook = await content(await bridge.get("/api/logbook", room))
    assert {item["entity_id"] for item in logbook} == {LIVING, "calendar.family", "camera.door", "image.map"} & {
        item["entity_id"] for item in logbook
    }
    assert [item for item in logbook if item["entity_id"] == LIVING]
    assert await content(await bridge.get("/api/calendars", room)) == [
        {"name": "family", "entity_id": "calendar.family"}
    ]
    assert await (await bridge.get("/api/camera_proxy/camera.door", room)).read() == PICTURE
    assert await (await bridge.get("/api/image_proxy/image.map", room)).read() == PICTURE


PAIRS = (
    (f"/api/states/{BEDROOM}", "/api/states/light.none"),
    ("/api/camera_proxy/camera.torn", "/api/camera_proxy/camera.none"),
    ("/api/camera_proxy/camera.asleep", "/api/camera_proxy/camera.none"),
    ("/api/image_proxy/camera.torn", "/api/image_proxy/image.none"),
    ("/api/calendars/calendar.work?start=a", "/api/calendars/calendar.none?start=a"),
    (f"/api/history/period?filter_entity_id={BEDROOM}", "/api/history/period?filter_entity_id=light.none"),
    (
        f"/api/history/period?filter_entity_id={BEDROOM}&end_time=x",
        "/api/history/period?filter_entity_id=a.b&end_time=x",
    ),
    (f"/api/logbook?entity={BEDROOM}", "/api/logbook?entity=light.none"),
    (f"/api/states?entity_id={BEDROOM}", "/api/states?entity_id=light.none"),
    ("/api/states?area=bedroom", "/api/states?area=nowhere"),
    ("/api/states?area=Bedroom", "/api/states?area=Nowhere"),
    ("/api/states?domain=climate", "/api/states?domain=vacuum"),
)


async def test_hidden_is_like_missing(bridge: Bridge, room: str) -> None:
    """Status, headers and body are the same for hidden and missing entities."""
    for hidden, missing in PAIRS:
        one, other = await bridge.get(hidden, room), await bridge.get(missing, room)
        assert one.status == other.status, hidden
        assert await one.read() == await other.read(), hidden
        assert {*one.headers} == {*other.headers}, hidden


WRITES: tuple[tuple[str, str, object], ...] = (
    ("POST", f"/api/states/{BEDROOM}", {"state": "on"}), ("DELETE", f"/api/states/{BEDROOM}", None),
    ("POST", f"/api/states/{BEDROOM.upper()}", {"state": "on"}), ("DELETE", f"/api/states/{BEDROOM.upper()}", None),
    ("POST", "/api/states/sensor.new", {"state": "on"}), ("POST", "/api/events/other", {}),
    ("POST", "/api/events/state_changed", {"entity_id": BEDROOM}), ("POST", "/api/events/bell", {"entity_id": BEDROOM}),
    ("POST", "/api/events/bell", {"deep": [{"text": f"turn {BEDROOM.upper()} on"}]}),
    ("POST", "/api/services/input_boolean/turn_on", {"entity_id": BEDROOM}),
    ("POST", "/api/services/logbook/log", {"name": "x", "message": "y", "entity_id": BEDROOM}),
)  # fmt: skip


def states_of_others(hass: HomeAssistant) -> dict[str, State]:
    """Return all states but those of Drawbridge's own entities, one of which tells of refusals."""
    return {state.entity_id: state for state in hass.states.async_all() if "drawbridge" not in state.entity_id}


async def test_nothing_is_written_elsewhere(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """Entities out of scope do not change, and the audit trail records the attempt."""
    before = states_of_others(hass)
    fired: list[object] = []
    hass.bus.async_listen("bell", fired.append)
    for method, path, data in WRITES:
        answer = await bridge.request(method, path, room, json=data)
        assert answer.status in {403, 404}, path
        await hass.async_block_till_done()
        assert states_of_others(hass) == before, path
        assert not fired
        record = list(bridge.entry.runtime_data.audit)[-1]
        assert (record.outcome, record.key_name) == ("refused", "Room")


async def test_what_is_written_is_audited(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """Every write leaves a record of its target, and the key's own user in the context."""
    await bridge.post(f"/api/states/{LIVING}", room, json={"state": "on"})
    state = hass.states.get(LIVING)
    assert state is not None
    user = await hass.auth.async_get_user(state.context.user_id or "")
    assert user is not None
    assert user.name == "Drawbridge: Room"
    await bridge.request("DELETE", f"/api/states/{LIVING}", room)
    await bridge.post("/api/events/bell", room, json={"x": 1})
    targets = [record.target for record in bridge.entry.runtime_data.audit if record.outcome == "allowed"]
    assert targets == [f"state of {LIVING}", f"state of {LIVING}", "event bell"]


async def test_components_and_events(bridge: Bridge, room: str) -> None:
    """Components and events of other rooms are not listed."""
    everything = await bridge.add_key(everything=True)
    few = set(await content(await bridge.get("/api/components", room)))
    all_of_them = set(await content(await bridge.get("/api/components", everything)))
    assert {"input_boolean", "calendar", "history"} <= few < all_of_them
    bridge.hass.bus.async_listen("secret_maker_event", lambda _: None)
    kinds = {item["event"] for item in await content(await bridge.get("/api/events", room))}
    assert "state_changed" in kinds
    assert "secret_maker_event" not in kinds
    config = await content(await bridge.get("/api/config", room))
    assert set(config["components"]) == few


async def test_services_are_those_that_can_be_called(bridge: Bridge, room: str) -> None:
    """A service is listed if there is a call of it that the key may make."""
    listed = {
        f"{item['domain']}.{name}"
        for item in await content(await bridge.get("/api/services", room))
        for name in item["services"]
    }
    assert {"input_boolean.turn_on", "input_boolean.toggle"} <= listed
    assert "input_boolean.reload" not in listed
    assert not [name for name in listed if name.startswith(("light.", "camera."))]
    reader = await bridge.add_key(everything=True)
    assert await content(await bridge.get("/api/services", reader)) == []


async def test_causes_out_of_scope(bridge: Bridge, room: str) -> None:
    """A logbook entry does not contain a hidden entity or script as its cause."""
    everything = await bridge.add_key(everything=True, capabilities=["history"])
    told = json.dumps(await content(await bridge.get("/api/logbook", everything)))
    assert BEDROOM in told
    for path in ("/api/logbook", f"/api/logbook?entity={LIVING}", f"/api/logbook?context_id={CAUSE}"):
        entries = await content(await bridge.get(path, room))
        assert [item for item in entries if item["entity_id"] == LIVING]
        assert "context_entity_id" not in json.dumps(entries)


async def test_texts_do_not_depend_on_hidden_entities(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """Whether a text of the logbook looks like the ID of an entity does not depend on the hidden entities there are."""
    for text in ("see fountain.attic", "see counter.attic", f"see {LIVING}"):
        hass.bus.async_fire("logbook_entry", {"name": "Somebody", "message": text, "entity_id": LIVING})
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    path, answers = f"/api/logbook?entity={LIVING}", []
    for entity_id in (None, "fountain.attic", "counter.attic"):
        if entity_id is not None:
            hass.states.async_set(entity_id, "on")
        entries = await content(await bridge.get(path, room))
        answers.append([item["message"] for item in entries if item["name"] == "Somebody" and "message" in item])
    assert answers == [["see fountain.attic", f"see {LIVING}"]] * 3
    # What a key sees of a domain is enough to tell its IDs.
    key = await bridge.add_key(entities=[LIVING, "fountain.attic"], capabilities=["history"])
    hass.bus.async_fire("logbook_entry", {"name": "Anybody", "message": "see fountain.other", "entity_id": LIVING})
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    entries = await content(await bridge.get(path, key))
    assert [item for item in entries if item["name"] == "Anybody" and "message" not in item]


PICTURE_LINKS = ("access_token", "entity_picture", "token=")


OPEN_TEMPLATES = (
    "{{ states.camera.door }}{{ states.camera.door.attributes }}",
    "{{ state_attr('camera.door', 'access_token') }}",
    "{{ states.camera | map(attribute='attributes') | list }}",
    "{{ expand('camera.door') }}",
    "{{ states | list }}",
    "{{ closest(states) }}",
    "{{ states | map('string') | list }}",
    "{{ [states.camera.door] | to_json }}",
)


async def everything_with_states(bridge: Bridge, key: str) -> list[str]:
    """Return every answer in which states leave."""
    paths = (
        "/api/states", "/api/states/camera.door", "/api/states?domain=camera", "/api/states?fields=attributes",
        "/api/states?since=x", "/api/history/period?filter_entity_id=camera.door,climate.hall,image.map",
    )  # fmt: skip
    texts = [await (await bridge.get(path, key)).text() for path in paths]
    call = {"entity_id": "camera.door"}
    texts.append(await (await bridge.post("/api/services/camera/turn_off", key, json=call)).text())
    written = {"state": "on", "attributes": {"entity_picture": "/secret"}}
    texts.append(await (await bridge.post("/api/states/camera.door", key, json=written)).text())
    for template in OPEN_TEMPLATES:
        answer = await bridge.post("/api/template", key, json={"template": template})
        texts.append(await answer.text())
    return texts


async def test_links_to_pictures(bridge: Bridge) -> None:
    """Without the capability `images`, no response has a link or token for a picture."""
    capabilities = [item for item in ALL if item not in {"images", "fire_event"}]
    services = ["camera.turn_off"]
    without = await bridge.add_key("Without", everything=True, capabilities=capabilities, services=services)
    for text in await everything_with_states(bridge, without):
        assert not [link for link in PICTURE_LINKS if link in text.replace("('camera.door', 'access_token')", "")]
    capabilities.append("images")
    key = await bridge.add_key("With", everything=True, capabilities=capabilities, services=services)
    assert sum(any(link in text for link in PICTURE_LINKS) for text in await everything_with_states(bridge, key)) > 5


async def test_context_of_others_is_kept_as_it_is(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """A state in scope has Home Assistant's own context: ids, and no more."""
    hass.states.async_set(LIVING, "on", context=Context(user_id="someone", parent_id="p"))
    state = await content(await bridge.get(f"/api/states/{LIVING}", room))
    assert state["context"].keys() == {"id", "parent_id", "user_id"}
