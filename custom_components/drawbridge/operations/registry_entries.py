"""Registry entries as keys see them: all fields that Home Assistant returns, some of them empty.

Config entry IDs, unique IDs, identifiers, addresses and serial numbers are hidden from every key, including keys with a
scope without limits, because only administrators need them. A hidden field is present, and empty.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads_object

from ..scope.devices import Device, effective_area, parent_of
from ..scope.redaction import Redaction, without_bearer_text
from .home import ScopedHome
from .revealed import Revealed

_ENTITY: Final = frozenset(
    {
        "aliases", "area_id", "capabilities", "categories", "created_at", "device_class", "device_id", "disabled_by",
        "entity_category", "entity_id", "has_entity_name", "hidden_by", "icon", "id", "labels", "modified_at", "name",
        "next_name_part", "options", "original_device_class", "original_icon", "original_name", "platform",
        "translation_key",
    }
)  # fmt: skip
_ENTITY_TEXTS: Final = ("aliases", "icon", "name", "original_icon", "original_name")
_DEVICE: Final = frozenset(
    {
        "area_id", "created_at", "disabled_by", "entry_type", "hw_version", "id", "labels", "manufacturer", "model",
        "model_id", "modified_at", "name", "name_by_user", "next_name_part", "parent_device_id", "sw_version",
        "via_device_id",
    }
)  # fmt: skip
OWN_FIELDS_OF_DEVICES: Final = _DEVICE - {"area_id", "labels", "parent_device_id", "via_device_id"}
"""The fields of a device entry that every key may see, and that refer to no other item."""
_DEVICE_TEXTS: Final = ("hw_version", "manufacturer", "model", "model_id", "name", "name_by_user", "sw_version")
_AREA: Final = frozenset(
    {
        "aliases", "area_id", "created_at", "floor_id", "humidity_entity_id", "icon", "labels", "modified_at", "name",
        "picture", "temperature_entity_id",
    }
)  # fmt: skip
_AREA_TEXTS: Final = ("aliases", "icon", "name")
_PICTURE: Final = "entity_picture"
_CHANGES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"entity": (_ENTITY - {"categories"}) | {"supported_features", "unit_of_measurement"}, "device": _DEVICE}
)
"""Fields whose old values are in the events of an update. Categories are not: their IDs may be hidden."""

_OPTIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "calendar": frozenset({"color"}),
        "camera": frozenset({"orientation"}),
        "conversation": frozenset({"should_expose"}),
        "cover": frozenset({"favorite_positions", "favorite_tilt_positions"}),
        "light": frozenset({"favorite_colors"}),
        "number": frozenset({"unit_of_measurement"}),
        "sensor": frozenset({"display_precision", "suggested_display_precision", "unit_of_measurement"}),
        "sensor.private": frozenset({"suggested_unit_of_measurement"}),
        "valve": frozenset({"favorite_positions"}),
        "weather": frozenset(
            {"precipitation_unit", "pressure_unit", "temperature_unit", "visibility_unit", "wind_speed_unit"}
        ),
    }
)
"""Display options of an entity. Other options contain codes of locks and alarms, or refer to other items."""


def entity(entry: er.RegistryEntry, redaction: Redaction, *, extended: bool = False) -> dict[str, Any]:
    """Return the entry of an entity in scope.

    Its area, device and labels are always revealed, because an entity with an excluded one is not in scope. The result
    therefore only depends on the entry and the redaction.
    """
    content = _shown(entry.extended_dict if extended else entry.as_partial_dict, _ENTITY)
    # Clients expect a string. The ID of the entry reveals nothing.
    content["unique_id"] = entry.id
    content["options"] = redaction.value(_options(entry.options))
    if content.get("capabilities") is not None:
        content["capabilities"] = redaction.attributes(entry.entity_id, content["capabilities"])
    return _redacted(content, _ENTITY_TEXTS, redaction)


def old_values(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the old values of an updated ``entity`` or ``device`` that the entry itself would show."""
    shown = {name: value for name, value in values.items() if name in _CHANGES.get(kind, ())}
    if isinstance(options := shown.get("options"), Mapping):
        shown["options"] = _options(options)
    return shown


def entity_for_display(entry: er.RegistryEntry, redaction: Redaction) -> dict[str, Any]:
    """Return the short form of the entry of an entity in scope; empty if Home Assistant has none."""
    content: dict[str, Any] = redaction.value(json_loads_object(entry.display_json_repr or b"{}"))
    return content


