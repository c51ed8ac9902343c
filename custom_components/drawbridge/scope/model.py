"""The model of a scope: the entities that a key sees."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import translate
from functools import lru_cache
from typing import Any, Final, Self, override


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """The properties of an entity that a scope can match.

    ``area``, ``floor`` and ``devices`` are registry IDs; ``labels`` are those of the entity,
    its devices and its area. The devices are those whose target expansion reaches the entity in Home Assistant:
    its device, the parent of a child device, and the device that a device was split from.
    """

    entity_id: str
    area: str | None = None
    floor: str | None = None
    devices: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    is_own: bool = False
    """Whether this is one of the bridge's own entities, some of which enable keys."""

    @property
    def domain(self) -> str:
        """The part of the entity ID before the dot."""
        return self.entity_id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of entities. An entity is selected if it matches at least one item.

    Globs support ``*``, ``?`` and ``[…]``, and match whole entity IDs.
    """

    areas: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    floors: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    globs: frozenset[str] = frozenset()

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse a selection from lists. A missing list is empty."""
        return cls(**{item.name: frozenset(data.get(item.name, ())) for item in fields(cls)})

    def as_dict(self) -> dict[str, list[str]]:
        """Return the lists that are not empty, sorted."""
        lists = {item.name: sorted(getattr(self, item.name)) for item in fields(self)}
        return {name: names for name, names in lists.items() if names}

    def __bool__(self) -> bool:
        """Tell whether the selection has any items."""
        return any(getattr(self, item.name) for item in fields(self))

    def matches(self, entity: EntityFacts) -> bool:
        """Tell whether an entity is in the selection."""
        return next(self.reasons(entity), None) is not None

    def reasons(self, entity: EntityFacts) -> Iterator[str]:
        """Yield the reasons why an entity is selected, such as ``area kitchen``."""
        if entity.entity_id in self.entities:
            yield f"entity {entity.entity_id}"
        if entity.domain in self.domains:
            yield f"domain {entity.domain}"
        if entity.area in self.areas:
            yield f"area {entity.area}"
        if entity.floor in self.floors:
            yield f"floor {entity.floor}"
        for device in entity.devices & self.devices:
            yield f"device {device}"
        for label in entity.labels & self.labels:
            yield f"label {label}"
        if (pattern := self._pattern()) is not None and pattern.match(entity.entity_id):
            yield from (f"glob {item}" for item in self.globs if is_match(item, entity.entity_id))

    def _pattern(self) -> re.Pattern[str] | None:
        return _compile(self.globs) if self.globs else None


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of a key: everything or an included selection, minus an excluded selection.

    Exclusions take precedence. The empty scope matches nothing. The bridge's own entities are in scope only if
    they are listed individually, so that a key for everything cannot enable other keys.
    """

    everything: bool = False
    include: Selection = Selection()
    exclude: Selection = Selection()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        """Compute the hash once, because every request uses it."""
        object.__setattr__(self, "_hash", hash((self.everything, self.include, self.exclude)))

    @override
    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse a stored scope."""
        return cls(
            everything=bool(data.get("everything", False)),
            include=Selection.from_mapping(data.get("include", {})),
            exclude=Selection.from_mapping(data.get("exclude", {})),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form, the inverse of ``from_mapping``."""
        return {
            "everything": self.everything,
            "include": self.include.as_dict(),
            "exclude": self.exclude.as_dict(),
        }

    @property
    def matches_anything(self) -> bool:
        """Tell whether any entity could be in scope."""
        return self.everything or bool(self.include)

    @property
    def is_everything(self) -> bool:
        """Tell whether everything is in scope."""
        return self.everything and not self.exclude

    def matches(self, entity: EntityFacts) -> bool:
        """Tell whether an entity is in scope. One of the bridge's own must be listed individually."""
        if self.exclude.matches(entity):
            return False
        if entity.is_own:
            return entity.entity_id in self.include.entities
        return self.everything or self.include.matches(entity)

    def rule(self, entity: EntityFacts) -> str:
        """Return the rule that decides about an entity, such as ``excluded by label secret``."""
        if (reason := next(self.exclude.reasons(entity), None)) is not None:
            return f"excluded by {reason}"
        if entity.is_own and entity.entity_id not in self.include.entities:
            return "Drawbridge's own entities must be listed by their entity id"
        if self.everything:
            return "included by everything"
        if (reason := next(self.include.reasons(entity), None)) is not None:
            return f"included by {reason}"
        return "not included"


NOTHING: Final = Scope()
"""The scope that matches no entity."""


def is_match(glob: str, text: str) -> bool:
    """Tell whether a glob matches a whole text."""
    return _compile(frozenset({glob})).match(text) is not None


@lru_cache(maxsize=1024)
def _compile(globs: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(item) for item in sorted(globs)))
