"""Attempts to access entities out of scope, or to find out about them."""

import asyncio
import json
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.keys import generate
from tests.integration.house import BASE, Bridge

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"


@pytest.fixture
async def remote(bridge: Bridge, hass: HomeAssistant) -> str:
    """Return the secret of a key for the living room that may call `test.say` and the lamps' actions.

    The bedroom's lamp has a label, a floor and a device.
    """
    entities, devices = er.async_get(hass), dr.async_get(hass)
    device = devices.async_get_or_create(config_entry_id=bridge.entry.entry_id, identifiers={("drawbridge", "x")})
    entities.async_update_entity(BEDROOM, device_id=device.id, labels={"cosy"})
    ar.async_get(hass).async_update("bedroom", floor_id="upstairs")
    return await bridge.add_key(
        capabilities=["read", "control"], areas=["living_room"], services=["test.say", "input_boolean.*"]
    )


def is_lit(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether a lamp is on."""
    state = hass.states.get(entity_id)
    return state is not None and state.state == "on"


def device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the id of an entity's device."""
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    assert entry.device_id is not None
    return entry.device_id


ESCAPES: dict[str, dict[str, Any]] = {
    "entity": {"entity_id": BEDROOM},
    "entity in a list": {"entity_id": [LIVING, BEDROOM]},
    "comma separated": {"entity_id": f"{LIVING},{BEDROOM}"},
    "comma in a list": {"entity_id": [f"{LIVING}, {BEDROOM}"]},
    "capitals": {"entity_id": BEDROOM.upper()},
    "spaces": {"entity_id": f"  {BEDROOM}  "},
    "area": {"area_id": "bedroom"},
    "area beside": {"entity_id": LIVING, "area_id": ["bedroom"]},
    "area by its name": {"entity_id": LIVING, "area_id": ["Bedroom"]},
    "floor": {"floor_id": "upstairs"},
    "label": {"label_id": "cosy"},
    "all areas by list": {"area_id": ["living_room", "bedroom"]},
    "registry id": {"entity_id": "REGISTRY_ID"},
    "device": {"device_id": "DEVICE_ID"},
    "device in other data": {"entity_id": LIVING, "data": {"targets": ["DEVICE_ID"]}},
    "nested target": {"entity_id": LIVING, "then": [{"target": {"area_id": "bedroom"}}]},
    "key": {"entity_id": LIVING, "entities": {BEDROOM: "on"}},
    "text in a text": {"entity_id": LIVING, "payload": f'{{"entity_id": "{BEDROOM}"}}'},
    "template": {"entity_id": LIVING, "message": "{{ states.input_boolean.bedroom_lamp }}"},
    "template built": {"entity_id": LIVING, "message": "{{ states('input_boolean.' ~ 'bedroom_lamp') }}"},
    "group": {"entity_id": "group.everything"},
    "all": {"entity_id": ["all"]},
    "none": {"entity_id": "none"},
    "nothing": {},
}


@pytest.mark.parametrize("data", ESCAPES.values(), ids=ESCAPES)
async def test_scope_escape_by_target_or_data(
    bridge: Bridge, hass: HomeAssistant, remote: str, data: dict[str, Any]
) -> None:
    """Each is refused completely, or does not affect entities out of scope."""
    assert await async_setup_component(hass, "group", {"group": {"everything": {"entities": [LIVING, BEDROOM]}}})
    entry = er.async_get(hass).async_get(BEDROOM)
    assert entry is not None
    text = json.dumps(data).replace("REGISTRY_ID", entry.id).replace("DEVICE_ID", device_of(hass, BEDROOM))
    filled: dict[str, Any] = json.loads(text)
    answer = await bridge.post(TURN_ON, remote, json=filled)
    assert answer.status == 403, await answer.text()
    assert not is_lit(hass, BEDROOM)
    assert not is_lit(hass, LIVING)


async def test_all_means_all_in_scope(bridge: Bridge, hass: HomeAssistant, remote: str) -> None:
    """`all` means all entities in scope, in every spelling that Home Assistant accepts."""
    for spelling in ("all", "ALL", " All"):
        assert (await bridge.post(TURN_ON, remote, json={"entity_id": spelling})).status == 200
        assert is_lit(hass, LIVING)
        assert not is_lit(hass, BEDROOM)
        hass.states.async_set(LIVING, "off")


@pytest.mark.parametrize("value", [5, {"a": 1}, [LIVING, 5], [[LIVING]], True, [None]])
async def test_targets_of_the_wrong_kind(bridge: Bridge, remote: str, value: object) -> None:
    """A target is a text or a list of texts; anything else is a 400."""
    answer = await bridge.post(TURN_ON, remote, json={"entity_id": value})
    assert answer.status == 400
    assert "entity_id" in (await answer.json(content_type=None))["message"]


async def test_an_entity_that_moves_away_is_out_of_reach(bridge: Bridge, hass: HomeAssistant, remote: str) -> None:
    """The call after the move is refused, that before was not."""
    assert (await bridge.post(TURN_ON, remote, json={"entity_id": LIVING})).status == 200
    er.async_get(hass).async_update_entity(LIVING, area_id="bedroom")
    assert (await bridge.post(TURN_ON, remote, json={"entity_id": LIVING})).status == 403


async def test_a_listed_service_with_hidden_references(bridge: Bridge, hass: HomeAssistant, remote: str) -> None:
    """A service of no entity is called with data that names none, and with no other."""
    calls: list[dict[str, Any]] = []

    async def record(call: ServiceCall) -> None:
        calls.append(dict(call.data))

    hass.services.async_register("test", "say", record)
    for data, status in (
        ({"message": "good morning", "version": "1.2.3"}, 200),
        ({"file": "song.mp3"}, 403),
        ({"message": LIVING}, 200),
        ({"message": BEDROOM}, 403),
        ({"message": "light.that_does_not_exist"}, 403),
        ({"message": ["x", {"y": f"see {BEDROOM}!"}]}, 403),
        ({BEDROOM: 1}, 403),
    ):
        assert (await bridge.post("/api/services/test/say", remote, json=data)).status == status, data
    assert len(calls) == 2


async def test_a_refused_call_does_not_tell_which_entities_exist(bridge: Bridge, remote: str) -> None:
    """A hidden entity and a missing one get the same status, body and headers."""
    answers = [
        await bridge.post(TURN_ON, remote, json={"entity_id": LIVING, "x": entity}, headers={"X-Request-ID": "1"})
        for entity in (BEDROOM, "input_boolean.no_such", "light.no_such", "camera.no_such")
    ]
    assert {answer.status for answer in answers} == {403}
    assert len({await answer.read() for answer in answers}) == 1
    assert len({tuple(answer.headers) for answer in answers}) == 1


@pytest.mark.parametrize("service", ["homeassistant/restart", "homeassistant/stop", "recorder/purge", "no/such"])
async def test_a_refused_service_does_not_tell_whether_it_exists(bridge: Bridge, remote: str, service: str) -> None:
    """All refused services get the same message, whether they exist or not."""
    answer = await bridge.post(f"/api/services/{service}", remote, json={})
    assert answer.status == 403
    assert "not on its list" in (await answer.json(content_type=None))["message"]


async def test_home_assistants_own_administrator_checks_hold(bridge: Bridge) -> None:
    """A service for administrators is refused even where it is listed: the key's user is none."""
    key = await bridge.add_key(capabilities=["control"], services=["input_boolean.reload", "drawbridge.list_keys"])
    for service in ("input_boolean/reload", "drawbridge/list_keys"):
        answer = await bridge.post(f"/api/services/{service}?return_response", key, json={})
        assert answer.status in {400, 403}
    assert (await bridge.post("/api/services/input_boolean/reload", key, json={})).status == 403


async def test_calls_run_as_the_keys_own_user(bridge: Bridge, hass: HomeAssistant) -> None:
    """No administrator, named after the key, renamed and removed with it."""
    key = await bridge.add_key(name="Remote", capabilities=["control"])
    users = {user.name for user in await hass.auth.async_get_users()}
    assert (await bridge.post(TURN_ON, key, json={"entity_id": LIVING})).status == 200
    made = [user for user in await hass.auth.async_get_users() if user.name not in users]
    state = hass.states.get(LIVING)
    assert state is not None
    assert [user.id for user in made] == [state.context.user_id]
    assert (made[0].name, made[0].system_generated, made[0].is_admin) == ("Drawbridge: Remote", True, False)
    await bridge.edit_key("Remote", "rename", {"name": "Display"})
    user = await hass.auth.async_get_user(made[0].id)
    assert user is not None
    assert user.name == "Drawbridge: Display"
    assert (await bridge.post(TURN_ON, key, json={"entity_id": LIVING})).status == 200
    hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Display"))
    await hass.async_block_till_done()
    assert await hass.auth.async_get_user(made[0].id) is None


@pytest.mark.parametrize(
    "path",
    [
        "//api/states", "/api//states", "/API/states", "/api/STATES", "/api/states/", "/api/./states",
        "/api/%73tates/", "/api/states%2f", "/api/states;x", "/api/states%00", "/key/", "/metrics/x",
        "/api/states/%2e%2e", "/api/states/..%2fconfig", "/health/../api/states", "/api/config%20",
    ],
)  # fmt: skip
async def test_path_tricks(bridge: Bridge, remote: str, path: str) -> None:
    """No spelling of a path bypasses the gate: only a key reveals something, and only its scope."""
    reader, writer = await asyncio.open_connection("127.0.0.1", bridge.client.port)
    for key in ("", f"X-API-Key: {remote}\r\n"):
        writer.write(f"GET {BASE}{path} HTTP/1.1\r\nHost: x\r\n{key}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[16:]) for line in head.splitlines() if line.lower().startswith("content-length: "))
        body = (await reader.readexactly(length)).decode()
        assert head.split()[1] in {"400", "401", "404"}, head
        assert "bedroom" not in body
    writer.close()


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
async def test_method_override(bridge: Bridge, hass: HomeAssistant, header: str) -> None:
    """Headers cannot override the method."""
    key = await bridge.add_key()
    answer = await bridge.get(TURN_ON, key, headers={header: "POST"}, json={"entity_id": LIVING})
    assert answer.status == 405
    assert not is_lit(hass, LIVING)


async def test_header_injection(bridge: Bridge) -> None:
    """Header injection is refused, also over a raw connection."""
    with pytest.raises(ValueError, match=r"(?i)newline|header"):
        await bridge.get("/health", headers={"X-Request-ID": "a\r\nSet-Cookie: b=c"})
    reader, writer = await asyncio.open_connection("127.0.0.1", bridge.client.port)
    writer.write(f"GET {BASE}/health HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\r\n b: c\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    assert "b: c" not in head
    writer.close()


async def test_a_foreign_token_in_the_url_opens_nothing(bridge: Bridge, remote: str, hass_access_token: str) -> None:
    """Neither a signed path nor a token in the query is taken."""
    for query in (f"authSig={hass_access_token}", f"api_password={hass_access_token}", f"access_token={remote}"):
        assert (await bridge.get(f"/api/states?{query}")).status == 401


async def test_the_same_401_for_every_unknown_key(bridge: Bridge) -> None:
    """All unknown keys get the same response."""
    answers = [await bridge.get("/api/", generate(), headers={"X-Request-ID": "1"}) for _ in range(4)]
    assert len({await answer.read() for answer in answers}) == 1


async def test_no_secret_in_any_log(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    """No log level contains a valid or invalid key."""
    caplog.set_level("DEBUG")
    key = await bridge.add_key(name="X", capabilities=["read", "control"])
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    for secret in (key, wrong):
        await bridge.get("/api/states", secret)
        await bridge.post(TURN_ON, secret, json={"entity_id": "all"})
        await bridge.post(TURN_ON, secret, data=b"{")
    await bridge.edit_key("X", "rotate", {"overlap": {"days": 1}})
    assert key not in caplog.text
    assert wrong not in caplog.text
    assert key[4:30] not in caplog.text


async def test_what_is_not_there_costs_what_is_hidden_costs(bridge: Bridge) -> None:
    """Both leave the same trace, and thousands of names that clients make up take no memory."""
    key = await bridge.add_key(areas=["living_room"], limits={"local_only": False, "per_minute": 0})
    for entity_id in (BEDROOM, "light.no_such", "LIGHT.No_Such"):
        assert (await bridge.get(f"/api/states/{entity_id}", key)).status == 404
    trail = list(bridge.entry.runtime_data.audit)
    assert [record.reason for record in trail] == ["scope"] * 3
    runtime = bridge.entry.runtime_data
    live = runtime.directory.live(next(iter(runtime.keys)).scope)
    for number in range(5000):
        assert not live.allows(f"light.no_such_{number}")
    assert len(live) < 1100


async def test_a_group_in_scope_does_not_lead_out(bridge: Bridge, hass: HomeAssistant) -> None:
    """Home Assistant expands groups before a call, and so does the gate."""
    assert await async_setup_component(hass, "group", {"group": {"both": {"entities": [LIVING, BEDROOM]}}})
    key = await bridge.add_key(capabilities=["control"], entities=["group.both", LIVING])
    for path in (TURN_ON, "/api/services/homeassistant/turn_on"):
        assert (await bridge.post(path, key, json={"entity_id": "group.both"})).status == 403
    assert not is_lit(hass, BEDROOM)