class DeviceReferences(NamedTuple):
    """The references of a device entry that are revealed: the labels, and whether the others are."""

    area: bool
    labels: tuple[str, ...]
    via: bool
    parent: bool


def device_references(hass: HomeAssistant, device: Device, revealed: Revealed) -> DeviceReferences:
    """Return which references of a device entry are revealed."""
    return DeviceReferences(
        area=revealed.has_area(effective_area(hass, device)),
        labels=tuple(label for label in device.labels if revealed.has_label(label)),
        # Child devices have no field for the device that they are connected through.
        via=revealed.has_device(getattr(device, "via_device_id", None)),
        parent=revealed.has_device(parent_of(device)),
    )


def device_entry(device: Device, references: DeviceReferences, redaction: Redaction) -> dict[str, Any]:
    """Return the entry of a revealed device."""
    content = _shown(device.dict_repr, _DEVICE)
    content["labels"] = list(references.labels)
    for name, is_revealed in (("via_device_id", references.via), ("parent_device_id", references.parent)):
        if name in content and not is_revealed:
            content[name] = None
    if not references.area and content["area_id"] is not None:
        content["area_id"] = None
        if "next_name_part" in content:
            content["next_name_part"] = "parent_device" if references.parent else None
    return _redacted(content, _DEVICE_TEXTS, redaction)


def area(entry: ar.AreaEntry, home: ScopedHome, revealed: Revealed, redaction: Redaction) -> dict[str, Any]:
    """Return the entry of a revealed area."""
    content = _shown(json_loads_object(json_bytes(entry.json_fragment)), _AREA)
    content["labels"] = [label for label in content["labels"] if revealed.has_label(label)]
    if not revealed.has_floor(content["floor_id"]):
        content["floor_id"] = None
    for name in ("humidity_entity_id", "temperature_entity_id"):
        if content[name] is not None and not home.allows(content[name]):
            content[name] = None
    content["picture"] = picture(entry.picture, redaction)
    return _redacted(content, _AREA_TEXTS, redaction)


def picture(link: str | None, redaction: Redaction) -> str | None:
    """Return the picture URL of an area or a person, redacted like that of an entity."""
    shown: str | None = redaction.attributes("", {_PICTURE: link}).get(_PICTURE)
    return shown


def floor(entry: fr.FloorEntry, redaction: Redaction) -> dict[str, Any]:
    """Return the entry of a revealed floor."""
    return {
        "aliases": redaction.value(list(entry.aliases)),
        "created_at": entry.created_at.timestamp(),
        "floor_id": entry.floor_id,
        "icon": entry.icon,
        "level": entry.level,
        "name": without_bearer_text(entry.name),
        "modified_at": entry.modified_at.timestamp(),
    }


def label(entry: lr.LabelEntry, redaction: Redaction) -> dict[str, Any]:
    """Return the entry of a revealed label."""
    return {
        "color": entry.color,
        "created_at": entry.created_at.timestamp(),
        "description": redaction.value(entry.description),
        "icon": entry.icon,
        "label_id": entry.label_id,
        "name": without_bearer_text(entry.name),
        "modified_at": entry.modified_at.timestamp(),
    }


def category(entry: cr.CategoryEntry) -> dict[str, Any]:
    """Return the entry of a revealed category."""
    return {
        "category_id": entry.category_id,
        "created_at": entry.created_at.timestamp(),
        "icon": entry.icon,
        "modified_at": entry.modified_at.timestamp(),
        "name": without_bearer_text(entry.name),
    }


def _options(options: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {}
    for domain, values in options.items():
        shown = {name: value for name, value in values.items() if name in _OPTIONS.get(domain, ())}
        if shown:
            found[domain] = shown
    return found


def _shown(content: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return an entry with every field. Fields that are not in ``names`` are empty."""
    return {name: value if name in names else _empty(value) for name, value in content.items()}


def _empty(value: object) -> object:
    if isinstance(value, Mapping):
        return {}
    return [] if isinstance(value, list | tuple | set | frozenset) else None


def _redacted(content: dict[str, Any], texts: tuple[str, ...], redaction: Redaction) -> dict[str, Any]:
    for name in texts:
        if content.get(name) is not None:
            content[name] = redaction.value(content[name])
    return content
