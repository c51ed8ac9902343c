"""Commands for the registries, filtered by scope."""

from typing import Any

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.json import json_fragment

from ...operations import registries as operations
from ..command import Commands, Request

commands = Commands()


@commands.command("config/entity_registry/list", operations.ENTITIES)
async def list_entities(request: Request) -> json_fragment:
    """Return the entries of the entities in scope."""
    return await operations.entities(request.caller)


@commands.command("config/entity_registry/list_for_display", operations.ENTITIES)
async def list_entities_for_display(request: Request) -> json_fragment:
    """Return the short entries of the entities in scope."""
    return await operations.entities_for_display(request.caller)


@commands.command("config/entity_registry/get", operations.ENTITY, {vol.Required("entity_id"): cv.entity_id})
def get_entity(request: Request) -> dict[str, Any]:
    """Return the entry of an entity with all fields."""
    return operations.entity(request.caller, request.message["entity_id"])


@commands.command("config/entity_registry/get_entries", operations.ENTITY, {vol.Required("entity_ids"): cv.entity_ids})
def get_entities(request: Request) -> dict[str, dict[str, Any] | None]:
    """Return the entries of entities with all fields, by entity ID."""
    return operations.entities_by_id(request.caller, request.message["entity_ids"])


@commands.command("config/device_registry/list", operations.DEVICES)
async def list_devices(request: Request) -> json_fragment:
    """Return the entries of the devices with an entity in scope."""
    return await operations.devices(request.caller)


@commands.command("config/area_registry/list", operations.AREAS)
def list_areas(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the areas that the scope reveals."""
    return operations.areas(request.caller)


@commands.command("config/floor_registry/list", operations.FLOORS)
def list_floors(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the floors that the scope reveals."""
    return operations.floors(request.caller)


@commands.command("config/label_registry/list", operations.LABELS)
def list_labels(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the labels that the scope reveals."""
    return operations.labels(request.caller)


@commands.command("config/category_registry/list", operations.CATEGORIES, {vol.Required("scope"): str})
def list_categories(request: Request) -> list[dict[str, Any]]:
    """Return the entries of the categories of the entities in scope."""
    return operations.categories(request.caller, request.message["scope"])
