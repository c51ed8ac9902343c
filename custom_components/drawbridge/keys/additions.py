"""Permissions that are added to those of a key, for a time or for good."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from .. import values
from .capability import Capability

MAX_TEMPORARY: Final = 20


@dataclass(frozen=True, slots=True)
class Additions:
    """Permissions that are added to those of a key: capabilities, entities by ID, actions and events by name."""

    capabilities: frozenset[Capability] = frozenset()
    entities: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything is added."""
        return any(getattr(self, item.name) for item in fields(Additions))

    def as_dict(self) -> dict[str, list[str]]:
        """Return the sorted lists."""
        return {item.name: sorted(getattr(self, item.name)) for item in fields(Additions)}


@dataclass(frozen=True, slots=True)
class TemporaryAdditions(Additions):
    """Permissions that end by themselves. ``until`` is a Unix time in seconds."""

    until: float = 0.0

    @classmethod
    def of(cls, additions: Additions, until: float) -> Self:
        """Return additions that end at a Unix time."""
        return cls(additions.capabilities, additions.entities, additions.services, additions.events, until)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse stored additions. Raises ``ValueError`` if they are invalid."""
        return cls(
            frozenset(map(Capability, values.field(data, "capabilities", values.texts))),
            frozenset(values.field(data, "entities", values.texts)),
            frozenset(values.field(data, "services", values.texts)),
            frozenset(values.field(data, "events", values.texts)),
            values.field(data, "until", values.number),
        )

    def stored(self) -> dict[str, Any]:
        """Return the stored form, the inverse of ``from_mapping``."""
        return {"until": self.until, **self.as_dict()}
