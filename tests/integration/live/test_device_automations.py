"""What devices offer: triggers, conditions and actions, and their options."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockModule, MockPlatform, mock_integration, mock_platform

from tests.integration.live.client import LiveClient, live
from tests.integration.live.registry_house import MARKER, Manor, components, ensure_nothing_hidden, manor

__all__ = ["components", "manor"]

KINDS = ("action", "condition", "trigger")


class Buttons(MockPlatform):
    """What the device of an integration offers as a whole."""

    @staticmethod
    async def async_get_triggers(_hass: HomeAssistant, device_id: str) -> list[dict[str, Any]]:
        """Return a button."""
        return [{"platform": "device", "domain": "test", "device_id": device_id, "type": f"pressed_{MARKER}"}]


@pytest.fixture
async def gadget(manor: Manor) -> Manor:
    """Give the lamp's device a light in another room, a switch, and a button."""
    assert await async_setup_component(manor.hass, "device_automation", {})
    mock_integration(manor.hass, MockModule("test"))
    mock_platform(manor.hass, "test.device_trigger", Buttons())
    registry = er.async_get(manor.hass)
    for domain, name in (("light", f"far_{MARKER}"), ("switch", f"plug_{MARKER}")):
        entry = registry.async_get_or_create(
            domain, "test", name, suggested_object_id=name, original_name=name, device_id=manor.lamp_device,
            config_entry=next(iter(manor.hass.config_entries.async_entries("test"))),
        )  # fmt: skip
        registry.async_update_entity(entry.entity_id, area_id="bedroom")
        manor.hass.states.async_set(entry.entity_id, "on", {"supported_color_modes": ["brightness"]})
    manor.hass.states.async_set("light.lamp", "on", {"supported_color_modes": ["brightness"]})
    return manor


def ordered(items: Any) -> list[str]:
    """Return automations in an order: Home Assistant's own is random."""
    return sorted(map(str, (sorted(item.items(), key=str) for item in items)))


@pytest.mark.parametrize("kind", KINDS)
async def test_equal_to_home_assistants_own(gadget: Manor, own: LiveClient, ours: LiveClient, kind: str) -> None:
    """Lists and options, for a key that sees everything."""
    for device_id in (gadget.lamp_device, gadget.hidden_device, gadget.hub_device):
        lists = [await client.result(f"device_automation/{kind}/list", device_id=device_id) for client in (own, ours)]
        assert ordered(lists[0]) == ordered(lists[1])
        for item in lists[0]:
            fields = {kind: item}
            options = [
                await client.result(f"device_automation/{kind}/capabilities", **fields) for client in (own, ours)
            ]
            assert options[0] == options[1]
    lamp = {"device_id": gadget.lamp_device, "domain": "light", "type": "turn_on", "entity_id": gadget.lamp_entry}
    for fields in ({kind: {**lamp, "domain": "nowhere"}}, {kind: {**lamp, "entity_id": "0" * 32}}, {kind: 1}, {}):
        errors = [await client.command(f"device_automation/{kind}/capabilities", **fields) for client in (own, ours)]
        assert [{**error, "id": 0} for error in errors[:1]] == [{**error, "id": 0} for error in errors[1:]]
    errors = [await client.error(f"device_automation/{kind}/list", device_id="none") for client in (own, ours)]
    assert errors[0] == errors[1]


@pytest.mark.parametrize("action", [{}, {"domain": 1}, {"domain": "light"}, {"domain": "light", "entity_id": []}])
async def test_an_incomplete_action(
    gadget: Manor, own: LiveClient, ours: LiveClient, action: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The error says what is wrong. Home Assistant's own is unknown, and the log has a traceback."""
    del gadget
    assert (await own.error("device_automation/action/capabilities", action=action))["code"] == "unknown_error"
    caplog.clear()
    error = await ours.error("device_automation/action/capabilities", action=action)
    assert (error["code"], error["message"]) == ("invalid_format", "The action is incomplete or invalid.")
    assert not caplog.get_records("call")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_narrow_key(gadget: Manor, ours: LiveClient, kind: str) -> None:
    """It gets what entities in scope offer, and learns nothing of other entities of the device."""
    secret = await gadget.bridge.add_key(areas=["living_room"])
    whole = await ours.result(f"device_automation/{kind}/list", device_id=gadget.lamp_device)
    async with live(gadget.bridge, secret) as client:
        found = await client.result(f"device_automation/{kind}/list", device_id=gadget.lamp_device)
        assert ordered(found) == ordered(item for item in whole if item.get("entity_id") == gadget.lamp_entry)
        assert 0 < len(found) < len(whole)
        for item in found:
            options = await client.result(f"device_automation/{kind}/capabilities", **{kind: item})
            assert options == await ours.result(f"device_automation/{kind}/capabilities", **{kind: item})
        hidden, missing = [
            await client.error(f"device_automation/{kind}/list", device_id=item)
            for item in (gadget.hidden_device, "0" * 32)
        ]
        assert hidden == missing
        ensure_nothing_hidden(client)


@pytest.mark.parametrize("kind", KINDS)
async def test_options_of_what_is_hidden(gadget: Manor, kind: str) -> None:
    """Nothing tells a hidden entity from a missing one, and another device or domain opens nothing."""
    far = er.async_get(gadget.hass).async_get(f"light.far_{MARKER}")
    assert far is not None
    type_ = {"action": "turn_on", "condition": "is_on", "trigger": "turned_on"}[kind]
    lamp = {"device_id": gadget.lamp_device, "domain": "light", "type": type_, "entity_id": gadget.lamp_entry}
    if kind != "action":
        lamp |= {"condition" if kind == "condition" else "platform": "device"}
    secret = await gadget.bridge.add_key(areas=["living_room"])
    async with live(gadget.bridge, secret) as client:

        async def options(**fields: Any) -> Any:
            return await client.result(f"device_automation/{kind}/capabilities", **{kind: {**lamp, **fields}})

        assert await options() != {}
        assert await options(entity_id="light.lamp") != {}
        for fields in (
            {"entity_id": far.id}, {"entity_id": far.entity_id}, {"entity_id": "0" * 32}, {"entity_id": 1},
            {"device_id": gadget.hidden_device}, {"domain": "test"}, {"domain": "switch"},
        ):  # fmt: skip
            assert await options(**fields) == {}


async def test_moved_while_it_is_listed(gadget: Manor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Items that leave the scope during the command are not sent."""
    from homeassistant.components.light import device_action  # noqa: PLC0415 - patched below

    read, device = device_action.async_get_actions, gadget.lamp_device

    async def moving(hass: HomeAssistant, device_id: str) -> list[dict[str, str]]:
        found = await read(hass, device_id)
        dr.async_get(hass).async_update_device(device, area_id="bedroom")
        return found

    monkeypatch.setattr(device_action, "async_get_actions", moving)
    secret = await gadget.bridge.add_key(areas=["living_room"])
    async with live(gadget.bridge, secret) as client:
        assert await client.result("device_automation/action/list", device_id=device) == []
        ensure_nothing_hidden(client)
