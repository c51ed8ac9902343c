"""Device automations: the triggers, conditions and actions that a device offers, within a scope.

A key with a limited scope gets what the domains of the entities in scope offer for these entities. What an integration
offers for a device as a whole is left out, because it can depend on entities of the device that are out of scope.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.components import device_automation
from homeassistant.components.device_automation import DeviceAutomationType
from homeassistant.components.device_automation.exceptions import DeviceNotFound, InvalidDeviceAutomationConfig
from homeassistant.const import ATTR_ENTITY_ID, CONF_DEVICE_ID, CONF_DOMAIN, CONF_TYPE
from homeassistant.helpers import entity_registry as er

from ..keys import Capability
from ..refusal import Refusal, bad_request, not_found
from .caller import Caller
from .declaration import Operation
from .registries import prepare, revealed_to

LIST: Final = Operation("device_automations.list", Capability.READ)
CAPABILITIES: Final = Operation("device_automations.capabilities", Capability.READ)

type Automation = Mapping[str, Any]

_NO_DEVICE: Final = "Device not found"
_METADATA: Final = "metadata"
_SECONDARY: Final = "secondary"
_FIELDS: Final = frozenset({"condition", "device_id", "domain", "entity_id", "platform", "subtype", "type"})
"""The fields that identify an automation of an entity. A client may send others, which could name anything."""


async def listed(caller: Caller, kind: DeviceAutomationType, device_id: str) -> list[Automation]:
    """Return the automations of a kind that a device offers.

    Raises:
        RefusedError: The device does not exist, or has no entity in scope.

    """
    await prepare(caller)
    sees_everything = caller.home.scope.scope.is_everything
    if not revealed_to(caller).has_device(device_id):
        # The refusal is the same whether there is such a device or not, and so is the work.
        raise not_found(_NO_DEVICE, hidden=None if sees_everything else Refusal.SCOPE)
    find = _all if sees_everything else _of_entities
    try:
        found = await find(caller, kind, device_id)
    except DeviceNotFound as err:
        raise not_found(_NO_DEVICE) from err
    caller.ensure_unchanged()
    return [caller.redaction.value(item) for item in found]


async def capabilities(caller: Caller, kind: DeviceAutomationType, automation: Automation) -> Automation:
    """Return the options of an automation: of one that is out of scope none, as of one that does not exist.

    Raises:
        RefusedError: Home Assistant cannot read the automation.

    """
    if not caller.home.scope.scope.is_everything:
        is_shown = _is_shown(caller, automation)
        automation = {name: value for name, value in automation.items() if name in _FIELDS}
        if not is_shown:
            return {}
    find = device_automation._async_get_device_automation_capabilities  # noqa: SLF001 - there is no other
    try:
        found = await find(caller.hass, kind, automation)
    except (AttributeError, LookupError, TypeError, ValueError, vol.Invalid) as err:
        # Home Assistant does not check the fields of an automation before it uses them.
        raise bad_request(f"The {kind.name.lower()} is incomplete or invalid.") from err
    caller.ensure_unchanged()
    shown: Automation = caller.redaction.value(found)
    return shown


async def _all(caller: Caller, kind: DeviceAutomationType, device_id: str) -> Iterable[Automation]:
    found = await device_automation.async_get_device_automations(caller.hass, kind, [device_id])
    return found.get(device_id, ())


async def _of_entities(caller: Caller, kind: DeviceAutomationType, device_id: str) -> Iterable[Automation]:
    """Return the automations of the entities of a device that are in scope. Only their domains are asked."""
    entries = _entries(caller, device_id).values()
    caller.activity.reached = frozenset(entry.entity_id for entry in entries)
    found: list[dict[str, Any]] = []
    for domain in sorted({entry.domain for entry in entries}):
        try:
            platform = await device_automation.async_get_device_automation_platform(caller.hass, domain, kind)
            found += await getattr(platform, kind.value.get_automations_func)(caller.hass, device_id)
        except InvalidDeviceAutomationConfig:
            # The domain offers none of this kind.
            continue
    # The scope may have changed in the meantime.
    shown = _entries(caller, device_id)
    return [_completed(item, shown[item[ATTR_ENTITY_ID]]) for item in found if item.get(ATTR_ENTITY_ID) in shown]


def _entries(caller: Caller, device_id: str) -> dict[str, er.RegistryEntry]:
    """Return the entries of the enabled entities of a device that are in scope, by the ID of the entry."""
    entries = er.async_entries_for_device(er.async_get(caller.hass), device_id)
    return {entry.id: entry for entry in entries if caller.home.allows(entry.entity_id)}


def _completed(automation: dict[str, Any], entry: er.RegistryEntry) -> Automation:
    """Return an automation with the metadata that Home Assistant adds."""
    metadata = {_SECONDARY: bool(entry.entity_category or entry.hidden_by), **automation.get(_METADATA, {})}
    return {**automation, _METADATA: metadata}


def _is_shown(caller: Caller, automation: Automation) -> bool:
    """Return whether an automation is about an entity in scope, its device and its domain."""
    named, entities = automation.get(ATTR_ENTITY_ID), er.async_get(caller.hass).entities
    # Both look-ups are always made, so that a hidden entity takes the same work as a missing one.
    found = [entities.get(named), entities.get_entry(named)] if isinstance(named, str) else []
    entry = next(filter(None, found), None)
    entity_id = entry.entity_id if entry is not None else ""
    if not caller.home.allows(entity_id) or entry is None or not isinstance(automation.get(CONF_TYPE), str):
        return False
    return (entry.device_id, entry.domain) == (automation.get(CONF_DEVICE_ID), automation.get(CONF_DOMAIN))
