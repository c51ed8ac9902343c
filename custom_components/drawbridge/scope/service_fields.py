"""The field types of reviewed services."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import Platform

from .media import MediaRules, is_allowed_type
from .references import MAX_TARGET_IDS, find_references

MAX_TEXT_CHARACTERS: Final = 4096

_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?\s*")
_WORD: Final = re.compile(r"[\w -]{1,64}")
_TIME: Final = re.compile(r"[0-9TZ :.+-]{1,40}")
_FAR_YEAR: Final = re.compile(r"\s*[+-]?(?:0|[4-9])[0-9]{3}-?[0-9]{2}")
_CLOCK: Final = re.compile(r"[+-]?[0-9]{1,5}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]{1,6})?)?")
_COMMAND: Final = re.compile(r"[^\W_]*_\w*|tts", re.IGNORECASE)
"""What the companion app may take as a command: a name with underscores, which is the form of all but one of them."""
_HOST: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2,}")
_DOMAINS: Final = frozenset(
    {
        *(item.value for item in Platform), "automation", "counter", "group", "input_boolean", "input_button",
        "input_datetime", "input_number", "input_select", "input_text", "person", "plant", "proximity", "schedule",
        "script", "sun", "timer", "zone",
    }
)  # fmt: skip
"""Entity domains of Home Assistant. The list is fixed, so that it reveals nothing about this installation."""
_UNITS: Final = {
    "weeks": 604_800.0, "days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0, "milliseconds": 0.001,
}  # fmt: skip
"""The units of a duration, in seconds."""
_MAX_SECONDS: Final = 100 * 366 * 86_400
_MAX_AMOUNT: Final = 1e15
_MAX_TIMESTAMP: Final = 2**37
"""Unix time in seconds, in the year 6325."""
_MAX_NUMBERS: Final = 8
_MAX_WORDS: Final = 32


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The context of a check: the scope, the attributes of the entities that the call acts on, and the key's rights."""

    in_scope: Callable[[str], bool]
    targets: Collection[Mapping[str, Any]]
    media: MediaRules
    is_opened: bool = False
    """Whether the key may use the service with all of its fields."""


type FieldType = Callable[[object, Surroundings], bool]


def number(value: object, _: Surroundings) -> bool:
    """Accept a number, or a text with a number."""
    return isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value) is not None)


def numbers(value: object, around: Surroundings) -> bool:
    """Accept a short list of numbers, such as a color."""
    return isinstance(value, list) and len(value) <= _MAX_NUMBERS and all(number(item, around) for item in value)


def timestamp(value: object, around: Surroundings) -> bool:
    """Accept a Unix timestamp, as a number or as a text with a number."""
    return number(value, around) and _amount(value) <= _MAX_TIMESTAMP


def word(value: object, around: Surroundings) -> bool:
    """Accept a short word that is not the ID of an entity or a device, such as a mode, a color or a boolean."""
    if number(value, around):
        return True
    return isinstance(value, str) and _WORD.fullmatch(value) is not None and not find_references(value).registry_ids


def words(value: object, around: Surroundings) -> bool:
    """Accept a word or a short list of words."""
    items = value if isinstance(value, list) else [value]
    return len(items) <= _MAX_WORDS and all(word(item, around) for item in items)


def moment(value: object, around: Surroundings) -> bool:
    """Accept a date, a time, or both. Home Assistant fails on years that are near the end of its calendar."""
    if isinstance(value, str) and _FAR_YEAR.match(value) is not None:
        return False
    return number(value, around) or (isinstance(value, str) and _TIME.fullmatch(value) is not None)


def moment_or_none(value: object, around: Surroundings) -> bool:
    """Accept a date, a time, or both; or null, which clears it."""
    return value is None or moment(value, around)


