"""Acknowledged changes are on disk, and changes that cannot be saved are refused."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.drawbridge.keys import digest
from custom_components.drawbridge.keys.document import ReviewReason
from custom_components.drawbridge.keys.keeper import remove_store
from custom_components.drawbridge.keys.store import MARKER_FILE
from tests.integration.house import Bridge, notifications, shown
from tests.integration.test_repairs import fix, issue

STORE = ".storage/drawbridge.keys"


def on_disk(bridge: Bridge) -> dict[str, Any]:
    """Return the stored keys."""
    stored: dict[str, Any] = json.loads(Path(bridge.hass.config.path(STORE)).read_bytes())["keys"]
    return stored


def is_there(bridge: Bridge, name: str) -> bool:
    """Tell whether there is a file in the configuration folder."""
    return Path(bridge.hass.config.path(name)).exists()


def remove_file(bridge: Bridge, name: str) -> None:
    """Remove a file from the configuration folder."""
    Path(bridge.hass.config.path(name)).unlink()


def save_entries(bridge: Bridge, *entry_ids: str) -> None:
    """Write the file of the config entries; the tests' Home Assistant itself writes none."""
    Path(bridge.hass.config.path(".storage/core.config_entries")).write_text(json.dumps(entry_ids))


def full_disk(bridge: Bridge) -> None:
    """Let writes fail as on a full disk; the link goes with the first failure."""
    Path(bridge.hass.config.path(f"{STORE}.tmp")).symlink_to("/dev/full")


async def test_home_assistants_own_delete_and_rename_are_saved_before_they_return(bridge: Bridge) -> None:
    """Home Assistant's own removals and renames are saved before they return."""
    await bridge.add_key(name="One")
    await bridge.add_key(name="Two")
    one, two = bridge.key_id("One"), bridge.key_id("Two")
    bridge.hass.config_entries.async_update_subentry(bridge.entry, bridge.entry.subentries[one], title="New")
    bridge.hass.config_entries.async_remove_subentry(bridge.entry, two)
    assert {key_id: item["title"] for key_id, item in on_disk(bridge).items()} == {one: "New"}


@pytest.mark.parametrize("action", ["rotate_key", "revoke_key", "create_key"])
async def test_what_cannot_be_saved_is_not_done(bridge: Bridge, action: str) -> None:
    """The error gives the reason, and the key works as before."""
    secret = await bridge.add_key(name="One")
    before = on_disk(bridge)
    full_disk(bridge)
    data = {"name": "Two", "everything": True} if action == "create_key" else {"key": "One"}
    with pytest.raises(HomeAssistantError) as raised:
        await bridge.act(action, **data)
    assert raised.value.translation_key == "not_saved"
    assert raised.value.translation_placeholders == {"reason": "No space left on device"}
    assert (await bridge.get("/key", secret)).status == 200
    assert on_disk(bridge) == before
    assert len(bridge.entry.subentries) == 1


