"""Commands for the triggers, conditions and actions that devices offer."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.components.device_automation import DEVICE_TRIGGER_BASE_SCHEMA, DeviceAutomationType
from homeassistant.helpers import config_validation as cv

from ...operations import device_automations as operations
from ...operations.device_automations import Automation
from ..command import Commands, Request

commands = Commands()

_DEVICE: Final[dict[Any, Any]] = {vol.Required("device_id"): str}
_CONDITION: Final = cv.DEVICE_CONDITION_BASE_SCHEMA.extend({}, extra=vol.ALLOW_EXTRA)
_TRIGGER: Final = vol.All(
    # Clients send the member `trigger`, and the schema has `platform`.
    cv._trigger_pre_validator,  # noqa: SLF001 - as Home Assistant's own command
    DEVICE_TRIGGER_BASE_SCHEMA.extend({}, extra=vol.ALLOW_EXTRA),
)


@commands.command("device_automation/action/list", operations.LIST, _DEVICE)
async def list_actions(request: Request) -> list[Automation]:
    """Return the actions that a device offers."""
    return await operations.listed(request.caller, DeviceAutomationType.ACTION, request.message["device_id"])


@commands.command("device_automation/condition/list", operations.LIST, _DEVICE)
async def list_conditions(request: Request) -> list[Automation]:
    """Return the conditions that a device offers."""
    return await operations.listed(request.caller, DeviceAutomationType.CONDITION, request.message["device_id"])


@commands.command("device_automation/trigger/list", operations.LIST, _DEVICE)
async def list_triggers(request: Request) -> list[Automation]:
    """Return the triggers that a device offers."""
    return await operations.listed(request.caller, DeviceAutomationType.TRIGGER, request.message["device_id"])


@commands.command("device_automation/action/capabilities", operations.CAPABILITIES, {vol.Required("action"): dict})
async def action_capabilities(request: Request) -> Automation:
    """Return the options of an action of a device."""
    return await operations.capabilities(request.caller, DeviceAutomationType.ACTION, request.message["action"])


@commands.command(
    "device_automation/condition/capabilities", operations.CAPABILITIES, {vol.Required("condition"): _CONDITION}
)
async def condition_capabilities(request: Request) -> Automation:
    """Return the options of a condition of a device."""
    return await operations.capabilities(request.caller, DeviceAutomationType.CONDITION, request.message["condition"])


@commands.command(
    "device_automation/trigger/capabilities", operations.CAPABILITIES, {vol.Required("trigger"): _TRIGGER}
)
async def trigger_capabilities(request: Request) -> Automation:
    """Return the options of a trigger of a device."""
    return await operations.capabilities(request.caller, DeviceAutomationType.TRIGGER, request.message["trigger"])
