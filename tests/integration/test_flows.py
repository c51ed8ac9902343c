"""Keys in the UI: add, edit, remove, and what is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from tests.integration.house import Bridge, key_form

TRANSLATIONS = json.loads(
    Path("custom_components/drawbridge/translations/en.json").read_text(encoding="utf-8")
)


async def test_one_entry_only(bridge: Bridge, hass: HomeAssistant) -> None:
    """A second bridge is refused."""
    result = await hass.config_entries.flow.async_init("drawbridge", context={"source": "user"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


async def test_the_secret_is_shown_once_and_only_its_hash_is_kept(
    bridge: Bridge, hass: HomeAssistant
) -> None:
    """Nothing that Home Assistant stores opens the bridge."""
    secret = await bridge.add_key(name="Display", everything=True)
    stored = json.dumps(bridge.entry.as_dict(), default=str)
    assert secret not in stored
    assert secret[4:20] not in stored
    subentry = bridge.entry.subentries[bridge.key_id("Display")]
    assert len(subentry.data["secrets"][0]["digest"]) == 64
    flows = hass.config_entries.subentries.async_progress()
    assert flows == []


async def test_a_key_works_only_after_its_secret_was_seen(bridge: Bridge) -> None:
    """A flow left at the secret makes no key."""
    flow = await bridge.submit(await bridge.start_key_flow(), key_form(everything=True))
    assert flow["step_id"] == "secret"
    assert (await bridge.get("/api/", flow["description_placeholders"]["key"])).status == 401
    assert not bridge.entry.subentries


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {"everything": "empty_scope"}),
        ({"name": "  ", "everything": True}, {"name": "invalid_name"}),
        ({"name": "x" * 101, "everything": True}, {"name": "invalid_name"}),
        ({"capabilities": [], "everything": True}, {"capabilities": "no_capability"}),
        ({"domains": ["Light!"]}, {"domains": "invalid_domain"}),
        ({"domains": ["light.kitchen"]}, {"domains": "invalid_domain"}),
    ],
)
async def test_bad_input(bridge: Bridge, fields: dict[str, Any], errors: dict[str, str]) -> None:
    """Each field says what is wrong with it, nothing is lost, and the form can be sent again."""
    form = key_form(**fields)
    flow = await bridge.submit(await bridge.start_key_flow(), form)
    assert flow["type"] is FlowResultType.FORM
    assert flow["errors"] == errors
    texts = TRANSLATIONS["config_subentries"]["api_key"]["error"]
    assert set(errors.values()) <= texts.keys()
    suggested = {str(field): field.description for field in flow["data_schema"].schema}
    assert suggested["name"] == {"suggested_value": form["name"]}
    flow = await bridge.submit(flow, key_form(everything=True))
    assert flow["step_id"] == "secret"


async def test_a_metrics_key_needs_no_scope(bridge: Bridge) -> None:
    """Who reads only metrics sees no entity."""
    key = await bridge.add_key(capabilities=["metrics"])
    assert (await bridge.get("/metrics", key)).status == 200


async def test_edit(bridge: Bridge) -> None:
    """A change is in force on the next request, for the same secret, and no other key's."""
    key = await bridge.add_key(name="Display", areas=["living_room"])
    other = await bridge.add_key(name="Other", areas=["living_room"])
    flow = await bridge.reconfigure("Display")
    shown = {str(field): field.description for field in flow["data_schema"].schema}
    assert shown["areas"] == {"suggested_value": ["living_room"]}
    form = key_form(name="Wall display", areas=["bedroom"])
    assert (await bridge.submit(flow, form))["reason"] == "reconfigure_successful"
    assert await bridge.entity_ids(key) == {"input_boolean.bedroom_lamp"}
    assert await bridge.entity_ids(other) == {"input_boolean.living_room_lamp"}
    assert (await (await bridge.get("/key", key)).json())["name"] == "Wall display"


async def test_edit_with_bad_input(bridge: Bridge) -> None:
    """The form of an existing key is checked as that of a new one."""
    await bridge.add_key(name="Display", areas=["living_room"])
    flow = await bridge.submit(await bridge.reconfigure("Display"), key_form(name=""))
    assert flow["errors"] == {"name": "invalid_name", "everything": "empty_scope"}


async def test_remove(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key that was removed is refused on the next request; the others live on."""
    key = await bridge.add_key(name="Display", everything=True)
    other = await bridge.add_key(name="Other", everything=True)
    assert (await bridge.get("/api/", key)).status == 200
    hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Display"))
    await hass.async_block_till_done()
    assert (await bridge.get("/api/", key)).status == 401
    assert (await bridge.get("/api/", other)).status == 200
