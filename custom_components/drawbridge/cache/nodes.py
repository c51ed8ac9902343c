"""Encoded stretches of an answer, each made when asked for and kept until something in it changes."""

from collections.abc import Callable, Sequence
from typing import Final
from weakref import WeakValueDictionary

from .codings import Family, Part
from .ledger import Group, Shard

type Write = Callable[[str], bytes | None]
"""Returns the state of an entity as JSON, ``None`` for one that has none."""

OPENING: Final = b"["
SEPARATOR: Final = b","


class Leaf:
    """The states of those entities of a shard that are in a scope, behind a bracket or a comma.

    Shared by all views that have the same entities of the shard in their scope.
    """

    __slots__ = ("__weakref__", "_members", "_opening", "_parts", "_shard", "_version", "_write")

    def __init__(self, shard: Shard, members: Sequence[str], opening: bytes, write: Write) -> None:
        """Prepare the states of at least one entity."""
        self._shard = shard
        self._members = members
        self._opening = opening
        self._write = write
        self._version = shard.version
        self._parts: dict[Family, Part] = {}

    @property
    def size(self) -> int:
        """Bytes held."""
        return sum(len(part.body) for part in self._parts.values())

    def is_ready(self, family: Family) -> bool:
        """Tell whether a part is there and nothing in it has changed."""
        return self._version == self._shard.version and family in self._parts

    def part(self, family: Family) -> Part:
        """Return the part, made anew if something in it has changed."""
        if self._version != self._shard.version:
            self._version = self._shard.version
            self._parts.clear()
        part = self._parts.get(family)
        if part is None:
            text = SEPARATOR.join(filter(None, map(self._write, self._members)))
            part = self._parts[family] = family.encode(self._opening + text)
        return part

    def drop(self, family: Family) -> None:
        """Let go of a part."""
        self._parts.pop(family, None)


class Bundle:
    """The leaves of a group of shards, joined. Shared like them."""

    __slots__ = ("__weakref__", "_group", "_parts", "_version", "leaves")

    def __init__(self, group: Group, leaves: Sequence[Leaf]) -> None:
        """Prepare the join of at least one leaf."""
        self._group = group
        self._version = group.version
        self._parts: dict[Family, Part] = {}
        self.leaves = leaves

    @property
    def size(self) -> int:
        """Bytes held, without those of the leaves."""
        return sum(len(part.body) for part in self._parts.values())

    def is_ready(self, family: Family) -> bool:
        """Tell whether the part is there and nothing in it has changed."""
        return self._version == self._group.version and family in self._parts

    def parts(self, family: Family) -> Sequence[Part]:
        """Return the part, or those of the leaves, made anew if something in them has changed."""
        if not family.joins:
            return [leaf.part(family) for leaf in self.leaves]
        if self._version != self._group.version:
            self._version = self._group.version
            self._parts.clear()
        part = self._parts.get(family)
        if part is None:
            part = self._parts[family] = family.join([leaf.part(family) for leaf in self.leaves])
        return (part,)

    def drop(self, family: Family) -> None:
        """Let go of a part, and of those of the leaves."""
        self._parts.pop(family, None)
        for leaf in self.leaves:
            leaf.drop(family)


class SharedNodes:
    """Leaves and bundles by what is in them; those that no view uses go by themselves."""

    def __init__(self, write: Write) -> None:
        """Begin with none. ``write`` returns the JSON of an entity's state."""
        self._write = write
        self._leaves: WeakValueDictionary[tuple[Shard, tuple[str, ...], bytes], Leaf] = WeakValueDictionary()
        self._bundles: WeakValueDictionary[tuple[Group, tuple[Leaf, ...]], Bundle] = WeakValueDictionary()

    def leaf(self, shard: Shard, members: tuple[str, ...], opening: bytes) -> Leaf:
        """Return the leaf for these entities of a shard."""
        key = (shard, members, opening)
        leaf = self._leaves.get(key)
        if leaf is None:
            leaf = self._leaves[key] = Leaf(shard, members, opening, self._write)
        return leaf

    def bundle(self, group: Group, leaves: tuple[Leaf, ...]) -> Bundle:
        """Return the join of these leaves of a group."""
        key = (group, leaves)
        bundle = self._bundles.get(key)
        if bundle is None:
            bundle = self._bundles[key] = Bundle(group, leaves)
        return bundle
