"""Commands for the registries, filtered by scope."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from ...operations import registries as operations
from ...operations.caller import Caller
from ..command import Answered, Commands, Request
from ..large import send_current

commands = Commands()


@commands.command("config/entity_registry/list", operations.ENTITIES)
async def list_entities(request: Request) -> Answered:
    """Return the entries of the entities in scope."""
    return await _send(request, operations.entities)


@commands.command("config/entity_registry/list_for_display", operations.ENTITIES)
async def list_entities_for_display(request: Request) -> Answered:
    """Return the short entries of the entities in scope."""
    return await _send(request, operations.entities_for_display)


@commands.command("config/entity_registry/get", operations.ENTITY, {vol.Required("entity_id"): cv.entity_id})
def get_entity(request: Request) -> dict[str, Any]:
    """Return the entry of an entity with all fields."""
    return operations.entity(request.caller, request.message["entity_id"])


@commands.command("config/entity_registry/get_entries", operations.ENTITY, {vol.Required("entity_ids"): cv.entity_ids})
def get_entities(request: Request) -> dict[str, dict[str, Any] | None]:
    """Return the entries of entities with all fields, by entity ID."""
    return operations.entities_by_id(request.caller, request.message["entity_ids"])


@commands.command("config/device_registry/list", operations.DEVICES)
async def list_devices(request: Request) -> Answered:
    """Return the entries of the devices with an entity in scope."""
    return await _send(request, operations.devices)


@commands.command("config/area_registry/list", operations.AREAS)
async def list_areas(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the areas that the scope reveals."""
    return await operations.areas(request.caller)


@commands.command("config/floor_registry/list", operations.FLOORS)
async def list_floors(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the floors that the scope reveals."""
    return await operations.floors(request.caller)


@commands.command("config/label_registry/list", operations.LABELS)
async def list_labels(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the labels that the scope reveals."""
    return await operations.labels(request.caller)


@commands.command("config/category_registry/list", operations.CATEGORIES, {vol.Required("scope"): str})
async def list_categories(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the categories of the entities in scope."""
    return await operations.categories(request.caller, request.message["scope"])


async def _send(request: Request, entries: Callable[[Caller], Awaitable[list[bytes]]]) -> Answered:
    """Send entries as they are when they are sent."""
    return await send_current(request, partial(entries, request.caller), partial(operations.revision, request.caller))
