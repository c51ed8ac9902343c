"""The panel's commands about keys."""

import asyncio
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.panel import PanelClient

LIVING = "input_boolean.living_room_lamp"


async def test_the_list_of_keys(panel: PanelClient, bridge: Bridge) -> None:
    """What a key can do and how it is used, without hashes; and again after each change."""
    assert await panel.ask("keys/subscribe") is None
    assert await panel.event() == {"keys": []}
    secret = await bridge.add_key("Display", capabilities=["read", "control"], areas=["living_room"])
    (key,) = (await panel.event())["keys"]
    created = key.pop("created")
    assert created > 0
    assert key == {
        "id": bridge.key_id("Display"),
        "name": "Display",
        "enabled": True,
        "learning": False,
        "expires": None,
        "last_used": None,
        "connected": 0,
        "capabilities": ["control", "read"],
        "everything": False,
        "entities": 1,
        "services": "*",
        "events": [],
        "per_minute": None,
        "bound": False,
        "damaged": None,
        "temporary": [],
        "tests": 0,
        "failing_tests": 0,
        "chips": ["never_used"],
    }
    await bridge.get("/api/states", secret)
    (key,) = (await panel.event())["keys"]
    assert key["last_used"] is not None
    assert key["chips"] == []
    await bridge.edit_key("Display", "disable", {})
    (key,) = (await panel.event())["keys"]
    assert key["chips"] == ["off"]
    (stored,) = bridge.entry.subentries.values()
    assert stored.data["secrets"][0]["digest"] not in str(key)