async def test_a_secret_is_not_shown_before_it_is_stored(bridge: Bridge) -> None:
    """The form gives the reason, and what was entered is kept to try again."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "custom"})
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.submit(flow, {"capabilities": ["read"]})
    full_disk(bridge)
    flow = await bridge.choose(flow, "secret")
    assert (flow["step_id"], flow["errors"]) == ("unsaved", {"base": "not_saved"})
    assert shown(flow)["reason"] == "No space left on device"
    assert "dbk_" not in str(flow)
    assert not bridge.entry.subentries
    flow = await bridge.submit(flow, {})
    assert (await bridge.get("/key", shown(flow)["key"])).status == 200


async def test_an_unsaved_delete_is_in_force_and_saved_later(bridge: Bridge) -> None:
    """A removal that is not saved yet takes effect, with a repair issue until it is saved."""
    secret = await bridge.add_key(name="One")
    obstacle = bridge.hass.config.path(f"{STORE}.tmp")
    os.mkdir(obstacle)  # noqa: PTH102 - an instant in a test
    bridge.hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("One"))
    await bridge.hass.async_block_till_done()
    assert (await bridge.get("/key", secret)).status == 401
    assert ("drawbridge", "keys_not_saved") in ir.async_get(bridge.hass).issues
    os.rmdir(obstacle)  # noqa: PTH106 - an instant in a test
    bridge.entry.runtime_data.coordinator.refresh()
    assert not on_disk(bridge)


async def test_a_lost_save_is_made_good_at_the_next_start(bridge: Bridge) -> None:
    """The config entry is from before the changes, as after a crash."""
    revoked = await bridge.act("create_key", name="Revoked", everything=True)
    rotated = await bridge.act("create_key", name="Rotated", everything=True)
    data, subentries = dict(bridge.entry.data), dict(bridge.entry.subentries)
    old = {key_id: dict(item.data) for key_id, item in subentries.items()}
    await bridge.act("revoke_key", key="Revoked")
    again = await bridge.act("rotate_key", key="Rotated", overlap=0)
    made = await bridge.act("create_key", name="Made", everything=True)
    entries = bridge.hass.config_entries
    await entries.async_unload(bridge.entry.entry_id)
    for item in subentries.values():
        object.__setattr__(item, "data", old[item.subentry_id])
    object.__setattr__(bridge.entry, "subentries", subentries)
    entries.async_update_entry(bridge.entry, data=data)
    await entries.async_setup(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()
    statuses = [(await bridge.get("/key", key["secret"])).status for key in (revoked, rotated, again, made)]
    assert statuses == [401, 401, 200, 200]


async def restored(bridge: Bridge) -> None:
    """Set the bridge up again as after a restored backup."""
    remove_file(bridge, MARKER_FILE)
    assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()


@pytest.mark.parametrize("choice", ["close_all", "rotate_all", "leave"])
async def test_after_a_restore_an_administrator_decides(bridge: Bridge, choice: str) -> None:
    """The repair names every key; two keys of one name both get a secret, and a disabled key stays disabled."""
    await async_setup_component(bridge.hass, "repairs", {})
    old = [await bridge.add_key(name="Display"), await bridge.add_key(name="Display")]
    closed = await bridge.add_key(name="Closed")
    runtime = bridge.entry.runtime_data
    await runtime.change_key(bridge.key_id("Closed"), lambda key: replace(key, enabled=False))
    await restored(bridge)
    found = issue(bridge.hass, ReviewReason.RESTORED)
    assert found is not None
    assert found.translation_placeholders is not None
    assert "Display" in found.translation_placeholders["keys"]
    flow = await fix(bridge, ReviewReason.RESTORED, choice)
    new: list[str] = []
    if choice == "rotate_all":
        flows = repairs_flow_manager(bridge.hass)
        assert flows is not None
        flow = await flows.async_configure(flow["flow_id"], {})
        shown = flow["description_placeholders"]
        assert shown is not None
        new = re.findall(r"dbk_[0-9A-Za-z]{49}", shown["secrets"])
        assert len(set(new)) == 3
        await flows.async_configure(flow["flow_id"], {})
    await bridge.hass.async_block_till_done()
    opens = {"close_all": [], "rotate_all": new[:2], "leave": old}[choice]
    for secret in {*old, *new, closed}:
        assert (await bridge.get("/key", secret)).status == (200 if secret in opens else 401)
    assert issue(bridge.hass, ReviewReason.RESTORED) is None
    assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    assert issue(bridge.hass, ReviewReason.RESTORED) is None


# Keys that come back, and what belongs to them

TURN_ON = "/api/services/input_boolean/turn_on"
LAMP = {"entity_id": "input_boolean.living_room_lamp"}


async def add_remote(bridge: Bridge) -> str:
    """Add a key whose user exists, since it has called an action."""
    secret = await bridge.add_key(name="Remote", capabilities=["read", "control"])
    assert (await bridge.post(TURN_ON, secret, json=LAMP)).status == 200
    return secret


async def own_users(bridge: Bridge) -> list[str]:
    """Return the names of Drawbridge's users."""
    users = await bridge.hass.auth.async_get_users()
    return sorted(user.name or "" for user in users if (user.name or "").startswith("Drawbridge: "))


async def add_orphan(bridge: Bridge) -> None:
    """Leave what a crash leaves, and what only looks like it."""
    await bridge.hass.auth.async_create_system_user("Drawbridge: Orphan")
    await bridge.hass.auth.async_create_user("Drawbridge: A person")


