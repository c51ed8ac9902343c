"""Repair issues and their fix flows."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, issue_registry as ir

from tests.integration.house import Bridge, in_sections, notifications

DAY = 86_400


def issue(hass: HomeAssistant, kind: str) -> ir.IssueEntry | None:
    """Return the issue of that kind."""
    issues = ir.async_get(hass).issues.values()
    return next((item for item in issues if item.domain == "drawbridge" and item.translation_key == kind), None)


async def alter(bridge: Bridge, name: str, **fields: Any) -> None:
    """Change a key as time or another version would."""
    runtime = bridge.entry.runtime_data
    key = next(item for item in runtime.keys if item.name == name)
    await runtime.change_key(key.id, lambda key: replace(key, **fields))
    await bridge.hass.async_block_till_done()


async def fix(bridge: Bridge, kind: str, choice: str | None) -> Any:
    """Go through the flow of an issue, with a choice of its menu."""
    hass = bridge.hass
    found, flows = issue(hass, kind), repairs_flow_manager(hass)
    assert found is not None
    assert flows is not None
    flow = await flows.async_init("drawbridge", data={"issue_id": found.issue_id})
    assert flow["type"] is (FlowResultType.MENU if choice else FlowResultType.FORM)
    answer = {"next_step_id": choice} if choice else {}
    flow = await flows.async_configure(flow["flow_id"], answer)
    await hass.async_block_till_done()
    return flow


@pytest.mark.parametrize(
    ("fields", "kind", "choice", "status"),
    [
        ({"expires": 1.0}, "key_expired", "extend", 200),
        ({"expires": 1.0}, "key_expired", "remove", 401),
        ({"expires": time.time() + DAY}, "key_expires_soon", "extend", 200),
        ({"expires": time.time() + DAY}, "key_expires_soon", "keep_for_good", 200),
        ({"created": 1.0}, "key_unused", "disable", 401),
        ({"created": 1.0}, "key_unused", "remove", 401),
    ],
)
async def test_keys(bridge: Bridge, fields: dict[str, Any], kind: str, choice: str, status: int) -> None:
    """A choice fixes the problem, and removes the issue."""
    key = await bridge.add_key(name="Display")
    assert not ir.async_get(bridge.hass).issues
    await alter(bridge, "Display", **fields)
    flow = await fix(bridge, kind, choice)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    assert (await bridge.get("/api/", key)).status == status
    assert issue(bridge.hass, kind) is None


async def test_an_expiry_is_repaired_on_time(bridge: Bridge) -> None:
    """The next update of the sensors raises it, not the next check of everything."""
    await bridge.add_key(name="Display")
    await alter(bridge, "Display", expires=time.time() + 0.3 + 7 * DAY)
    assert issue(bridge.hass, "key_expires_soon") is None
    await asyncio.sleep(0.4)
    bridge.entry.runtime_data.coordinator.refresh()
    assert issue(bridge.hass, "key_expires_soon") is not None
    await alter(bridge, "Display", expires=time.time() + 0.3)
    await asyncio.sleep(0.4)
    bridge.entry.runtime_data.coordinator.refresh()
    assert issue(bridge.hass, "key_expired") is not None
    assert issue(bridge.hass, "key_expires_soon") is None


async def test_leaving_it_as_it_is(bridge: Bridge) -> None:
    """An issue that is ignored stays so."""
    await bridge.add_key(name="Display")
    await alter(bridge, "Display", created=1.0)
    flow = await fix(bridge, "key_unused", "ignore")
    assert flow["reason"] == "ignored"
    await alter(bridge, "Display", local_only=True)
    found = issue(bridge.hass, "key_unused")
    assert found is not None
    assert found.dismissed_version is not None


async def test_a_scope_that_names_what_is_gone(bridge: Bridge, hass: HomeAssistant) -> None:
    """The names are taken out; what is left of the scope stays."""
    key = await bridge.add_key(name="Display", areas=["living_room", "bedroom"])
    ar.async_get(hass).async_delete("bedroom")
    await hass.async_block_till_done()
    await fix(bridge, "scope_names_missing", "forget_missing")
    assert issue(hass, "scope_names_missing") is None
    assert await bridge.entity_ids(key) == {"input_boolean.living_room_lamp"}


async def test_a_scope_that_matches_nothing(bridge: Bridge) -> None:
    """A key without visible entities has an issue."""
    await bridge.add_key(name="Display", globs=["light.none_*"])
    found = issue(bridge.hass, "scope_matches_nothing")
    assert found is not None
    assert found.translation_placeholders == {"name": "Display"}
    await fix(bridge, "scope_matches_nothing", "disable")
    assert issue(bridge.hass, "scope_matches_nothing") is None


async def test_nothing_is_said_of_scopes_before_all_is_there(bridge: Bridge, hass: HomeAssistant) -> None:
    """While Home Assistant starts, entities are missing that come yet."""
    hass.set_state(CoreState.starting)
    await bridge.add_key(name="Display", globs=["light.none_*"])
    assert issue(hass, "scope_matches_nothing") is None
    await hass.config_entries.async_reload(bridge.entry.entry_id)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert issue(hass, "scope_matches_nothing") is not None


@pytest.mark.parametrize(
    ("option", "weak", "kind", "safe"),
    [("cors_origins", ["*"], "any_origin", []), ("per_minute", 0, "no_rate_limit", 1000)],
)
async def test_options(bridge: Bridge, option: str, weak: Any, kind: str, safe: Any) -> None:
    """An option that weakens security is reset."""
    hass, flows = bridge.hass, bridge.hass.config_entries.options
    flow = await flows.async_init(bridge.entry.entry_id)
    form = {
        **bridge.entry.runtime_data.options.as_dict(),
        "max_body": 256,
        "max_message": 1024,
        "cache_size": 64,
        option: weak,
    }
    await flows.async_configure(flow["flow_id"], in_sections(flow, form))
    await hass.async_block_till_done()
    await fix(bridge, kind, None)
    assert bridge.entry.options[option] == safe
    assert issue(hass, kind) is None


async def test_plain_http_from_outside(bridge: Bridge) -> None:
    """A key that foreign networks could read is told of, and kept at home where the person says so."""
    await bridge.add_key(name="Display")
    runtime = bridge.entry.runtime_data
    runtime.insecure_use.plain[bridge.key_id("Display")] = "203.0.113.7"
    await alter(bridge, "Display", enabled=True, burst=20)
    await fix(bridge, "plain_http", "local_only")
    assert next(iter(runtime.keys)).local_only
    assert issue(bridge.hass, "plain_http") is None


async def test_a_proxy_that_hides_its_clients(bridge: Bridge) -> None:
    """A proxy that adds headers, but not the client's address, has an issue."""
    key = await bridge.add_key(name="Display")
    await bridge.get("/api/", key, headers={"X-Real-IP": "203.0.113.7"})
    await alter(bridge, "Display", burst=20)
    found = issue(bridge.hass, "hidden_addresses")
    assert found is not None
    assert found.translation_placeholders is None
    assert not found.is_fixable


