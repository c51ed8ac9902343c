"""What a dashboard may refer to. Pure data, so that a dashboard can be filtered in another thread."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from ...scope.references import TooDeepError, find_references

_WORD: Final = re.compile(r"\w+")
_ICON: Final = re.compile(r"(?:mdi|hass):[a-z0-9-]+")
_MAX_CHARACTERS: Final = 10_000
_SCHEMES: Final = ("custom:", "data:", "javascript:")

type Words = tuple[str, ...]


class HiddenError(ValueError):
    """A value refers to something that is not shown, or cannot be understood."""


def words(text: str) -> Words:
    """Return the words of a text, in lower case."""
    return tuple(_WORD.findall(text.casefold()))


@dataclass(frozen=True, slots=True)
class VisibleItems:
    """What a key sees of the home, and the names of what it does not see.

    Attributes:
        entities: The IDs of the entities in scope that exist.
        domains: The domains of all entities and services. A text such as ``light.lamp`` is an ID in one of them.
        devices: The IDs of the revealed devices.
        areas: The IDs of the revealed areas.
        floors: The IDs of the revealed floors.
        labels: The IDs of the revealed labels.
        services: The services that the key may call.
        panels: The paths of the panels of the key.
        hidden: The names and IDs of what the key does not see, as words.

    """

    entities: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    floors: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    panels: frozenset[str] = frozenset()
    hidden: frozenset[Words] = frozenset()
    longest: int = field(init=False)
    """The number of words of the longest hidden name."""

    def __post_init__(self) -> None:
        """Find the longest hidden name."""
        object.__setattr__(self, "longest", max(map(len, self.hidden), default=0))

    def of(self, kind: str) -> frozenset[str]:
        """Return the IDs of a kind of item: ``entity``, ``device``, ``area``, ``floor`` or ``label``."""
        by_kind: dict[str, Any] = {
            "entity": self.entities, "device": self.devices, "area": self.areas, "floor": self.floors,
            "label": self.labels,
        }  # fmt: skip
        found: frozenset[str] = by_kind[kind]
        return found

    def check_id(self, kind: str, item: str) -> None:
        """Raise ``HiddenError`` if an ID is not that of a shown item."""
        if item not in self.of(kind):
            raise HiddenError(item)

    def check_text(self, text: str) -> None:
        """Raise ``HiddenError`` if a text names something hidden, has a template, or is an address."""
        if text in self.entities or _ICON.fullmatch(text):
            return
        lower = text.strip().lower()
        if len(text) > _MAX_CHARACTERS or "://" in text or lower.startswith(("/", *_SCHEMES)):
            raise HiddenError(text)
        try:
            found = find_references(text, self.domains)
        except TooDeepError as err:
            raise HiddenError(text) from err
        if found.templated or found.paths or found.registry_ids - self.devices or found.entities - self.entities:
            raise HiddenError(text)
        self.check_name(text)

    def check_name(self, text: str) -> None:
        """Raise ``HiddenError`` if a text has the name of something hidden, as whole words."""
        if any(part in self.hidden for part in _parts(words(text), self.longest)):
            raise HiddenError(text)


def _parts(found: Words, longest: int) -> Iterable[Words]:
    """Yield all sequences of words of limited length."""
    for first in range(len(found)):
        for last in range(first + 1, min(len(found), first + longest) + 1):
            yield found[first:last]