async def test_users_without_a_key_are_removed_at_load(bridge: Bridge) -> None:
    """Those of keys and of people stay."""
    secret = await add_remote(bridge)
    await add_orphan(bridge)
    assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    assert await own_users(bridge) == ["Drawbridge: A person", "Drawbridge: Remote"]
    assert (await bridge.post(TURN_ON, secret, json=LAMP)).status == 200
    assert await own_users(bridge) == ["Drawbridge: A person", "Drawbridge: Remote"]


async def test_removing_the_entry_removes_all_users_and_files(bridge: Bridge) -> None:
    """Those of keys, and those of no key."""
    await add_remote(bridge)
    await bridge.hass.config_entries.async_unload(bridge.entry.entry_id)
    await add_orphan(bridge)
    await bridge.hass.config_entries.async_remove(bridge.entry.entry_id)
    assert await own_users(bridge) == ["Drawbridge: A person"]
    assert not is_there(bridge, STORE)
    assert not is_there(bridge, MARKER_FILE)


async def test_a_key_whose_user_was_deleted_gets_another(bridge: Bridge) -> None:
    """At its next call of an action."""
    secret = await add_remote(bridge)
    users = {user.name: user for user in await bridge.hass.auth.async_get_users()}
    await bridge.hass.auth.async_remove_user(users["Drawbridge: Remote"])
    assert await own_users(bridge) == []
    assert (await bridge.post(TURN_ON, secret, json=LAMP)).status == 200
    assert await own_users(bridge) == ["Drawbridge: Remote"]


@pytest.mark.parametrize(
    ("stored", "fields"),
    [
        ([], "all"),
        ({"users": [], "usage": {"KEY": 5}, "lessons": {"KEY": {"since": "x"}}}, "lessons, usage, users"),
        ({"users": {"KEY": 5}, "usage": {"KEY": {"last_used": "x", "last_address": None}}}, "usage, users"),
    ],
)
async def test_a_damaged_store_of_usage_closes_nothing(
    bridge: Bridge, hass_storage: dict[str, Any], stored: Any, fields: str
) -> None:
    """The key works, its user is made again, and a repair names what was damaged."""
    secret = await add_remote(bridge)
    await bridge.hass.config_entries.async_unload(bridge.entry.entry_id)
    text = json.dumps(stored).replace("KEY", bridge.key_id("Remote"))
    hass_storage["drawbridge"] = {"version": 1, "minor_version": 1, "key": "drawbridge", "data": json.loads(text)}
    assert await bridge.hass.config_entries.async_setup(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()
    found = issue(bridge.hass, "damaged_usage")
    assert found is not None
    assert found.translation_placeholders == {"fields": fields}
    assert (await bridge.post(TURN_ON, secret, json=LAMP)).status == 200
    assert await own_users(bridge) == ["Drawbridge: Remote"]


async def test_migration_with_a_damaged_key(house: HomeAssistant) -> None:
    """The other is written out in full and opens; the damaged one stays as it is, closed, with a repair."""
    whole = {"secrets": [{"digest": "0" * 64}], "capabilities": ["read"], "scope": {"everything": True}}
    damaged = {**whole, "secrets": [{"digest": "1" * 64}], "expires": "tomorrow"}
    entry = MockConfigEntry(
        domain="drawbridge",
        version=1,
        minor_version=1,
        subentries_data=[
            ConfigSubentryData(data=data, subentry_type="api_key", title=title, unique_id=None)
            for title, data in (("Damaged", damaged), ("Whole", whole))
        ],
    )
    entry.add_to_hass(house)
    assert await house.config_entries.async_setup(entry.entry_id)
    await house.async_block_till_done()
    stored = {item.title: dict(item.data) for item in entry.subentries.values()}
    assert stored["Damaged"] == damaged
    assert stored["Whole"]["enabled"] is True
    assert (entry.minor_version, [key.name for key in entry.runtime_data.keys]) == (2, ["Whole"])
    found = issue(house, "damaged_key")
    assert found is not None
    assert found.translation_placeholders == {"name": "Damaged", "field": "expires"}


async def test_a_rotation_that_cannot_be_saved_leaves_the_old_secret(bridge: Bridge) -> None:
    """With the reason. No new secret is shown until one is saved."""
    old = await bridge.add_key(name="Old")
    before = on_disk(bridge)
    flow = await bridge.choose(await bridge.reconfigure("Old"), "rotate")
    full_disk(bridge)
    flow = await bridge.submit(flow, {"overlap": {"hours": 0}})
    assert (flow["step_id"], flow["errors"]) == ("unsaved", {"base": "not_saved"})
    assert "dbk_" not in str(flow)
    assert on_disk(bridge) == before
    assert (await bridge.get("/key", old)).status == 200
    flow = await bridge.submit(flow, {})
    assert [(await bridge.get("/key", item)).status for item in (old, shown(flow)["key"])] == [401, 200]


@pytest.mark.parametrize("way", ["create", "rotate"])
async def test_a_secret_that_is_shown_survives_a_crash(bridge: Bridge, way: str) -> None:
    """It is on disk when it is shown, before the form is submitted."""
    if way == "rotate":
        await bridge.add_key(name="X")
        flow = await bridge.choose(await bridge.reconfigure("X"), "rotate")
        flow = await bridge.submit(flow, {"overlap": {"days": 0}})
    else:
        flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "prometheus"})
        flow = await bridge.choose(flow, "secret")
    (stored,) = on_disk(bridge).values()
    assert stored["data"]["secrets"][0]["digest"] == digest(shown(flow)["key"])


