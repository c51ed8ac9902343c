"""Records what the client of a key requests, and proposes the smallest permissions that suffice."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from ..keys import ApiKey, Capability
from ..masking import holds_secret
from ..scope.own_events import may_fire
from ..scope.service_rules import ITEM_WRITES, all_fields, is_dangerous

MAX_ENTITIES: Final = 500
MAX_SERVICES: Final = 200
MAX_EVENTS: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asked for, even if it was refused.

    ``everything`` is true if the request read all entities and named none. A request that asks for several services
    may be refused because of some of them.
    """

    capabilities: frozenset[Capability] = frozenset()
    entities: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    refused_services: frozenset[str] = frozenset()
    event: str | None = None
    everything: bool = False


@dataclass(slots=True)
class Lesson:
    """Everything that the client of a key has requested since a Unix time. Limited in size."""

    since: float
    requests: int = 0
    everything: bool = False
    capabilities: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    refused_services: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)

    def add(self, asked: Asked) -> None:
        """Add a request."""
        self.requests += 1
        self.everything |= asked.everything
        self.capabilities |= asked.capabilities
        _add_bounded(self.entities, asked.entities, MAX_ENTITIES)
        _add_bounded(self.services, asked.services, MAX_SERVICES)
        _add_bounded(self.refused_services, asked.refused_services, MAX_SERVICES)
        if asked.event is not None:
            _add_bounded(self.events, (asked.event,), MAX_EVENTS)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse a stored lesson."""
        return cls(
            since=data["since"],
            requests=data["requests"],
            everything=data["everything"],
            **{name: set(data[name]) for name in _SETS},
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form, the inverse of ``from_mapping``."""
        sets = {name: sorted(getattr(self, name)) for name in _SETS}
        return {"since": self.since, "requests": self.requests, "everything": self.everything, **sets}


_SETS: Final = ("capabilities", "entities", "services", "refused_services", "events")


class Lessons:
    """The lessons of all keys in learn mode."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self._by_key: dict[str, Lesson] = {}

    def get(self, key_id: str) -> Lesson | None:
        """Return the lesson of a key."""
        return self._by_key.get(key_id)

    def put(self, key_id: str, lesson: Lesson) -> None:
        """Put the lesson of a key back that was deleted and restored."""
        self._by_key[key_id] = lesson

    def learn(self, key_id: str, asked: Asked) -> None:
        """Add a request of a key in learn mode."""
        lesson = self._by_key.get(key_id)
        if lesson is None:
            lesson = self._by_key[key_id] = Lesson(time.time())
        lesson.add(asked)

    def keys_changed(self, _old: object, new: Mapping[str, ApiKey]) -> None:
        """Drop keys that were deleted or left learn mode."""
        learning = {key_id for key_id, key in new.items() if key.learning}
        self._by_key = {key_id: lesson for key_id, lesson in self._by_key.items() if key_id in learning}

    def load(self, stored: Mapping[str, Any]) -> None:
        """Load stored lessons."""
        self._by_key = {key_id: Lesson.from_mapping(data) for key_id, data in stored.items()}

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form."""
        return {key_id: lesson.as_dict() for key_id, lesson in self._by_key.items()}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The part of a key's permissions that its client used. It never exceeds the permissions of the key.

    ``keep_scope`` is true if the client read all entities at once, so that the needed ones are unknown.
    ``refused`` lists what the client requested but the key does not allow. ``doubtful`` lists services that restart
    Home Assistant, run code or change its administration. ``left_out`` lists entities that would give the key more
    access if they were listed by ID. Users can add these, but forms never select them by default.
    """

    capabilities: frozenset[Capability]
    entities: frozenset[str]
    services: frozenset[str]
    doubtful: frozenset[str]
    events: frozenset[str]
    keep_scope: bool
    refused: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()


def propose(
    lesson: Lesson,
    key: ApiKey,
    *,
    in_scope: Callable[[str], bool],
    allows_service: Callable[[str], bool],
    opens: Callable[[str], bool],
) -> Proposal:
    """Return the smallest permissions that suffice for a client, within those of its key.

    Args:
        lesson: What the client requested.
        key: The current key of the client.
        in_scope: Tells whether an entity exists and is in the key's scope.
        allows_service: Tells whether the key may call a service.
        opens: Tells whether listing an entity by ID would give the key more access.

    """
    capabilities = frozenset(Capability(item) for item in lesson.capabilities)
    seen = frozenset(filter(in_scope, lesson.entities))
    left_out = frozenset(filter(opens, seen - key.scope.include.entities))
    events = frozenset(item for item in lesson.events if may_fire(item, key.events))
    asked = lesson.services | lesson.refused_services
    doubtful = frozenset(item for item in asked - ITEM_WRITES if is_dangerous(*item.split(".", 1)))
    kept = capabilities & key.capabilities
    services = frozenset(item for item in lesson.services - doubtful if allows_service(item))
    refused = (capabilities - kept) | (asked - doubtful - services) | (lesson.entities - seen)
    return Proposal(
        # Without listed services or events, a capability would allow all services, or no events.
        capabilities=kept - _without_use(services, events),
        entities=seen - left_out,
        services=frozenset(_as_listed(item, key) for item in services),
        doubtful=doubtful,
        events=events,
        keep_scope=lesson.everything,
        refused=refused | (lesson.events - events),
        left_out=left_out,
    )


def _as_listed(service: str, key: ApiKey) -> str:
    """Return a service as the key lists it: with all of its fields, or by its name."""
    return all_fields(service) if all_fields(service) in key.services else service


def _without_use(services: frozenset[str], events: frozenset[str]) -> set[Capability]:
    """Return the capabilities whose list is empty."""
    unused = set() if services else {Capability.CONTROL}
    return unused if events else unused | {Capability.FIRE_EVENT}


def _add_bounded(items: set[str], new: Iterable[str], limit: int) -> None:
    for item in new:
        if len(items) >= limit:
            return
        if not holds_secret(item):
            items.add(item)
