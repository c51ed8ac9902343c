"""Which entities a key sees."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """Where an entity stands: all that a scope may ask about it."""

    entity_id: str
    area: str | None = None

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of entities, named by what they have in common. A match in one is enough."""

    areas: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Read a selection from lists of names; a missing list is empty."""
        return cls(**{item.name: frozenset(data.get(item.name, ())) for item in fields(cls)})

    def as_dict(self) -> dict[str, list[str]]:
        """Return the lists that are not empty, sorted."""
        lists = {item.name: sorted(getattr(self, item.name)) for item in fields(self)}
        return {name: names for name, names in lists.items() if names}

    def __bool__(self) -> bool:
        """Tell whether anything is selected at all."""
        return any(getattr(self, item.name) for item in fields(self))

    def matches(self, entity: EntityFacts) -> bool:
        """Tell whether an entity is in the selection."""
        return (
            entity.entity_id in self.entities
            or entity.domain in self.domains
            or (entity.area is not None and entity.area in self.areas)
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """The entities of a key: everything, or what is included. Empty sees nothing."""

    everything: bool = False
    include: Selection = Selection()

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Read a scope as stored."""
        return cls(
            everything=bool(data.get("everything", False)),
            include=Selection.from_mapping(data.get("include", {})),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored, the inverse of ``from_mapping``."""
        return {"everything": self.everything, "include": self.include.as_dict()}

    @property
    def matches_anything(self) -> bool:
        """Tell whether there could be an entity in scope at all."""
        return self.everything or bool(self.include)

    def matches(self, entity: EntityFacts) -> bool:
        """Tell whether an entity is in scope."""
        return self.everything or self.include.matches(entity)