def duration(value: object, around: Surroundings) -> bool:
    """Accept a duration in seconds, as a text, or as a mapping of units. Home Assistant fails on very long ones."""
    if isinstance(value, str) and _CLOCK.fullmatch(value) is not None:
        return True
    parts = value if isinstance(value, Mapping) else {"seconds": value}
    if not (parts.keys() <= _UNITS.keys() and all(number(item, around) for item in parts.values())):
        return False
    return sum(_amount(item) * _UNITS[unit] for unit, item in parts.items()) <= _MAX_SECONDS


def prose(value: object, _: Surroundings) -> bool:
    """Accept a text that Home Assistant does not interpret."""
    return (
        value is None
        or isinstance(value, int | float)
        or (isinstance(value, str) and len(value) <= MAX_TEXT_CHARACTERS)
    )


def message(value: object, around: Surroundings) -> bool:
    """Accept a text for people. Phones take some words as commands, such as ``command_screen_on``."""
    if around.is_opened or not isinstance(value, str):
        return prose(value, around)
    return _COMMAND.fullmatch(value.strip()) is None and prose(value, around)


def proses(value: object, around: Surroundings) -> bool:
    """Accept a text that Home Assistant does not interpret, or a list of such texts."""
    items = value if isinstance(value, list) else [value]
    return len(items) <= MAX_TARGET_IDS and all(prose(item, around) for item in items)


def text(value: object, around: Surroundings) -> bool:
    """Accept a text that automations may interpret, if it names no entity out of scope.

    A host name with two or more dots is not an entity ID, unless a part of it is an entity domain.
    """
    if not prose(value, around):
        return False
    found = find_references(value)
    if isinstance(value, str) and _HOST.fullmatch(value) and not _DOMAINS & set(value.lower().split(".")):
        return not found.registry_ids
    return not found.registry_ids and all(map(around.in_scope, found.entities))


def entities(value: object, around: Surroundings) -> bool:
    """Accept IDs of entities in scope, as a list or comma-separated text."""
    items = split_ids(value)
    return bool(items) and all("." in item and around.in_scope(item) for item in items)


def media_id(value: object, around: Surroundings) -> bool:
    """Accept a media ID that the key may play."""
    return around.media.may_play(value)


def media_folder(value: object, around: Surroundings) -> bool:
    """Accept a media ID that the key may browse."""
    return around.media.may_browse(value)


def media_type(value: object, _: Surroundings) -> bool:
    """Accept a media type that plays media."""
    return is_allowed_type(value)


def media(value: object, around: Surroundings) -> bool:
    """Accept the value of a media selector, with an ID and a type but without metadata."""
    return (
        isinstance(value, Mapping)
        and value.keys() <= {"media_content_id", "media_content_type"}
        and around.media.may_play(value.get("media_content_id"), value.get("media_content_type"))
    )


def choice(attribute: str) -> FieldType:
    """Return a type that accepts the items listed in an attribute of every entity that the call acts on."""

    def is_choice(value: object, around: Surroundings) -> bool:
        lists = [item.get(attribute) for item in around.targets]
        return isinstance(value, str | int) and bool(lists) and all(_holds(item, value) for item in lists)

    return is_choice


def split_ids(value: object) -> list[str]:
    """Return the lower-case IDs in a comma-separated text or in a list of such texts."""
    items: Iterable[object] = value if isinstance(value, list) else [] if value is None else [value]
    parts = (part.strip().lower() for item in items if isinstance(item, str) for part in item.split(","))
    return [part for part in parts if part]


def _amount(value: object) -> float:
    """Return the size of a number."""
    found = float(value) if isinstance(value, str) else value
    return min(abs(found), _MAX_AMOUNT) if isinstance(found, int | float) else _MAX_AMOUNT


def _holds(listed: object, value: object) -> bool:
    """Tell whether a list holds a value. Where Home Assistant lists names by number, either is a choice."""
    if isinstance(listed, Mapping):
        return value in listed or value in listed.values()
    return isinstance(listed, list | tuple) and value in listed
