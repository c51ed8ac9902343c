"""What is acknowledged is on disk; what cannot be saved is not done."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.keys.document import ReviewReason
from custom_components.drawbridge.keys.store import MARKER_FILE
from tests.integration.house import Bridge
from tests.integration.test_repairs import fix, issue

STORE = ".storage/drawbridge.keys"


def on_disk(bridge: Bridge) -> dict[str, Any]:
    """Return the stored keys."""
    stored: dict[str, Any] = json.loads(Path(bridge.hass.config.path(STORE)).read_bytes())["keys"]
    return stored


def full_disk(bridge: Bridge) -> None:
    """Let writes fail as on a full disk; the link goes with the first failure."""
    Path(bridge.hass.config.path(f"{STORE}.tmp")).symlink_to("/dev/full")


async def test_home_assistants_own_delete_and_rename_are_saved_before_they_return(bridge: Bridge) -> None:
    """Nothing is awaited in between."""
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
    """The flow ends with the reason."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "custom"})
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.submit(flow, {"capabilities": ["read"]})
    full_disk(bridge)
    flow = await bridge.choose(flow, "secret")
    assert flow["reason"] == "not_saved"
    assert "dbk_" not in str(flow)


async def test_an_unsaved_delete_is_in_force_and_saved_later(bridge: Bridge) -> None:
    """With a repair until then."""
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


def remove_marker(bridge: Bridge) -> None:
    """Remove what no backup contains."""
    Path(bridge.hass.config.path(MARKER_FILE)).unlink()


async def restored(bridge: Bridge) -> None:
    """Set the bridge up again as after a restored backup."""
    remove_marker(bridge)
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
