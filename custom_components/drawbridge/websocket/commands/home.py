"""Commands for Home Assistant itself, its integrations, and the persons, zones and tags in scope."""

from typing import Any

import voluptuous as vol

from ...operations import config as config_operations, home_items, integrations
from ..command import Commands, Request

commands = Commands()


@commands.command("get_config", config_operations.READ)
def get_config(request: Request) -> dict[str, Any]:
    """Return Home Assistant's configuration. Hidden values are 0 or empty."""
    return config_operations.complete(request.caller)


@commands.command("manifest/list", integrations.MANIFESTS, {vol.Optional("integrations"): [str]})
async def list_manifests(request: Request) -> list[Any]:
    """Return the manifests of the integrations that the scope reveals."""
    return await integrations.manifests(request.caller, request.message.get("integrations"))


@commands.command("manifest/get", integrations.MANIFEST, {vol.Required("integration"): str})
async def get_manifest(request: Request) -> Any:  # noqa: ANN401 - a fragment of JSON
    """Return the manifest of an integration that the scope reveals."""
    return await integrations.manifest(request.caller, request.message["integration"])


@commands.command("integration/setup_info", integrations.SETUP_TIMES)
def setup_info(request: Request) -> list[dict[str, Any]]:
    """Return the setup times of integrations, if the key has a scope without limits."""
    return integrations.setup_times(request.caller)


@commands.command("entity/source", home_items.SOURCES)
def entity_source(request: Request) -> dict[str, dict[str, str]]:
    """Return the integration of each entity in scope."""
    return home_items.sources(request.caller)


@commands.command("person/list", home_items.PERSONS)
def list_persons(request: Request) -> dict[str, list[dict[str, Any]]]:
    """Return the persons in scope."""
    return home_items.persons(request.caller)


@commands.command("zone/list", home_items.ZONES)
def list_zones(request: Request) -> list[dict[str, Any]]:
    """Return the zones in scope."""
    return home_items.zones(request.caller)


@commands.command("tag/list", home_items.TAGS)
async def list_tags(request: Request) -> list[dict[str, Any]]:
    """Return the tags in scope."""
    return await home_items.tags(request.caller)
