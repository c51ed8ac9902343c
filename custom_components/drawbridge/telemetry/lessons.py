"""Learn mode: what a key's client asks for, and the least that would have served it."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from ..keys import Capability
from ..keys.mask import holds_secret
from ..policy.services import is_dangerous

MAX_ENTITIES: Final = 500
MAX_SERVICES: Final = 200
MAX_EVENTS: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asked for, whether it got it or not.

    ``everything`` says that it asked for all entities that there are, and named none.
    """

    capabilities: frozenset[Capability] = frozenset()
    entities: frozenset[str] = frozenset()
    service: str | None = None
    event: str | None = None
    everything: bool = False
    refused: bool = False


@dataclass(slots=True)
class Lesson:
    """All that one key's client asked for since a Unix time. Bounded, whatever the client asks for."""

    since: float
    requests: int = 0
    everything: bool = False
    capabilities: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    refused_services: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)

    def add(self, asked: Asked) -> None:
        """Add what a request asked for."""
        self.requests += 1
        self.everything |= asked.everything
        self.capabilities |= asked.capabilities
        _add_bounded(self.entities, asked.entities, MAX_ENTITIES)
        if asked.service is not None:
            services = self.refused_services if asked.refused else self.services
            _add_bounded(services, (asked.service,), MAX_SERVICES)
        if asked.event is not None:
            _add_bounded(self.events, (asked.event,), MAX_EVENTS)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Read a lesson as stored."""
        return cls(
            since=data["since"],
            requests=data["requests"],
            everything=data["everything"],
            **{name: set(data[name]) for name in _SETS},
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored, the inverse of ``from_mapping``."""
        sets = {name: sorted(getattr(self, name)) for name in _SETS}
        return {"since": self.since, "requests": self.requests, "everything": self.everything, **sets}


_SETS: Final = ("capabilities", "entities", "services", "refused_services", "events")


class Lessons:
    """The lessons of all keys in learn mode."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_key: dict[str, Lesson] = {}

    def get(self, key_id: str) -> Lesson | None:
        """Return what was learnt of a key."""
        return self._by_key.get(key_id)

    def learn(self, key_id: str, asked: Asked) -> None:
        """Add a request of a key in learn mode."""
        lesson = self._by_key.get(key_id)
        if lesson is None:
            lesson = self._by_key[key_id] = Lesson(time.time())
        lesson.add(asked)

    def retain_keys(self, key_ids: set[str]) -> None:
        """Forget every key but these, which are in learn mode."""
        self._by_key = {key_id: lesson for key_id, lesson in self._by_key.items() if key_id in key_ids}

    def load(self, stored: Mapping[str, Any]) -> None:
        """Take over what was stored."""
        self._by_key = {key_id: Lesson.from_mapping(data) for key_id, data in stored.items()}

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return {key_id: lesson.as_dict() for key_id, lesson in self._by_key.items()}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The least that would have served a client.

    ``keep_scope`` says that it asked for all entities at once, so that nobody can tell which of them it
    needs. ``doubtful`` are services that were asked for and should be chosen by a person, if at all:
    they restart, run code or administer.
    """

    capabilities: frozenset[Capability]
    entities: frozenset[str]
    services: frozenset[str]
    doubtful: frozenset[str]
    events: frozenset[str]
    keep_scope: bool


def propose(lesson: Lesson, exists: Callable[[str], bool]) -> Proposal:
    """Return the least that would have served what a lesson holds, of the entities that exist."""
    asked = lesson.services | lesson.refused_services
    doubtful = {item for item in asked if is_dangerous(*item.split(".", 1))}
    return Proposal(
        capabilities=frozenset(Capability(item) for item in lesson.capabilities),
        entities=frozenset(filter(exists, lesson.entities)),
        services=frozenset(asked - doubtful),
        doubtful=frozenset(doubtful),
        events=frozenset(lesson.events),
        keep_scope=lesson.everything,
    )


def _add_bounded(items: set[str], new: Iterable[str], limit: int) -> None:
    for item in new:
        if len(items) >= limit:
            return
        if not holds_secret(item):
            items.add(item)
