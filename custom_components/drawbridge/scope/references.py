"""Finds the entities that the data of a service call refers to, at any depth."""

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

TARGET_FIELDS: Final = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
MAX_DEPTH: Final = 32
MAX_TARGET_IDS: Final = 500

_MAX_DECODINGS: Final = 4
_ENTITY_ID: Final = re.compile(r"(?<![a-z0-9_])([a-z0-9_]+)\.(?=([a-z0-9_]+))")
"""The name is a look-ahead, so that ``light.lamp`` is also found in ``states.light.lamp``."""
_REGISTRY_ID: Final = re.compile(r"(?<!\w)[0-9a-f]{32}(?!\w)", re.IGNORECASE)
_TEMPLATE: Final = re.compile(r"\{\{|\{%|\{#")
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_OWN_PATH: Final = re.compile(r"/(?:api|media|auth)/|media-source:", re.IGNORECASE)
_TARGET_NAME: Final = re.compile(r"(?:\w+_)?(?:(entity|device|area|floor|label)_ids?|(area|floor)s?)")


class TooDeepError(ValueError):
    """The data is nested deeper than ``MAX_DEPTH``."""


class TooManyIdsError(ValueError):
    """The data names more than ``MAX_TARGET_IDS`` targets."""


@dataclass(slots=True)
class References:
    """The references in the data of a call.

    ``entities`` are lower-case entity IDs, whether they exist or not; ``registry_ids`` may be
    IDs of the entity or the device registry; ``targets`` are the mappings at any depth that
    have a target field; ``templated`` tells that a text holds a template; ``paths`` are texts
    with a path of Home Assistant's own; ``matches_all`` tells that a text is the word "all".
    """

    entities: set[str] = field(default_factory=set)
    registry_ids: set[str] = field(default_factory=set)
    targets: list[Mapping[str, Any]] = field(default_factory=list)
    templated: bool = False
    paths: list[str] = field(default_factory=list)
    matches_all: bool = False


def find_references(data: object, domains: Container[str] | None = None) -> References:
    """Find references in keys, values, lists and texts.

    Args:
        data: A JSON value.
        domains: The domains of entity IDs; ``None`` accepts any domain.

    Raises:
        TooDeepError: The data is nested too deep.

    """
    found = References()
    for item in _walk(data):
        if isinstance(item, Mapping):
            if any(target_field(name) for name in item):
                found.targets.append(item)
        else:
            found.matches_all = found.matches_all or item.strip().lower() == "all"
            for text in decodings(item):
                _search(text, found, domains)
    return found


def decodings(text: str) -> Iterator[str]:
    """Yield a text, and the text after each round of decoding."""
    yield text
    for _ in range(_MAX_DECODINGS):
        decoded = unicodedata.normalize("NFKC", _ESCAPE.sub(_unescape, unquote(text)))
        if decoded == text:
            return
        yield (text := decoded)


def target_field(name: object) -> str | None:
    """Return the target field that a field name means, such as ``area_id`` for ``cleaning_area_id``."""
    found = _TARGET_NAME.fullmatch(name) if isinstance(name, str) else None
    return None if found is None else f"{found[1] or found[2]}_id"


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1] or found[2], 16))


def _search(text: str, found: References, domains: Container[str] | None) -> None:
    found.templated = found.templated or _TEMPLATE.search(text) is not None
    found.registry_ids.update(item.lower() for item in _REGISTRY_ID.findall(text))
    if _OWN_PATH.search(text) is not None:
        found.paths.append(text)
    for domain, name in _ENTITY_ID.findall(text.lower()):
        # A decimal number or a version is never an entity ID.
        if domain in domains if domains is not None else not domain.isdecimal():
            found.entities.add(f"{domain}.{name}")


def _walk(data: object) -> Iterator[str | Mapping[str, Any]]:
    """Yield every mapping and every text, including keys. Iterative, so that depth does not use the stack."""
    stack = [(data, 0)]
    while stack:
        item, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise TooDeepError(f"The data is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            yield item
            stack.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list | tuple):
            stack.extend((part, depth + 1) for part in item)
