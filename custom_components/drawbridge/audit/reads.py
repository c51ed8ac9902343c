"""Sums of reads, which are too frequent to be recorded one by one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ..keys import ApiKey
from ..masking import mask
from .subject import MAX_ENTITIES, bounded

type About = tuple[str, str, str, str]
"""The operation, the capability that it needs, the method and the route."""

_SECONDS: Final = 60


@dataclass(slots=True)
class ReadSum:
    """The reads of a key with one operation in a minute.

    Attributes:
        number: The running number that it shares with audit records.
        time: The Unix time of the first read.
        key_id: The ID of the key.
        key_name: Its name.
        operation: The name of the operation.
        capability: The capability that it needs.
        method: The method of the first read.
        route: Its route.
        address: The address of the last read.
        count: The number of reads.
        entities: The first entities that were named.
        has_more: Whether there were further ones.
        latest: What the last read was, to recognize a repetition: the key, the client and a hash of the request.

    """

    number: int
    time: float
    key_id: str
    key_name: str
    operation: str
    capability: str
    method: str
    route: str
    address: str = ""
    count: int = 0
    entities: dict[str, None] = field(default_factory=dict)
    has_more: bool = False
    latest: tuple[object, ...] = ()

    def repeats(self, read: tuple[object, ...]) -> bool:
        """Count a read if it is equal to the last one, and return whether it is."""
        if self.latest != read:
            return False
        self.count += 1
        return True

    def add(self, read: tuple[object, ...], address: str | None, entities: Callable[[], Iterable[str]]) -> None:
        """Count a read that is not equal to the last one.

        Args:
            read: What identifies the read.
            address: The address of the client.
            entities: Returns the entities that it names.

        """
        self.count += 1
        self.latest, self.address = read, address or "local"
        if not self.has_more:
            self._name(entities())

    def _name(self, entities: Iterable[str]) -> None:
        for item in entities:
            if len(self.entities) >= MAX_ENTITIES:
                self.has_more = True
                return
            self.entities[mask(item)] = None

    @property
    def shown(self) -> tuple[str, ...]:
        """The entities to show."""
        return bounded(self.entities)


class ReadSums:
    """The current sums. A sum ends with its minute, and stays for one more minute so that it can be shown."""

    def __init__(self, keep: Callable[[ReadSum], int]) -> None:
        """Create an empty collection. ``keep`` stores a new sum and returns its number."""
        self._keep = keep
        self._minute = 0
        self._current: dict[tuple[str, str], ReadSum] = {}
        self._previous: dict[tuple[str, str], ReadSum] = {}

    def recent(self) -> Iterator[ReadSum]:
        """Yield the sums of this and of the previous minute."""
        yield from self._previous.values()
        yield from self._current.values()

    def of(self, key: ApiKey, about: About, now: float) -> ReadSum:
        """Return the sum for a read of a key at Unix time ``now``. This is called for every read, so it does little."""
        if (minute := int(now // _SECONDS)) != self._minute:
            self._previous, self._current, self._minute = self._current, {}, minute
        found = self._current.get((key.id, about[0]))
        if found is None:
            found = ReadSum(0, now, key.id, key.name, *about)
            self._current[key.id, about[0]] = found
            found.number = self._keep(found)
        return found
