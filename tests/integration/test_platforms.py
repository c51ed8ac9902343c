"""Diagnostics, system health, migration, and the blueprint."""

import json
import shutil
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.drawbridge import diagnostics, system_health
from tests.integration.house import Bridge

BLUEPRINT = Path("blueprints/automation/drawbridge/wrong_key.yaml")


async def test_diagnostics_hold_no_secret_and_no_address(bridge: Bridge, hass: HomeAssistant) -> None:
    """Diagnostics contain no secret and no address, because users publish them."""
    key = await bridge.add_key(name="Display", limits={"local_only": False, "networks": ["127.0.0.0/8"]})
    await bridge.get("/api/states", key)
    await bridge.get("/metrics", key)
    told = await diagnostics.async_get_config_entry_diagnostics(hass, bridge.entry)
    text = json.dumps(told)
    stored = bridge.entry.subentries[bridge.key_id("Display")].data["secrets"][0]["digest"]
    assert not any(item in text for item in (key, key[4:20], stored, "127.0.0"))
    assert told["keys"][0]["requests"] == 2
    assert told["keys"][0]["refused"] == 1
    assert told["audit"][-1]["reason"] == "capability"
    assert told["metrics"]["schema"] == 1


async def test_diagnostics_of_a_device(bridge: Bridge, hass: HomeAssistant) -> None:
    """For one key, or for the bridge."""
    await bridge.add_key(name="Display")
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), bridge.entry.entry_id)
    told = {
        str(device.name): await diagnostics.async_get_device_diagnostics(hass, bridge.entry, device)
        for device in devices
    }
    assert told["Display"]["key"]["name"] == "Display"
    assert "metrics" in told["Drawbridge"]


async def test_system_health(bridge: Bridge, hass: HomeAssistant) -> None:
    """Everything that it says has a name."""
    assert await async_setup_component(hass, "system_health", {})
    await bridge.add_key(name="Display")
    registered: list[Any] = []

    class Registration:
        def async_register_info(self, info: Any, url: str) -> None:
            registered.extend((info, url))

    system_health.async_register(hass, Registration())  # type: ignore[arg-type]  # what is asked of it is there
    told = await registered[0](hass)
    assert told["keys"] == 1
    assert told["health_score"] == "100 / 100"
    assert registered[1] == "/config/integrations/integration/drawbridge"
    await hass.config_entries.async_unload(bridge.entry.entry_id)
    assert await registered[0](hass) == {"keys": 0}


def old_entry(version: int, minor_version: int) -> MockConfigEntry:
    """Return an entry as an earlier version kept it: its key knows neither limits nor learn mode."""
    key = {"secrets": [{"digest": "0" * 64}], "capabilities": ["read"], "scope": {"everything": True}}
    subentry = ConfigSubentryData(data=key, subentry_type="api_key", title="Old", unique_id=None)
    return MockConfigEntry(
        domain="drawbridge",
        title="Drawbridge",
        version=version,
        minor_version=minor_version,
        subentries_data=[subentry],
    )


async def test_migration(house: HomeAssistant) -> None:
    """A key of an earlier version is written out in full, and goes on working."""
    entry = old_entry(1, 1)
    entry.add_to_hass(house)
    assert await house.config_entries.async_setup(entry.entry_id)
    await house.async_block_till_done()
    assert (entry.version, entry.minor_version) == (1, 2)
    (subentry,) = entry.subentries.values()
    assert subentry.data["enabled"] is True
    assert subentry.data["learning"] is False
    assert entry.options["per_minute"] == 1000
    assert [key.name for key in entry.runtime_data.keys] == ["Old"]


async def test_a_later_version_is_refused(house: HomeAssistant) -> None:
    """A config entry of a later version is refused, because it may have other limits."""
    entry = old_entry(2, 1)
    entry.add_to_hass(house)
    assert not await house.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR


async def test_the_blueprint_tells_of_a_wrong_key(bridge: Bridge, hass: HomeAssistant) -> None:
    """It is installed as a person would, and runs the person's actions."""
    target = Path(hass.config.path("blueprints", "automation", "drawbridge"))
    await hass.async_add_executor_job(lambda: target.mkdir(parents=True, exist_ok=True))
    await hass.async_add_executor_job(shutil.copy, BLUEPRINT, target / "wrong_key.yaml")
    inputs = {
        "security_event": "event.drawbridge_security",
        "actions": [{"event": "told", "event_data": {"message": "{{ message }}"}}],
    }
    use = {"use_blueprint": {"path": "drawbridge/wrong_key.yaml", "input": inputs}}
    assert await async_setup_component(hass, "automation", {"automation": [use]})
    await hass.async_block_till_done()
    told: list[Event[Any]] = []
    hass.bus.async_listen("told", told.append)
    await bridge.get("/api/", "dbk_wrong")
    await hass.async_block_till_done()
    assert [event.data["message"] for event in told] == ["A client sent an invalid key"]
    await hass.async_add_executor_job(shutil.rmtree, target)
