"""Functions for administrators: enabling a key, replacing its secret, clearing the cache."""

import pytest
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockUser

from tests.integration.house import Bridge

SWITCH = "switch.display_enabled"


@pytest.fixture
async def resident(hass: HomeAssistant, hass_admin_user: MockUser) -> Context:
    """Return the context of a user who is no administrator."""
    assert hass_admin_user.is_admin  # the first user is the owner
    user = await hass.auth.async_create_user("Resident", group_ids=[GROUP_ID_USER])
    return Context(user_id=user.id)


async def call(hass: HomeAssistant, action: str, context: Context, entity_id: str = SWITCH) -> None:
    """Call an action, and wait for all that it starts."""
    domain, service = action.split(".")
    await hass.services.async_call(domain, service, {"entity_id": entity_id}, blocking=True, context=context)
    await hass.async_block_till_done()


@pytest.mark.parametrize("action", ["switch.turn_on", "switch.toggle", "homeassistant.turn_on", "homeassistant.toggle"])
async def test_only_administrators_open_a_key(
    bridge: Bridge, hass: HomeAssistant, resident: Context, hass_admin_user: MockUser, action: str
) -> None:
    """Only administrators can enable a key. All users can disable one."""
    assert await async_setup_component(hass, "homeassistant", {})
    key = await bridge.add_key(name="Display")
    await call(hass, "switch.turn_off", resident)
    assert (await bridge.get("/api/", key)).status == 401
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, action, resident)
    assert refused.value.translation_key == "administrators_only"
    assert (await bridge.get("/api/", key)).status == 401
    await call(hass, action, Context(user_id=hass_admin_user.id))
    assert (await bridge.get("/api/", key)).status == 200


@pytest.mark.parametrize("button", ["button.drawbridge_clear_cache", "button.display_replace_secret"])
async def test_only_administrators_press_buttons(
    bridge: Bridge, hass: HomeAssistant, resident: Context, button: str
) -> None:
    """Only administrators can clear the cache or replace a secret."""
    await bridge.get("/api/states", await bridge.add_key(name="Display"))
    with pytest.raises(ServiceValidationError):
        await call(hass, "button.press", resident, button)
    assert bridge.entry.runtime_data.states.size > 0
    await call(hass, "button.press", Context(), button)


async def test_a_user_who_is_gone_opens_nothing(bridge: Bridge, hass: HomeAssistant) -> None:
    """The context of a deleted user does not allow anything."""
    await bridge.add_key(name="Display")
    with pytest.raises(HomeAssistantError):
        await call(hass, "switch.turn_on", Context(user_id="gone"))


async def test_a_scene_opens_no_key_for_a_resident(bridge: Bridge, hass: HomeAssistant, resident: Context) -> None:
    """A scene acts for the user who applies it."""
    key = await bridge.add_key(name="Display")
    assert await async_setup_component(hass, "scene", {})
    await call(hass, "switch.turn_off", resident)
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call("scene", "apply", {"entities": {SWITCH: "on"}}, blocking=True, context=resident)
    assert (await bridge.get("/api/", key)).status == 401


@pytest.mark.parametrize("nested", [False, True])
async def test_an_automation_acts_for_whoever_started_it_by_hand(
    bridge: Bridge, hass: HomeAssistant, resident: Context, *, nested: bool
) -> None:
    """An automation that a user runs acts for this user. By its trigger, it acts for its author."""
    trigger = {"trigger": "event", "event_type": "guests"}
    open_key = {"action": "switch.turn_on", "target": {"entity_id": SWITCH}}
    start = {"action": "automation.trigger", "target": {"entity_id": "automation.open"}}
    config = [
        {"alias": "open", "triggers": [trigger], "actions": [open_key]},
        {"alias": "start", "triggers": [], "actions": [start]},
    ]
    key = await bridge.add_key(name="Display")
    assert await async_setup_component(hass, "automation", {"automation": config})
    await call(hass, "switch.turn_off", resident)
    await call(hass, "automation.trigger", resident, f"automation.{'start' if nested else 'open'}")
    assert (await bridge.get("/api/", key)).status == 401
    hass.bus.async_fire("guests")
    await hass.async_block_till_done()
    assert (await bridge.get("/api/", key)).status == 200