@pytest.mark.parametrize("choice", ["open_all", "rotate_all"])
async def test_after_a_loss_a_key_that_was_disabled_stays_so(bridge: Bridge, choice: str) -> None:
    """After a loss, a key that was disabled stays disabled, whatever is decided about the others."""
    await async_setup_component(bridge.hass, "repairs", {})
    await bridge.add_key(name="Open")
    await bridge.add_key(name="Closed")
    runtime = bridge.entry.runtime_data
    await runtime.change_key(bridge.key_id("Closed"), lambda key: replace(key, enabled=False))
    remove_file(bridge, STORE)
    assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()
    assert not any(key.enabled for key in bridge.entry.runtime_data.keys)
    flow = await fix(bridge, ReviewReason.UNCONFIRMED, choice)
    if choice == "rotate_all":
        flows = repairs_flow_manager(bridge.hass)
        assert flows is not None
        await flows.async_configure(flow["flow_id"], {})
        await flows.async_configure(flow["flow_id"], {})
    await bridge.hass.async_block_till_done()
    assert {key.name: key.enabled for key in bridge.entry.runtime_data.keys} == {"Open": True, "Closed": False}


async def test_the_secrets_of_all_keys_are_not_lost_silently(bridge: Bridge) -> None:
    """They work when they are shown. If the page is closed then, a notification names their keys."""
    await async_setup_component(bridge.hass, "repairs", {})
    await bridge.add_key(name="One")
    await bridge.add_key(name="Two")
    remove_file(bridge, STORE)
    assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()
    flow = await fix(bridge, ReviewReason.UNCONFIRMED, "rotate_all")
    flows = repairs_flow_manager(bridge.hass)
    assert flows is not None
    flow = await flows.async_configure(flow["flow_id"], {})
    secrets = re.findall(r"dbk_\w+", (flow["description_placeholders"] or {})["secrets"])
    assert [(await bridge.get("/api/", secret)).status for secret in secrets] == [200, 200]
    flows.async_abort(flow["flow_id"])
    await bridge.hass.async_block_till_done()
    (notification,) = notifications(bridge.hass)
    assert "One, Two" in notification["message"]


async def test_a_removed_entry_that_comes_back_opens_nothing(bridge: Bridge) -> None:
    """Home Assistant had saved neither the removal nor what it took over since an upgrade when it was killed."""
    secret = await bridge.add_key(name="One")
    entries, entry = bridge.hass.config_entries, bridge.entry
    subentries = dict(entry.subentries)
    save_entries(bridge, entry.entry_id)
    await entries.async_unload(entry.entry_id)
    await remove_store(bridge.hass, entry)
    assert is_there(bridge, STORE)
    object.__setattr__(entry, "subentries", subentries)
    entries.async_update_entry(entry, data={})
    assert await entries.async_setup(entry.entry_id)
    await bridge.hass.async_block_till_done()
    assert (await bridge.get("/key", secret)).status == 401
    assert not entry.subentries
    save_entries(bridge)
    await remove_store(bridge.hass, entry)
    assert not is_there(bridge, STORE)


