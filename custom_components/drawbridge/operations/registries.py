"""The registries of entities, devices, areas, floors, labels and categories, filtered by scope."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.json import json_bytes, json_fragment

from ..keys import Capability
from ..refusal import Refusal, bad_request, not_found
from ..scope.references import MAX_TARGET_IDS
from . import registry_entries as shown
from .declaration import Operation
from .revealed import Revealed

if TYPE_CHECKING:
    from .caller import Caller

ENTITIES: Final = Operation("registries.entities", Capability.READ, everything=True)
ENTITY: Final = Operation("registries.entity", Capability.READ, names=("entity_id", "entity_ids"))
DEVICES: Final = Operation("registries.devices", Capability.READ, everything=True)
AREAS: Final = Operation("registries.areas", Capability.READ, everything=True)
FLOORS: Final = Operation("registries.floors", Capability.READ, everything=True)
LABELS: Final = Operation("registries.labels", Capability.READ, everything=True)
CATEGORIES: Final = Operation("registries.categories", Capability.READ, everything=True)

_AT_ONCE: Final = 100
"""The number of entries to encode before yielding to the event loop."""
_NO_ENTITY: Final = "Entity not found"


def revealed_to(caller: Caller) -> Revealed:
    """Return what the caller's scope currently reveals of the registries."""
    resources = caller.resources
    return resources.revealed.find(caller.hass, resources.directory, caller.home.scope)


async def entities(caller: Caller) -> json_fragment:
    """Return the entries of all entities in scope."""
    return json_fragment(await _listed(caller, _entities))


async def entities_for_display(caller: Caller) -> json_fragment:
    """Return the short entries of all enabled entities in scope."""
    listed = await _listed(caller, _entities_for_display)
    categories = json_bytes({str(number): name for number, name in er.ENTITY_CATEGORY_INDEX_TO_VALUE.items()})
    return json_fragment(b'{"entity_categories":%b,"entities":%b}' % (categories, listed))


def entity(caller: Caller, entity_id: str) -> dict[str, Any]:
    """Return the entry of an entity with all fields.

    Raises:
        RefusedError: The entity is not in scope, or has no entry.

    """
    entry = er.async_get(caller.hass).entities.get(entity_id)
    if not caller.home.allows(entity_id):
        raise not_found(_NO_ENTITY, hidden=Refusal.SCOPE)
    if entry is None:
        raise not_found(_NO_ENTITY)
    return shown.entity(entry, caller.redaction, extended=True)


def entities_by_id(caller: Caller, entity_ids: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """Return the entries of entities with all fields; ``None`` for entities outside the scope or without an entry.

    Raises:
        RefusedError: There are too many ids.

    """
    wanted = dict.fromkeys(entity_ids)
    if len(wanted) > MAX_TARGET_IDS:
        raise bad_request(f"The list names more than {MAX_TARGET_IDS} entities.")
    registry, found = er.async_get(caller.hass).entities, {}
    for entity_id in wanted:
        entry = registry.get(entity_id)
        is_shown = caller.home.allows(entity_id) and entry is not None
        found[entity_id] = shown.entity(entry, caller.redaction, extended=True) if is_shown and entry else None
    return found


async def devices(caller: Caller) -> json_fragment:
    """Return the entries of all devices that are revealed."""
    return json_fragment(await _listed(caller, _devices))


def areas(caller: Caller) -> list[dict[str, Any]]:
    """Return the entries of all areas that are revealed."""
    revealed, listed = revealed_to(caller), ar.async_get(caller.hass).async_list_areas()
    return [
        shown.area(entry, caller.home, revealed, caller.redaction) for entry in listed if revealed.has_area(entry.id)
    ]


def floors(caller: Caller) -> list[dict[str, Any]]:
    """Return the entries of all floors that are revealed."""
    revealed, listed = revealed_to(caller), fr.async_get(caller.hass).async_list_floors()
    return [shown.floor(entry, caller.redaction) for entry in listed if revealed.has_floor(entry.floor_id)]


def labels(caller: Caller) -> list[dict[str, Any]]:
    """Return the entries of all labels that are revealed."""
    revealed, listed = revealed_to(caller), lr.async_get(caller.hass).async_list_labels()
    return [shown.label(entry, caller.redaction) for entry in listed if revealed.has_label(entry.label_id)]


def categories(caller: Caller, scope: str) -> list[dict[str, Any]]:
    """Return the entries of all revealed categories of a scope such as ``automation``."""
    revealed, listed = revealed_to(caller), cr.async_get(caller.hass).async_list_categories(scope=scope)
    return [shown.category(entry) for entry in listed if revealed.has_category(scope, entry.category_id)]


async def _listed(caller: Caller, encode: Callable[[Caller], Iterator[bytes]]) -> bytes:
    """Return an array of encoded entries, consistent at one point in time.

    Entries that are not in the cache are encoded in slices first, so that the event loop is not blocked.

    Raises:
        RefusedError: The key was changed in the meantime.

    """
    entry_json = caller.resources.entry_json
    turn = entry_json.encoded + _AT_ONCE
    for _ in encode(caller):
        if entry_json.encoded >= turn:
            await asyncio.sleep(0)
            turn = entry_json.encoded + _AT_ONCE
    caller.ensure_unchanged()
    return b"[%b]" % b",".join(encode(caller))


def _entities(caller: Caller) -> Iterator[bytes]:
    encode, redaction = caller.resources.entry_json.encode, caller.redaction
    for entry in revealed_to(caller).entries:
        yield encode(entry.entity_id, entry, redaction, partial(shown.entity, entry, redaction))


def _entities_for_display(caller: Caller) -> Iterator[bytes]:
    encode, redaction = caller.resources.entry_json.encode, caller.redaction
    variant = "display", redaction
    for entry in revealed_to(caller).entries:
        if entry.disabled_by is None and entry.display_json_repr is not None:
            yield encode(entry.entity_id, entry, variant, partial(shown.entity_for_display, entry, redaction))


def _devices(caller: Caller) -> Iterator[bytes]:
    encode, redaction, revealed = caller.resources.entry_json.encode, caller.redaction, revealed_to(caller)
    for device in revealed.devices:
        variant = shown.device_variant(caller.hass, device, revealed)
        yield encode(device.id, device, (variant, redaction), partial(shown.device_entry, device, variant, redaction))
