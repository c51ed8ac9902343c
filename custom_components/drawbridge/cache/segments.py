"""Encoded stretches of an answer, each made when asked for and kept until something in it changes."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from ..encoding.codecs import Chain, Family, Part
from ..states.index import Group, Shard

type Write = Callable[[str], bytes | None]
"""Returns the state of an entity as JSON, ``None`` for one that has none."""

OPENING: Final = b"["
SEPARATOR: Final = b","
_NEVER: Final = -1


class Texts:
    """The state of each entity of a shard as JSON, written once for all leaves."""

    __slots__ = ("__weakref__", "_shard", "_texts", "_version", "_write")

    def __init__(self, shard: Shard, write: Write) -> None:
        """Write nothing yet."""
        self._shard = shard
        self._write = write
        self._texts: dict[str, bytes | None] = {}
        self._version = -1

    def join(self, entity_ids: Sequence[str]) -> bytes:
        """Return the states of some of the entities, in this order, as they are now."""
        shard, texts, write = self._shard, self._texts, self._write
        if self._version < shard.layout:
            self._texts = texts = {entity_id: write(entity_id) for entity_id in shard.entity_ids}
        elif self._version != shard.version:
            for entity_id in shard.changed_since(self._version):
                texts[entity_id] = write(entity_id)
        self._version = shard.version
        return SEPARATOR.join([text for entity_id in entity_ids if (text := texts.get(entity_id))])


class Leaf:
    """The states of those entities of a shard that are in a scope, behind a bracket or a comma.

    Shared by all views that have the same entities of the shard in their scope.
    """

    __slots__ = ("__weakref__", "_members", "_opening", "_parts", "_texts", "_version", "shard")

    def __init__(self, shard: Shard, members: Sequence[str], opening: bytes, texts: Texts) -> None:
        """Prepare the states of at least one entity."""
        self.shard = shard
        self._members = members
        self._opening = opening
        self._texts = texts
        self._version = shard.version
        self._parts: dict[Family, Part] = {}

    def is_ready(self, family: Family) -> bool:
        """Tell whether a part is there and nothing in it has changed."""
        return self._version == self.shard.version and family in self._parts

    def part(self, family: Family) -> Part:
        """Return the part, made anew if something in it has changed."""
        if self._version != self.shard.version:
            self._version = self.shard.version
            self._parts.clear()
        part = self._parts.get(family)
        if part is None:
            part = self._parts[family] = family.encode(self._opening + self._texts.join(self._members))
        return part

    def kept(self) -> Iterator[Part]:
        """Yield all parts that are kept."""
        yield from self._parts.values()

    def drop(self, family: Family) -> None:
        """Let go of a part."""
        self._parts.pop(family, None)


@dataclass(slots=True)
class _Join:
    """The parts of the leaves, as of a version of the group, and what they make together."""

    version: int
    leaves: Chain
    part: Part


class Bundle:
    """The leaves of a group of shards, joined. Shared like them."""

    __slots__ = ("__weakref__", "_joins", "group", "leaves")

    def __init__(self, group: Group, leaves: Sequence[Leaf]) -> None:
        """Prepare the join of at least one leaf."""
        self.group = group
        self.leaves = leaves
        self._joins: dict[Family, _Join] = {}

    def part(self, family: Family, deadline: float) -> Part | None:
        """Return the part of all leaves, made anew if something in them has changed.

        ``None`` where ``deadline`` came before all leaves were made; those that were are there the next time.
        """
        version, join = self.group.version, self._joins.get(family)
        if join is not None and join.version == version:
            return join.part
        since = join.version if join is not None else _NEVER
        changed = [(index, leaf) for index, leaf in enumerate(self.leaves) if leaf.shard.version > since]
        for _, leaf in changed:
            if not leaf.is_ready(family):
                leaf.part(family)
                if time.monotonic() > deadline:
                    return None
        parts = [(index, leaf.part(family)) for index, leaf in changed]
        if join is None:
            leaves = Chain(family, (part for _, part in parts))
            join = self._joins[family] = _Join(version, leaves, leaves.joined())
            return join.part
        self._joins = {each: kept for each, kept in self._joins.items() if kept is join or kept.version == version}
        join.version = version
        if parts:
            join.leaves.replace(parts)
            join.part = join.leaves.joined()
        return join.part

    def kept(self) -> Iterator[Part]:
        """Yield all parts that are kept, without those of the leaves."""
        for join in self._joins.values():
            yield join.part

    def drop(self, family: Family) -> None:
        """Let go of a part, and of those of the leaves."""
        self._joins.pop(family, None)
        for leaf in self.leaves:
            leaf.drop(family)


class SharedNodes:
    """Leaves and bundles by what is in them; those that no view uses go by themselves."""

    def __init__(self, write: Write) -> None:
        """Begin with none. ``write`` returns the JSON of an entity's state."""
        self._write = write
        self._texts: WeakValueDictionary[Shard, Texts] = WeakValueDictionary()
        self._leaves: WeakValueDictionary[tuple[Shard, tuple[str, ...], bytes], Leaf] = WeakValueDictionary()
        self._bundles: WeakValueDictionary[tuple[Group, tuple[Leaf, ...]], Bundle] = WeakValueDictionary()

    def leaf(self, shard: Shard, members: tuple[str, ...], opening: bytes) -> Leaf:
        """Return the leaf for these entities of a shard."""
        key = (shard, members, opening)
        leaf = self._leaves.get(key)
        if leaf is None:
            leaf = self._leaves[key] = Leaf(shard, members, opening, self._texts_of(shard))
        return leaf

    def _texts_of(self, shard: Shard) -> Texts:
        texts = self._texts.get(shard)
        if texts is None:
            texts = self._texts[shard] = Texts(shard, self._write)
        return texts

    def bundle(self, group: Group, leaves: tuple[Leaf, ...]) -> Bundle:
        """Return the join of these leaves of a group."""
        key = (group, leaves)
        bundle = self._bundles.get(key)
        if bundle is None:
            bundle = self._bundles[key] = Bundle(group, leaves)
        return bundle