async def test_a_marker_that_cannot_be_written_is_logged(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    """Once for each failure."""
    marker = Path(bridge.hass.config.path(MARKER_FILE))
    obstacle = marker.with_name(f"{marker.name}.tmp")
    for _ in range(2):
        caplog.clear()
        os.mkdir(obstacle)  # noqa: PTH102 - an instant in a test
        await bridge.add_key()
        await bridge.add_key()
        assert caplog.text.count("could not be written") == 1
        os.rmdir(obstacle)  # noqa: PTH106 - an instant in a test
        await bridge.add_key()


async def test_a_repair_while_the_marker_cannot_be_written(bridge: Bridge) -> None:
    """Raised with the reason, and withdrawn when the file is written again. No key has to change for that."""
    secret = await bridge.add_key()
    marker = Path(bridge.hass.config.path(MARKER_FILE))
    obstacle, coordinator = marker.with_name(f"{marker.name}.tmp"), bridge.entry.runtime_data.coordinator

    def reason() -> str | None:
        found = ir.async_get(bridge.hass).async_get_issue("drawbridge", "marker_failed")
        return (found.translation_placeholders or {})["reason"] if found is not None else None

    assert reason() is None
    os.mkdir(obstacle)  # noqa: PTH102 - an instant in a test
    await bridge.add_key()
    coordinator.refresh()
    assert reason() == "Is a directory"
    coordinator.refresh()
    assert reason() == "Is a directory"
    assert (await bridge.get("/key", secret)).status == 200
    os.rmdir(obstacle)  # noqa: PTH106 - an instant in a test
    coordinator.refresh()
    assert reason() is None
    written = await bridge.hass.async_add_executor_job(marker.read_bytes)
    assert json.loads(written)["generation"] == bridge.entry.data["generation"]


@pytest.mark.parametrize("times", [2, 3])
async def test_a_store_that_is_lost_again_before_the_decision(bridge: Bridge, times: int) -> None:
    """The repair is still there, and opens the keys that the loss closed, not one that a user disabled."""
    await async_setup_component(bridge.hass, "repairs", {})
    await bridge.add_key(name="Open")
    await bridge.add_key(name="Closed")
    runtime = bridge.entry.runtime_data
    await runtime.change_key(bridge.key_id("Closed"), lambda key: replace(key, enabled=False))
    for _ in range(times):
        remove_file(bridge, STORE)
        assert await bridge.hass.config_entries.async_reload(bridge.entry.entry_id)
        await bridge.hass.async_block_till_done()
        assert not any(key.enabled for key in bridge.entry.runtime_data.keys)
    await fix(bridge, ReviewReason.UNCONFIRMED, "open_all")
    await bridge.hass.async_block_till_done()
    assert {key.name: key.enabled for key in bridge.entry.runtime_data.keys} == {"Open": True, "Closed": False}
    assert bridge.entry.data["unconfirmed"] == []


@pytest.mark.parametrize("damage", [None, 5, "abc", {"a": 1}, [5, None, {}]])
async def test_a_damaged_list_of_closed_keys_opens_nothing(bridge: Bridge, damage: object) -> None:
    """A damaged list of disabled keys neither enables a key nor disables others."""
    secret = await bridge.add_key(name="Open")
    entries = bridge.hass.config_entries
    entries.async_update_entry(bridge.entry, data={**bridge.entry.data, "unconfirmed": damage})
    assert await entries.async_reload(bridge.entry.entry_id)
    assert (await bridge.get("/key", secret)).status == 200
    entries.async_update_entry(bridge.entry, data={**bridge.entry.data, "unconfirmed": damage})
    remove_file(bridge, STORE)
    assert await entries.async_reload(bridge.entry.entry_id)
    assert (await bridge.get("/key", secret)).status == 401
