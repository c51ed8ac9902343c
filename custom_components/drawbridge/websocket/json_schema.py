"""Converts the validators of commands to JSON Schema, for the documentation.

A schema describes the usual form of a field. If a validator cannot be described, its schema accepts any value.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

type Schema = dict[str, Any]

_TYPES: Final[Mapping[object, str]] = MappingProxyType(
    {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array"}
)
_ENTITY_ID: Final = {"type": "string", "examples": ["light.living_room"]}
_STRINGS: Final = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_KNOWN: Final[tuple[tuple[object, Schema], ...]] = (
    (cv.string, {"type": "string"}),
    (cv.boolean, {"type": "boolean"}),
    (cv.slug, {"type": "string"}),
    (cv.entity_id, _ENTITY_ID),
    (cv.strict_entity_id, _ENTITY_ID),
    (cv.entity_ids, _STRINGS),
    (cv.entity_ids_or_uuids, _STRINGS),
    (cv.comp_entity_ids, _STRINGS),
    (cv.positive_int, {"type": "integer", "minimum": 0}),
    (cv.datetime, {"type": "string", "format": "date-time"}),
    (cv.date, {"type": "string", "format": "date"}),
    (cv.template, {"type": "string"}),
)


def json_schema(validator: object) -> Schema:
    """Return the JSON Schema of a validator, or an empty one."""
    known = next((schema for item, schema in _KNOWN if item is validator), None)
    if known is not None:
        return dict(known)
    if validator is None:
        return {"const": None}
    return next((convert(validator) for kind, convert in _CONVERTERS if isinstance(validator, kind)), {})


def object_schema(fields: Mapping[Any, Any]) -> Schema:
    """Return the JSON Schema of an object with these fields."""
    properties: Schema = {}
    required: list[str] = []
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    for marker, validator in fields.items():
        name = getattr(marker, "schema", marker)
        if isinstance(name, str):
            properties[name] = json_schema(validator) | _default(marker)
            if isinstance(marker, vol.Required):
                required.append(name)
        else:
            schema["additionalProperties"] = True if marker is vol.Extra else json_schema(validator)
    return schema | {"required": required} if required else schema


def _default(marker: object) -> Schema:
    default = getattr(marker, "default", None)
    value = default() if callable(default) else None
    return {"default": value} if isinstance(value, bool | int | float | str | list | dict) else {}


def _of_type(kind: type) -> Schema:
    if issubclass(kind, Enum):
        return {"enum": [item.value for item in kind]}
    name = _TYPES.get(kind)
    return {"type": name} if name is not None else {}


def _any_of(validators: Iterable[object]) -> Schema:
    schemas = [json_schema(item) for item in validators]
    if not schemas or not all(schemas):
        return {}
    distinct = [schema for index, schema in enumerate(schemas) if schema not in schemas[:index]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _of_all(validator: Any) -> Schema:  # noqa: ANN401 - a validator of either library
    steps = list(validator.validators)
    merged: Schema = {}
    for step in steps:
        if not _is_ensure_list(step):
            merged |= json_schema(step)
    if any(map(_is_ensure_list, steps)) and merged.get("type") == "array" and merged.get("items"):
        return {"anyOf": [merged["items"], merged]}
    return merged


def _is_ensure_list(validator: object) -> bool:
    return validator is cv.ensure_list or type(validator).__name__ == "EnsureList"


def _of_in(validator: Any) -> Schema:  # noqa: ANN401
    values = list(validator.container)
    return {"enum": sorted(values, key=str)} if all(isinstance(item, str | int | float) for item in values) else {}


def _of_range(validator: Any) -> Schema:  # noqa: ANN401
    bounds = {"minimum": validator.min, "maximum": validator.max}
    return {name: bound for name, bound in bounds.items() if isinstance(bound, int | float)}


_CONVERTERS: Final[tuple[tuple[type, Callable[[Any], Schema]], ...]] = (
    (type, _of_type),
    (str, lambda value: {"const": value}),
    (int, lambda value: {"const": value}),
    (vol.Schema, lambda validator: json_schema(validator.schema)),
    (Mapping, object_schema),
    (list, lambda validators: {"type": "array", "items": _any_of(validators)}),
    (vol.Any, lambda validator: _any_of(validator.validators)),
    (vol.All, _of_all),
    (vol.In, _of_in),
    (vol.Range, _of_range),
    (vol.Coerce, lambda validator: json_schema(validator.type)),
)
