"""The actions that manage keys."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized

from tests.integration.house import Bridge

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"


async def test_life_of_a_key(bridge: Bridge) -> None:
    """Created, used, listed, rotated with an overlap, rotated without, revoked."""
    made = await bridge.act(
        "create_key", name="Script", capabilities=["read", "control"], areas=["living_room"], per_minute=600
    )
    assert await bridge.entity_ids(made["secret"]) == {LIVING}
    (listed,) = (await bridge.act("list_keys"))["keys"]
    assert (listed["id"], listed["name"], listed["per_minute"]) == (made["id"], "Script", 600)
    assert listed["last_address"] == "127.0.0.1"
    assert "digest" not in str(listed)
    assert made["secret"] not in str(listed)
    second = await bridge.act("rotate_key", key="Script", overlap={"hours": 1})
    assert (await bridge.get("/key", made["secret"])).status == 200
    third = await bridge.act("rotate_key", key=made["id"], overlap=0)
    statuses = [(await bridge.get("/key", item["secret"])).status for item in (made, second, third)]
    assert statuses == [401, 401, 200]
    assert await bridge.act("revoke_key", key="Script") == {"id": made["id"], "name": "Script"}
    assert (await bridge.get("/key", third["secret"])).status == 401
    assert not bridge.entry.subentries


async def test_an_overlap_ends(bridge: Bridge, freezer: Any) -> None:
    """The old secret is valid until the exact end of the overlap."""
    old = await bridge.act("create_key", name="X", everything=True)
    await bridge.act("rotate_key", key="X", overlap={"minutes": 10})
    freezer.tick(timedelta(minutes=9, seconds=59))
    assert (await bridge.get("/key", old["secret"])).status == 200
    freezer.tick(timedelta(seconds=1))
    assert (await bridge.get("/key", old["secret"])).status == 401


@pytest.mark.parametrize(
    ("data", "code", "value"),
    [
        ({"name": ""}, "invalid_name", ""),
        ({"name": "X"}, "empty_scope", ""),
        ({"name": "X", "everything": True, "capabilities": []}, "no_capability", ""),
        ({"name": "X", "globs": ["a b"]}, "invalid_globs", "a b"),
        ({"name": "X", "everything": True, "exclude": {"domains": ["A.B"]}}, "invalid_domains", "a.b"),
        ({"name": "X", "everything": True, "services": ["x"]}, "invalid_services", "x"),
        ({"name": "X", "everything": True, "events": ["drawbridge_audit"]}, "own_event", "drawbridge_audit"),
        ({"name": "X", "everything": True, "networks": ["x"]}, "invalid_networks", "x"),
        ({"name": "X", "everything": True, "cors_origins": ["x"]}, "invalid_cors_origins", "x"),
        ({"name": "X", "everything": True, "expires": "2020-01-01 00:00:00"}, "expires_in_the_past", ""),
    ],
)
async def test_bad_input(bridge: Bridge, data: dict[str, Any], code: str, value: str) -> None:
    """Invalid input gets the same errors as in the forms, and creates no key."""
    with pytest.raises(ServiceValidationError) as raised:
        await bridge.act("create_key", **data)
    assert raised.value.translation_key == code
    assert raised.value.translation_placeholders is not None
    assert raised.value.translation_placeholders[raised.value.translation_placeholders["field"]] == value
    assert not bridge.entry.subentries


async def test_all_errors_at_once(bridge: Bridge) -> None:
    """Each invalid field with its own words; nothing is made."""
    await bridge.add_key("Taken")
    with pytest.raises(ServiceValidationError) as raised:
        await bridge.act(
            "create_key",
            name="taken",
            areas=["attic"],
            globs=["a b"],
            services=["x"],
            networks=["y"],
            exclude={"labels": ["z"]},
            expires="2020-01-01 00:00:00",
        )
    text = str(raised.value)
    assert raised.value.translation_key == "several_errors"
    for field, part in {
        "name": 'already a key with the name "taken"',
        "globs": '"a b" isn\'t a valid entity ID pattern',
        "services": '"x" isn\'t a valid action',
        "networks": '"y" isn\'t a valid IP address or network',
        "labels": 'no label with the ID "z"',
        "expires": "in the past",
    }.items():
        assert f"{field}: " in text
        assert part in text
    assert len(bridge.entry.subentries) == 1


async def test_which_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """A name must belong to one key; its id always does."""
    first = await bridge.act("create_key", name="Twin", everything=True)
    second = (await bridge.act("create_key", name="Other", everything=True))["id"]
    hass.config_entries.async_update_subentry(bridge.entry, bridge.entry.subentries[second], title="Twin")
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as raised:
        await bridge.act("revoke_key", key="Twin")
    assert raised.value.translation_key == "ambiguous_key"
    with pytest.raises(ServiceValidationError) as raised:
        await bridge.act("revoke_key", key="Nobody")
    assert raised.value.translation_key == "unknown_key"
    assert await bridge.act("revoke_key", key=first["id"])


async def test_administrators_only(bridge: Bridge, hass: HomeAssistant, hass_read_only_user: Any) -> None:
    """Only administrators can create, list and revoke keys."""
    for action in ("create_key", "rotate_key", "revoke_key", "list_keys", "explain"):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                "drawbridge",
                action,
                {"name": "X"} if action == "create_key" else {} if action == "list_keys" else {"key": "X"},
                blocking=True,
                return_response=True,
                context=Context(user_id=hass_read_only_user.id),
            )
    assert not bridge.entry.subentries


async def test_without_a_loaded_entry(bridge: Bridge, hass: HomeAssistant) -> None:
    """Without a loaded entry, the action fails with a message."""
    await hass.config_entries.async_unload(bridge.entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await bridge.act("list_keys")
    assert raised.value.translation_key == "not_loaded"


async def test_explain(bridge: Bridge) -> None:
    """Which rule decides about an entity, and about a call."""
    await bridge.act(
        "create_key", name="X", capabilities=["control"], areas=["living_room"], exclude={"entities": [BEDROOM]}
    )
    answer = await bridge.act("explain", key="X", entity_id=BEDROOM, action="input_boolean.turn_on")
    assert answer["entity"] == {
        "entity_id": BEDROOM,
        "exists": True,
        "in_scope": False,
        "rule": f"excluded by entity {BEDROOM}",
    }
    assert answer["action"] == {"allowed": False, "rule": f"entity {BEDROOM} is not in scope", "reached": [BEDROOM]}
    answer = await bridge.act("explain", key="X", action="input_boolean.turn_on", data={"area_id": "living_room"})
    assert answer["action"]["allowed"] is True
    assert answer["action"]["reached"] == [LIVING]
    answer = await bridge.act("explain", key="X", action="homeassistant.restart")
    assert answer["action"]["rule"] == "service homeassistant.restart must be listed by its exact name"
    await bridge.act("create_key", name="Y", everything=True)
    answer = await bridge.act("explain", key="Y", action="input_boolean.turn_on", entity_id=LIVING)
    assert answer["action"] == {"allowed": False, "rule": "capability control is missing"}
    answer = await bridge.act("explain", key="X", action="input_boolean.turn_on", data={"entity_id": 5})
    assert "entity_id" in answer["action"]["rule"]