async def test_what_chips_say(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """A damaged key, and one that ends soon."""
    await bridge.add_key("Guest", limits={"expires": "2099-01-01 00:00:00"})
    subentry = bridge.entry.subentries[bridge.key_id("Guest")]
    soon = {**subentry.data, "expires": subentry.data["created"] + 86_400, "learning": True}
    hass.config_entries.async_update_subentry(bridge.entry, subentry, data=soon)
    await bridge.add_key("Damaged")
    subentry = bridge.entry.subentries[bridge.key_id("Damaged")]
    hass.config_entries.async_update_subentry(bridge.entry, subentry, data={**subentry.data, "expires": "soon"})
    await hass.async_block_till_done()
    await panel.ask("keys/subscribe")
    damaged, guest = (await panel.event())["keys"]
    assert (damaged["damaged"], damaged["chips"], damaged["enabled"]) == ("expires", ["damaged"], False)
    assert guest["chips"] == ["expires_soon", "learning", "never_used"]


async def test_a_subscription_ends_with_the_bridge(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """The client is told, and can subscribe again."""
    await panel.ask("keys/subscribe")
    await panel.event()
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    assert await panel.event() == {"closed": True}
    await panel.ask("keys/subscribe")
    assert await panel.event() == {"keys": []}


async def test_a_subscription_ends_with_the_rights_of_its_user(
    panel: PanelClient, bridge: Bridge, hass: HomeAssistant, hass_admin_user: Any
) -> None:
    """A user who is no administrator anymore gets no further events."""
    await hass.auth.async_create_user("Other", group_ids=["system-admin"])
    await panel.ask("keys/subscribe")
    await panel.event()
    hass_admin_user.is_owner = False
    await hass.auth.async_update_user(hass_admin_user, group_ids=["system-users"])
    await bridge.add_key("Display")
    with pytest.raises(TimeoutError):
        await panel.socket.receive_json(timeout=2.5)


async def test_enabling(panel: PanelClient, bridge: Bridge) -> None:
    """At once, and durably."""
    secret = await bridge.add_key("Display")
    key_id = bridge.key_id("Display")
    await panel.ask("keys/set_enabled", key_id=key_id, enabled=False)
    assert (await bridge.get("/key", secret)).status == 401
    await panel.ask("keys/set_enabled", key_id=key_id, enabled=True)
    assert (await bridge.get("/key", secret)).status == 200


async def test_rotating(panel: PanelClient, bridge: Bridge) -> None:
    """The new secret works, the old one for as long as wanted; the answer has the addresses."""
    first = await bridge.add_key("Display")
    key_id = bridge.key_id("Display")
    second = await panel.ask("keys/rotate", key_id=key_id, overlap=60)
    assert all(url.endswith("/api/drawbridge") for url in second["urls"])
    assert [(await bridge.get("/key", item)).status for item in (first, second["secret"])] == [200, 200]
    third = await panel.ask("keys/rotate", key_id=key_id)
    statuses = [(await bridge.get("/key", item)).status for item in (first, second["secret"], third["secret"])]
    assert statuses == [401, 401, 200]
    assert await panel.error("keys/rotate", key_id=key_id, overlap=3_000_000) == "invalid_format"


async def test_deleting_and_undoing(panel: PanelClient, bridge: Bridge, hass: HomeAssistant) -> None:
    """A deleted key stops at once. Undone, it is the same key, also after a restart."""
    secret = await bridge.add_key("Display", areas=["living_room"])
    await bridge.get("/api/states", secret)
    key_id = bridge.key_id("Display")
    before = bridge.entry.subentries[key_id].as_dict()
    deleted = await panel.ask("keys/delete", key_id=key_id)
    assert before["data"]["secrets"][0]["digest"] not in str(deleted)
    assert (await bridge.get("/key", secret)).status == 401
    assert await panel.ask("keys/undo", undo=deleted["undo"]) == {"key_id": key_id}
    assert bridge.entry.subentries[key_id].as_dict() == before
    assert bridge.entry.runtime_data.recorder.counters.keys[key_id].last_used is not None
    assert await bridge.entity_ids(secret) == {LIVING}
    assert await panel.error("keys/undo", undo=deleted["undo"]) == "not_found"
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    assert await bridge.entity_ids(secret) == {LIVING}


async def test_an_undo_ends(panel: PanelClient, bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time, the undo is not possible, and nothing of the key is kept."""
    monkeypatch.setattr("custom_components.drawbridge.panel.undo.UNDO_SECONDS", 0.05)
    secret = await bridge.add_key("Display")
    deleted = await panel.ask("keys/delete", key_id=bridge.key_id("Display"))
    await asyncio.sleep(0.1)
    assert await panel.error("keys/undo", undo=deleted["undo"]) == "not_found"
    assert (await bridge.get("/key", secret)).status == 401


async def test_an_undo_does_not_make_two_keys_of_one_name(panel: PanelClient, bridge: Bridge) -> None:
    """It is refused, and possible again when the other key has another name."""
    await bridge.add_key("Display")
    deleted = await panel.ask("keys/delete", key_id=bridge.key_id("Display"))
    await bridge.add_key("display")
    assert await panel.error("keys/undo", undo=deleted["undo"]) == "not_allowed"
    await bridge.edit_key("display", "rename", {"name": "Other"})
    await panel.ask("keys/undo", undo=deleted["undo"])
    assert {item.title for item in bridge.entry.subentries.values()} == {"Display", "Other"}


async def test_the_number_of_undos_is_limited(panel: PanelClient, bridge: Bridge) -> None:
    """The oldest is dropped."""
    tokens = []
    for number in range(21):
        await bridge.act("create_key", name=f"Key {number}", everything=True)
        deleted = await panel.ask("keys/delete", key_id=bridge.key_id(f"Key {number}"))
        tokens.append(deleted["undo"])
    assert await panel.error("keys/undo", undo=tokens[0]) == "not_found"
    assert await panel.ask("keys/undo", undo=tokens[1])


async def test_a_damaged_key_can_be_deleted_and_restored(
    panel: PanelClient, bridge: Bridge, hass: HomeAssistant
) -> None:
    """It cannot be changed."""
    await bridge.add_key("Damaged")
    key_id = bridge.key_id("Damaged")
    subentry = bridge.entry.subentries[key_id]
    hass.config_entries.async_update_subentry(bridge.entry, subentry, data={**subentry.data, "expires": "soon"})
    await hass.async_block_till_done()
    assert await panel.error("keys/set_enabled", key_id=key_id, enabled=True) == "not_allowed"
    assert await panel.error("keys/rotate", key_id=key_id) == "not_allowed"
    deleted = await panel.ask("keys/delete", key_id=key_id)
    await panel.ask("keys/undo", undo=deleted["undo"])
    assert bridge.entry.subentries[key_id].data["expires"] == "soon"


async def test_a_change_that_cannot_be_saved(
    panel: PanelClient, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not made, and the answer says why."""
    secret = await bridge.add_key("Display")
    key_id = bridge.key_id("Display")

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("custom_components.drawbridge.keys.files.write", fail)
    answer = await panel.send("keys/set_enabled", key_id=key_id, enabled=False)
    assert answer["error"]["code"] == "not_saved"
    assert "No space left on device" in answer["error"]["message"]
    assert await panel.error("keys/delete", key_id=key_id) == "not_saved"
    assert await panel.error("keys/rotate", key_id=key_id) == "not_saved"
    assert (await bridge.get("/key", secret)).status == 200
    assert bridge.entry.state is ConfigEntryState.LOADED
