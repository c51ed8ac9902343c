"""Commands for targets and related items."""

from enum import StrEnum
from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from ...operations import related, selections
from ..command import Commands, Request

commands = Commands()

_TARGET: Final[dict[Any, Any]] = {vol.Required("target"): cv.TARGET_FIELDS}
_USABLE: Final[dict[Any, Any]] = {**_TARGET, vol.Optional("expand_group", default=True): bool}


class ItemType(StrEnum):
    """The item types that `search/related` accepts, as in Home Assistant."""

    AREA = "area"
    AUTOMATION = "automation"
    AUTOMATION_BLUEPRINT = "automation_blueprint"
    CONFIG_ENTRY = "config_entry"
    DEVICE = "device"
    ENTITY = "entity"
    FLOOR = "floor"
    GROUP = "group"
    INTEGRATION = "integration"
    LABEL = "label"
    PERSON = "person"
    SCENE = "scene"
    SCRIPT = "script"
    SCRIPT_BLUEPRINT = "script_blueprint"


@commands.command(
    "extract_from_target",
    selections.EXTRACT,
    {
        **_TARGET,
        vol.Optional("expand_group", default=False): bool,
        vol.Optional("primary_entities_only", default=True): bool,
    },
)
async def extract_from_target(request: Request) -> dict[str, set[str]]:
    """Return what a target selects within the scope."""
    message = request.message
    found = await selections.select(
        request.caller,
        message["target"],
        expands_groups=message["expand_group"],
        primary_only=message["primary_entities_only"],
    )
    missing = ("device_id", "area_id", "floor_id", "label_id")
    return {
        "referenced_entities": found.named | found.reached,
        "referenced_devices": found.devices,
        "referenced_areas": found.areas,
        **{f"missing_{name.removesuffix('_id')}s": found.missing.get(name, set()) for name in missing},
    }


@commands.command("get_triggers_for_target", selections.TRIGGERS, _USABLE)
async def get_triggers_for_target(request: Request) -> set[str]:
    """Return the triggers that can be used with the entities of a target."""
    message = request.message
    return await selections.usable_triggers(request.caller, message["target"], expands_groups=message["expand_group"])


@commands.command("get_conditions_for_target", selections.CONDITIONS, _USABLE)
async def get_conditions_for_target(request: Request) -> set[str]:
    """Return the conditions that can be used with the entities of a target."""
    message = request.message
    return await selections.usable_conditions(request.caller, message["target"], expands_groups=message["expand_group"])


@commands.command("get_services_for_target", selections.SERVICES, _USABLE)
async def get_services_for_target(request: Request) -> set[str]:
    """Return the services that the key may call with the entities of a target."""
    message = request.message
    return await selections.usable_services(request.caller, message["target"], expands_groups=message["expand_group"])


@commands.command(
    "search/related",
    related.SEARCH,
    {
        vol.Required("item_type"): vol.Coerce(ItemType),
        vol.Required("item_id"): str,
        vol.Optional("include_disabled_entities", default=False): bool,
    },
)
async def search_related(request: Request) -> dict[str, set[str]]:
    """Return the items in scope that are related to an item."""
    message = request.message
    return await related.search(
        request.caller,
        message["item_type"].value,
        message["item_id"],
        includes_disabled=message["include_disabled_entities"],
    )
