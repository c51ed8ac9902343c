"""The index of all entities with a state: their order in shards, and the version of their last change.

A state change only adds an entry to a set. All other work is done on reading, once for all changes since the last read
and independent of the number of scopes.
"""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback

from ..scope.resolver import EntityDirectory

SHARD_SIZE: Final = 32
"""Entities in a shard. Smaller shards make a change cheaper; larger ones compress better."""

GROUP_SIZE: Final = 12
"""Shards in a group."""

_SPARE_SHARDS: Final = 8
_MAX_REMOVED: Final = 10_000
"""The number of removed entities to remember, so that readers can be informed about the removals."""


class Shard:
    """Consecutive entities, in Home Assistant's order.

    ``version`` is the index version of the last state change. ``layout`` is the index version of the last change to the
    entities in the shard or to their scopes.
    """

    __slots__ = ("_changed", "entity_ids", "group", "layout", "version")

    def __init__(self, group: Group, version: int) -> None:
        """Create an empty shard in a group."""
        self.group = group
        self.entity_ids: list[str] = []
        self.layout = self.version = version
        self._changed: dict[str, int] = {}

    def change(self, entity_id: str, version: int) -> None:
        """Record that the state of an entity changed."""
        self._changed[entity_id] = self.version = self.group.version = version

    def rearrange(self, version: int) -> None:
        """Record a change to the entities in the shard, or to their scopes."""
        self.layout = self.group.layout = self.version = self.group.version = version
        self._changed.clear()

    def changed_since(self, version: int) -> Iterable[str]:
        """Return the entities whose state changed after a version. It must not be older than ``layout``."""
        return [entity_id for entity_id, changed in self._changed.items() if changed > version]


class Group:
    """Consecutive shards, with the highest version and layout of any of them."""

    __slots__ = ("layout", "shards", "version")

    def __init__(self, version: int) -> None:
        """Create a group without shards."""
        self.shards: list[Shard] = []
        self.layout = self.version = version


class StateIndex:
    """Follows Home Assistant's state machine and the registries.

    Readers call ``sync`` first. It applies all changes since the last read and increases ``version``.
    """

    def __init__(self, hass: HomeAssistant, directory: EntityDirectory) -> None:
        """Create an index; ``start`` makes it follow Home Assistant."""
        self._hass = hass
        self._directory = directory
        self.groups: list[Group] = []
        self.version = 0
        self.layout = 0
        """The version of the last layout change of any shard."""
        self.horizon = 0
        """Changes at or before this version may have been forgotten."""
        self._shard_of: dict[str, Shard] = {}
        self._changed: dict[str, int] = {}
        self._dirty: set[str] = set()
        self._moved: set[str] = set()
        self._reclassified: set[str] = set()
        self._trusted = False

    def start(self) -> CALLBACK_TYPE:
        """Follow all changes until the returned function is called."""
        self.distrust()
        stops = (
            self._directory.listen(self._facts_changed),
            self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._state_changed),
        )

        def stop() -> None:
            for item in stops:
                item()

        return stop

    def distrust(self) -> None:
        """Rebuild everything at the next read, as if every entity had changed."""
        self._trusted = False

    def holds(self, entity_id: str) -> bool:
        """Return whether an entity has a state."""
        return entity_id in self._shard_of

    def entity_ids(self) -> Iterable[str]:
        """Return all entities that have a state, in no particular order."""
        return self._shard_of.keys()

    @property
    def is_current(self) -> bool:
        """Whether every change so far has been applied."""
        return self._trusted and not self._dirty

    def sync(self) -> None:
        """Apply every change so far."""
        if self.is_current:
            return
        self.version += 1
        if self._moved or not self._trusted:
            self._move()
        for entity_id in self._dirty:
            if (shard := self._shard_of.get(entity_id)) is not None:
                shard.change(entity_id, self.version)
            self._note(entity_id)
        for entity_id in self._reclassified:
            if (shard := self._shard_of.get(entity_id)) is not None:
                shard.rearrange(self.version)
                self.layout = self.version
        self._dirty.clear()
        self._reclassified.clear()

    def changed_since(self, version: int) -> Iterator[str]:
        """Yield the entities that changed, appeared, disappeared or moved after a version, the latest first."""
        for entity_id, changed in reversed(self._changed.items()):
            if changed <= version:
                return
            yield entity_id

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        data = event.data
        entity_id = data["entity_id"]
        self._dirty.add(entity_id)
        if data["new_state"] is None:
            self._moved.add(entity_id)
            self._directory.forget(entity_id)
        elif data["old_state"] is None:
            self._moved.add(entity_id)

    def _facts_changed(self, entity_id: str) -> None:
        self._dirty.add(entity_id)
        self._reclassified.add(entity_id)

    def _note(self, entity_id: str) -> None:
        self._changed.pop(entity_id, None)
        self._changed[entity_id] = self.version
        if len(self._changed) > len(self._shard_of) + _MAX_REMOVED:
            oldest = next(iter(self._changed))
            self.horizon = self._changed.pop(oldest)

    def _move(self) -> None:
        """Remove entities that were removed or came back, and append new ones, like the state machine."""
        for entity_id in self._moved:
            if (shard := self._shard_of.pop(entity_id, None)) is not None:
                shard.entity_ids.remove(entity_id)
                shard.rearrange(self.version)
        self._moved.clear()
        self.layout = self.version
        entity_ids = self._hass.states.async_entity_ids()
        arrived = entity_ids[len(self._shard_of) :]
        if self._trusted and self._shard_of.keys().isdisjoint(arrived) and not self._is_sparse():
            self._append(arrived)
        else:
            self._rebuild(entity_ids)

    def _is_sparse(self) -> bool:
        shards = len(self.groups) * GROUP_SIZE
        return shards > 2 * (len(self._shard_of) // SHARD_SIZE) + 2 * GROUP_SIZE + _SPARE_SHARDS

    def _append(self, entity_ids: list[str]) -> None:
        for entity_id in entity_ids:
            shard = self._open_shard()
            shard.entity_ids.append(entity_id)
            shard.rearrange(self.version)
            self._shard_of[entity_id] = shard

    def _open_shard(self) -> Shard:
        if not self.groups or (len(self.groups[-1].shards) == GROUP_SIZE and self._last_is_full()):
            self.groups.append(Group(self.version))
        group = self.groups[-1]
        if not group.shards or self._last_is_full():
            group.shards.append(Shard(group, self.version))
        return group.shards[-1]

    def _last_is_full(self) -> bool:
        return len(self.groups[-1].shards[-1].entity_ids) >= SHARD_SIZE

    def _rebuild(self, entity_ids: list[str]) -> None:
        self._trusted = True
        self.groups = []
        self._shard_of = {}
        for of_group in batched(entity_ids, SHARD_SIZE * GROUP_SIZE, strict=False):
            group = Group(self.version)
            self.groups.append(group)
            for of_shard in batched(of_group, SHARD_SIZE, strict=False):
                shard = Shard(group, self.version)
                shard.entity_ids += of_shard
                group.shards.append(shard)
                self._shard_of.update(dict.fromkeys(of_shard, shard))
        for entity_id in entity_ids:
            self._note(entity_id)
