"""The registries of entities, devices, areas, floors, labels and categories, filtered by scope."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.json import json_bytes

from ..keys import Capability
from ..refusal import Refusal, bad_request, not_found
from ..scope.devices import Device
from ..scope.model import Scope
from ..scope.redaction import Redaction
from ..scope.references import MAX_TARGET_IDS
from . import registry_entries as shown
from .declaration import Operation
from .entry_json import Details, EncodedEntries
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
"""The number of entries to process before yielding to the event loop."""
_NO_ENTITY: Final = "Entity not found"


def revealed_to(caller: Caller) -> Revealed:
    """Return what the caller's scope currently reveals of the registries."""
    resources = caller.resources
    return resources.revealed.find(caller.hass, resources.directory, caller.home.scope)


def revision(caller: Caller) -> int:
    """Return a number that changes with each change of the registries."""
    return caller.resources.directory.revision


async def prepare(caller: Caller) -> None:
    """Decide which entities are in scope, in slices, unless that was done before.

    ``revealed_to`` then takes little time.

    Raises:
        RefusedError: The key was changed in the meantime.

    """
    if caller.resources.revealed.knows(caller.home.scope):
        return
    allows = caller.home.allows
    for entity_ids in batched(tuple(er.async_get(caller.hass).entities), _AT_ONCE, strict=False):
        for entity_id in entity_ids:
            allows(entity_id)
        await asyncio.sleep(0)
    caller.ensure_unchanged()


async def entities(caller: Caller) -> list[bytes]:
    """Return the entries of all entities in scope, as parts of their JSON."""
    return await _listed(caller, _Entities(caller.redaction))


async def entities_for_display(caller: Caller) -> list[bytes]:
    """Return the short entries of all enabled entities in scope, as parts of their JSON."""
    listed = await _listed(caller, _DisplayedEntities(caller.redaction))
    categories = json_bytes({str(number): name for number, name in er.ENTITY_CATEGORY_INDEX_TO_VALUE.items()})
    return [b'{"entity_categories":', categories, b',"entities":', *listed, b"}"]


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
        RefusedError: There are too many IDs.

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


async def devices(caller: Caller) -> list[bytes]:
    """Return the entries of all devices that are revealed, as parts of their JSON."""
    return await _listed(caller, _Devices(caller.redaction, caller.home.scope.scope))


async def areas(caller: Caller) -> list[dict[str, Any]]:
    """Return the entries of all areas that are revealed."""
    await prepare(caller)
    revealed, listed = revealed_to(caller), ar.async_get(caller.hass).async_list_areas()
    return [
        shown.area(entry, caller.home, revealed, caller.redaction) for entry in listed if revealed.has_area(entry.id)
    ]


async def floors(caller: Caller) -> list[dict[str, Any]]:
    """Return the entries of all floors that are revealed."""
    await prepare(caller)
    revealed, listed = revealed_to(caller), fr.async_get(caller.hass).async_list_floors()
    return [shown.floor(entry, caller.redaction) for entry in listed if revealed.has_floor(entry.floor_id)]


async def labels(caller: Caller) -> list[dict[str, Any]]:
    """Return the entries of all labels that are revealed."""
    await prepare(caller)
    revealed, listed = revealed_to(caller), lr.async_get(caller.hass).async_list_labels()
    return [shown.label(entry, caller.redaction) for entry in listed if revealed.has_label(entry.label_id)]


async def categories(caller: Caller, scope: str) -> list[dict[str, Any]]:
    """Return the entries of all revealed categories of a scope such as ``automation``."""
    await prepare(caller)
    revealed, listed = revealed_to(caller), cr.async_get(caller.hass).async_list_categories(scope=scope)
    return [shown.category(entry) for entry in listed if revealed.has_category(scope, entry.category_id)]


class _Form(Protocol):
    """A form in which entries are shown. Equal forms share their cache, so all parameters are compared."""

    @override
    def __hash__(self) -> int:
        """Return the hash of all parameters."""

    def entries(self, revealed: Revealed) -> Sequence[Any]:
        """Return the entries to list."""

    def details(self, hass: HomeAssistant, revealed: Revealed) -> Details:
        """Return what the content of each entry depends on, besides the entry and the form."""

    def content(self, entry: Any, details: Any) -> dict[str, Any]:  # noqa: ANN401 - depends on the form
        """Return the content of an entry."""


class _Entities(NamedTuple):
    """Entities in the form of ``config/entity_registry/list``."""

    redaction: Redaction
    name: str = "entities"

    def entries(self, revealed: Revealed) -> Sequence[er.RegistryEntry]:
        return revealed.entries

    def details(self, _hass: HomeAssistant, _revealed: Revealed) -> None:
        return None

    def content(self, entry: er.RegistryEntry, _details: Details) -> dict[str, Any]:
        return shown.entity(entry, self.redaction)


class _DisplayedEntities(NamedTuple):
    """Entities in the form of ``config/entity_registry/list_for_display``."""

    redaction: Redaction
    name: str = "display"

    def entries(self, revealed: Revealed) -> Sequence[er.RegistryEntry]:
        return revealed.enabled

    def details(self, _hass: HomeAssistant, _revealed: Revealed) -> None:
        return None

    def content(self, entry: er.RegistryEntry, _details: Details) -> dict[str, Any]:
        return shown.entity_for_display(entry, self.redaction)


class _Devices(NamedTuple):
    """Devices in the form of ``config/device_registry/list``. They can refer to items that a scope does not reveal."""

    redaction: Redaction
    scope: Scope

    def entries(self, revealed: Revealed) -> Sequence[Device]:
        return revealed.devices

    def details(self, hass: HomeAssistant, revealed: Revealed) -> Mapping[str, shown.DeviceReferences]:
        return {device.id: shown.device_references(hass, device, revealed) for device in revealed.devices}

    def content(self, entry: Device, details: Mapping[str, shown.DeviceReferences]) -> dict[str, Any]:
        return shown.device_entry(entry, details[entry.id], self.redaction)


async def _listed(caller: Caller, form: _Form) -> list[bytes]:
    """Return the parts of an array of encoded entries, consistent at one point in time.

    Entries that are not in the cache are encoded in slices first, so that the event loop is not blocked.

    Raises:
        RefusedError: The key was changed in the meantime.

    """
    await prepare(caller)
    encoded, directory = caller.resources.entry_json.form(form), caller.resources.directory
    before = directory.revision, encoded.pruned
    for number, _ in enumerate(_encode(caller, form, encoded), 1):
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    caller.ensure_unchanged()
    if (directory.revision, encoded.pruned) != before:
        # Encode the entries that changed in the meantime, without a pause.
        deque(_encode(caller, form, encoded), maxlen=0)
    return encoded.array(form.entries(revealed_to(caller)))


def _encode(caller: Caller, form: _Form, encoded: EncodedEntries[Any]) -> Iterator[None]:
    """Encode the entries that are not in the cache, one by one."""
    revealed = revealed_to(caller)
    entries = form.entries(revealed)
    if encoded.is_complete(entries):
        return
    details = form.details(caller.hass, revealed)
    for entry in encoded.missing(entries, details):
        encoded.encode(entry, details, form.content(entry, details))
        yield
