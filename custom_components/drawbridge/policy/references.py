"""Finds the entities that a service call's data names, wherever they hide."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

TARGET_FIELDS: Final = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
MAX_DEPTH: Final = 32

_ENTITY_ID: Final = re.compile(r"(?<![a-z0-9_])([a-z0-9_]+)\.(?=([a-z0-9_]+))")
"""The name is only looked at, so that ``states.light.lamp`` is searched for ``light.lamp`` too."""
_REGISTRY_ID: Final = re.compile(r"(?<!\w)[0-9a-f]{32}(?!\w)", re.IGNORECASE)
_TEMPLATE: Final = re.compile(r"\{\{|\{%|\{#")


class TooDeepError(ValueError):
    """The data is nested deeper than ``MAX_DEPTH``."""


@dataclass(slots=True)
class References:
    """What a call's data refers to.

    ``entities`` are lower-case entity ids, whether they exist or not; ``registry_ids`` may be
    ids of the entity or the device registry; ``targets`` are the mappings at any depth that
    have a target field; ``templated`` tells that a text holds a template.
    """

    entities: set[str] = field(default_factory=set)
    registry_ids: set[str] = field(default_factory=set)
    targets: list[Mapping[str, Any]] = field(default_factory=list)
    templated: bool = False


def find_references(data: object, domains: Collection[str]) -> References:
    """Search keys, values, lists and texts for entity ids of the given domains.

    A text that merely looks like an entity id, such as ``song.mp3``, is none, since no
    entity has that domain. Raises ``TooDeepError``.
    """
    found = References()
    for item in _walk(data):
        if isinstance(item, Mapping):
            if any(name in item for name in TARGET_FIELDS):
                found.targets.append(item)
        else:
            _search(item, found, domains.__contains__)
    return found


def _search(text: str, found: References, is_domain: Callable[[str], bool]) -> None:
    found.templated = found.templated or _TEMPLATE.search(text) is not None
    found.registry_ids.update(item.lower() for item in _REGISTRY_ID.findall(text))
    for domain, name in _ENTITY_ID.findall(text.lower()):
        if is_domain(domain):
            found.entities.add(f"{domain}.{name}")


def _walk(data: object) -> Iterator[str | Mapping[str, Any]]:
    """Yield every mapping and every text, keys included. Iterative: depth costs no stack."""
    stack = [(data, 0)]
    while stack:
        item, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise TooDeepError
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            yield item
            stack.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list | tuple):
            stack.extend((part, depth + 1) for part in item)
