"""Persons, zones and tags, and the integrations that provide entities."""

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import entity_sources

from ..keys import Capability
from .caller import Caller
from .declaration import Operation
from .registries import prepare, revealed_to
from .registry_entries import picture

SOURCES: Final = Operation("entities.sources", Capability.READ, everything=True)
PERSONS: Final = Operation("persons.list", Capability.READ, everything=True, adds=(Capability.IMAGES,))
ZONES: Final = Operation("zones.list", Capability.READ, everything=True, adds=(Capability.LOCATION,))
TAGS: Final = Operation("tags.list", Capability.READ, everything=True)

_PERSON: Final = "person"
_ZONE: Final = "zone"
_TAG: Final = "tag"
_STORAGE: Final = "storage"
_CONFIG: Final = "config"
_PLACE: Final = ("latitude", "longitude", "radius")
_DEVICE: Final = "device_id"
_MIGRATED: Final = "migrated"
"""A member of tags that Home Assistant hides too."""


def sources(caller: Caller) -> dict[str, dict[str, str]]:
    """Return the integration of each loaded entity in scope."""
    allows = caller.home.allows
    return {name: {"domain": item["domain"]} for name, item in entity_sources(caller.hass).items() if allows(name)}


def persons(caller: Caller) -> dict[str, list[dict[str, Any]]]:
    """Return the persons in scope, from the UI and from YAML."""
    return {place: [_person(caller, item) for item in _items(caller, _PERSON, place)] for place in (_STORAGE, _CONFIG)}


def zones(caller: Caller) -> list[dict[str, Any]]:
    """Return the zones in scope that were created in the UI. Without `location`, the coordinates are 0."""
    return [
        {**{name: 0 for name in _PLACE if name in item}, **caller.redaction.value(item)}
        for item in _items(caller, _ZONE, _STORAGE)
    ]


async def tags(caller: Caller) -> list[dict[str, Any]]:
    """Return the tags in scope."""
    await prepare(caller)
    return [_tag(caller, item) for item in _items(caller, _TAG, _STORAGE)]


def _person(caller: Caller, item: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = caller.redaction.value(item)
    if "device_trackers" in item:
        shown["device_trackers"] = list(filter(caller.home.allows, item["device_trackers"]))
    if "picture" in item:
        shown["picture"] = picture(item["picture"], caller.redaction)
    return shown


def _tag(caller: Caller, item: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in item.items() if name != _MIGRATED}
    if (name := caller.home.item_name(_TAG, item["id"])) is not None:
        shown["name"] = name
    if _DEVICE in shown and not revealed_to(caller).has_device(shown[_DEVICE]):
        shown[_DEVICE] = None
    redacted: dict[str, Any] = caller.redaction.value(shown)
    return redacted


def _items(caller: Caller, domain: str, place: str) -> Iterator[dict[str, Any]]:
    """Yield the items of a collection whose entities are in scope. Yields nothing if the integration is not set up."""
    collection = _collection(caller.hass, domain, place)
    for item in () if collection is None else collection.async_items():
        if caller.home.shows_item(domain, item["id"]):
            yield item


def _collection(hass: HomeAssistant, domain: str, place: str) -> Any:  # noqa: ANN401 - a collection of Home Assistant's
    """Return the collection of an integration. Its location differs between versions of Home Assistant."""
    data: Any = hass.data.get(domain)
    if isinstance(data, tuple):
        return data[0 if place == _CONFIG else 1]
    return getattr(data, "yaml_collection" if place == _CONFIG else "storage_collection", data)