@pytest.mark.parametrize("ends", ["submitted", "closed"])
async def test_the_rotate_button_leads_to_a_new_secret(bridge: Bridge, ends: str) -> None:
    """A notification leads to the repair, which shows the secret that works. A closed page loses nothing silently."""
    hass = bridge.hass
    old = await bridge.add_key(name="Display")
    await hass.services.async_call("button", "press", {"entity_id": "button.display_replace_secret"}, blocking=True)
    found, flows = issue(hass, "rotate_key"), repairs_flow_manager(hass)
    assert found is not None
    assert flows is not None
    (lead,) = notifications(hass)
    assert "(/config/repairs)" in lead["message"]
    flow = await flows.async_init("drawbridge", data={"issue_id": found.issue_id})
    assert (await bridge.get("/api/", old)).status == 200
    flow = await flows.async_configure(flow["flow_id"], {"overlap": {"seconds": 0}})
    assert flow["step_id"] == "secret"
    about = flow["description_placeholders"] or {}
    new = about["key"]
    assert about["addresses"].endswith("/api/drawbridge`")
    assert [(await bridge.get("/api/", key)).status for key in (new, old)] == [200, 401]
    if ends == "submitted":
        await flows.async_configure(flow["flow_id"], {})
    else:
        flows.async_abort(flow["flow_id"])
    await hass.async_block_till_done()
    assert [(await bridge.get("/api/", key)).status for key in (new, old)] == [200, 401]
    assert issue(hass, "rotate_key") is None
    left = [item["message"] for item in notifications(hass)]
    assert len(left) == (0 if ends == "submitted" else 1)
    assert all("was closed" in message for message in left)


async def test_a_repair_closed_before_the_secret_changes_nothing(bridge: Bridge) -> None:
    """The old secret works, and the repair stays."""
    hass = bridge.hass
    old = await bridge.add_key(name="Display")
    await hass.services.async_call("button", "press", {"entity_id": "button.display_replace_secret"}, blocking=True)
    found, flows = issue(hass, "rotate_key"), repairs_flow_manager(hass)
    assert found is not None
    assert flows is not None
    flow = await flows.async_init("drawbridge", data={"issue_id": found.issue_id})
    flows.async_abort(flow["flow_id"])
    await hass.async_block_till_done()
    assert (await bridge.get("/api/", old)).status == 200
    assert issue(hass, "rotate_key") is not None


async def test_a_request_to_rotate_goes_with_its_key(bridge: Bridge) -> None:
    """There is nothing to rotate any more."""
    hass = bridge.hass
    await bridge.add_key(name="Display")
    await hass.services.async_call("button", "press", {"entity_id": "button.display_replace_secret"}, blocking=True)
    assert issue(hass, "rotate_key") is not None
    hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Display"))
    await hass.async_block_till_done()
    assert issue(hass, "rotate_key") is None
    assert not notifications(hass)
