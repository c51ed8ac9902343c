"""The view of a scope: the entities that it shows, at which version, and the finished bodies."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..encoding.codecs import Block, BlockChain, BlockCodec, Coding, Payload
from ..scope.resolver import LiveScope
from ..states.index import Group, StateIndex
from .segments import OPENING, SEPARATOR, SegmentGroup, SegmentPool
from .steps import Steps

_EMPTY: Final = b"[]"
_END: Final = b"]"
_NEVER: Final = -1

_JOIN_AFTER_REQUESTS: Final = 8
"""The number of requests for a body after which its pieces are joined. Joining pays off after a few requests."""

_MAX_JOINED_BYTES: Final = 1 << 20


class Membership:
    """The entities in a scope, and the number of changes that were found in them.

    ``version`` only counts changes within the scope, so that it reveals nothing about changes outside.
    """

    def __init__(self, scope: LiveScope, index: StateIndex) -> None:
        """Create it for a scope. Nothing is read before the first ``update``."""
        self._scope = scope
        self._index = index
        self.seen = -1
        """The index version up to which changes are known, although they may not be applied yet."""
        self._pending: dict[str, None] = {}
        self._members: set[str] = set()
        self.version = 0

    @property
    def has_pending(self) -> bool:
        """Whether there are known changes that are not applied yet."""
        return bool(self._pending)

    def update(self) -> Steps[bool]:
        """Apply all changes so far. A step processes one entity."""
        if self.seen != self._index.version:
            self._collect()
        affected = False
        try:
            while self._pending:
                affected |= self._apply(self._pending.popitem()[0])
                yield
        finally:
            self.version += affected
        return True

    def _collect(self) -> None:
        index = self._index
        if self.seen < index.horizon:
            self._pending.update(dict.fromkeys(self._members))
            self._pending.update(dict.fromkeys(index.entity_ids()))
        else:
            self._pending.update(dict.fromkeys(index.changed_since(self.seen)))
        self.seen = index.version

    def _apply(self, entity_id: str) -> bool:
        """Process a changed entity. Return whether it was in scope before, or is now."""
        if self._index.holds(entity_id) and self._scope.allows(entity_id):
            self._members.add(entity_id)
            return True
        if entity_id in self._members:
            self._members.remove(entity_id)
            return True
        return False


class _Place:
    """The segment group that a view shows for a group of shards, its layout, and the text before it."""

    __slots__ = ("layout", "opening", "segments")

    def __init__(self, layout: int, opening: bytes, segments: SegmentGroup | None) -> None:
        self.layout = layout
        self.opening = opening
        self.segments = segments


@dataclass(slots=True)
class _Body:
    """A finished body, the versions it was built from, and its hit count."""

    members_version: int
    index_version: int
    groups: Sequence[SegmentGroup]
    chain: BlockChain
    payload: Payload
    hits: int = 1

    def hit(self) -> Payload:
        """Return the payload again. Joins its pieces when it was requested often enough."""
        self.hits += 1
        if self.hits == _JOIN_AFTER_REQUESTS and self.payload.size <= _MAX_JOINED_BYTES:
            self.payload = Payload.of(b"".join(self.payload.pieces))
        return self.payload

    def kept(self) -> Iterator[Block]:
        """Yield all blocks that are kept."""
        yield from self.chain.blocks
        yield Block(self.payload.pieces)


class StateView:
    """The states of one scope, as one JSON array in Home Assistant's order."""

    def __init__(
        self, name: str, scope: LiveScope, index: StateIndex, pool: SegmentPool, on_change: Callable[[], None]
    ) -> None:
        """Create a view without bodies.

        Args:
            name: A unique name, which is different after a restart.
            scope: What the view shows.
            index: The states of all entities.
            pool: Segments, shared with other views.
            on_change: Called when bodies become outdated.

        """
        self.members = Membership(scope, index)
        self.last_used = 0.0
        """When a body was last requested, in seconds of the monotonic clock."""
        self.cursor = ((-1, 0), "")
        """The last cursor, with the members version and the second that it belongs to."""
        self._name = name
        self.shows = scope.allows
        self._index = index
        self._pool = pool
        self._on_change = on_change
        self._places: dict[Group, _Place] = {}
        self._groups: list[SegmentGroup] = []
        self._layout = _NEVER
        self._bodies: dict[Coding, _Body | None] = {}
        self._closings: dict[tuple[BlockCodec, bytes], Block] = {}
        self._etag = (_NEVER, "")

    @property
    def etag(self) -> str:
        """The weak validator of the version that ``advance`` has reached."""
        version = self.members.version
        if self._etag[0] != version:
            self._etag = (version, f'W/"{self._name}-{version}"')
        return self._etag[1]

    @property
    def holds_bodies(self) -> bool:
        """Whether there is a body, up to date or not."""
        return bool(self._bodies)

    def codings(self) -> tuple[Coding, ...]:
        """Return the codings of the bodies, the least recently used first."""
        return tuple(self._bodies)

    def is_prepared(self, coding: Coding) -> bool:
        """Return whether a body was built before, so that only changed segments must be built."""
        return coding in self._bodies

    def body(self, coding: Coding) -> Payload | None:
        """Return the body if it exists and is up to date."""
        body = self._bodies.get(coding)
        return body.hit() if body is not None and body.members_version == self.members.version else None

    @property
    def is_current(self) -> bool:
        """Whether the validator is up to date."""
        index, members = self._index, self.members
        return members.seen == index.version and index.is_current and not members.has_pending

    def advance(self) -> Steps[bool]:
        """Update the validator. A step processes one entity."""
        self._index.sync()
        version = self.members.version
        try:
            return (yield from self.members.update())
        finally:
            if self._bodies and self.members.version != version:
                self._on_change()

    def build(self, coding: Coding) -> Steps[Payload]:
        """Return the up-to-date body. A step processes one entity, or builds one segment or segment group."""
        yield from self.advance()
        if (payload := self.body(coding)) is not None:
            return payload
        groups = yield from self._arrange()
        known = self._bodies.get(coding)
        if known is not None and known.groups is not groups:
            known = None
        chain = yield from self._chain(coding.codec, groups, known)
        self._drop_outdated()
        # Move it to the end of the order of use.
        self._bodies.pop(coding, None)
        payload = coding.body(chain)
        self._bodies[coding] = _Body(self.members.version, self._index.version, groups, chain, payload)
        return payload

    def drop(self, coding: Coding) -> list[Block]:
        """Drop the body in one coding, and return its blocks. The validator does not change."""
        body = self._bodies.pop(coding)
        dropped = [] if body is None else list(body.kept())
        for group in self._groups:
            dropped += group.drop(coding.codec)
        if not self._bodies:
            self.clear()
        return dropped

    def clear(self) -> None:
        """Drop all bodies."""
        self._bodies.clear()
        self._places.clear()
        self._groups = []
        self._layout = _NEVER

    def kept(self) -> Iterator[Block]:
        """Yield the blocks of all bodies."""
        for body in self._bodies.values():
            if body is not None:
                yield from body.kept()

    def groups(self) -> Sequence[SegmentGroup]:
        """Return the segment groups in use."""
        return self._groups

    def _chain(self, codec: BlockCodec, groups: Sequence[SegmentGroup], known: _Body | None) -> Steps[BlockChain]:
        """Return the blocks of all groups. With a known body, only changed blocks are replaced."""
        since = known.index_version if known is not None else _NEVER
        blocks: list[tuple[int, Block]] = []
        for place, group in enumerate(groups):
            if group.group.version > since:
                blocks.append((place, (yield from group.block(codec))))
        if known is not None:
            known.chain.replace(blocks)
            return known.chain
        closing = self._closing(codec, _END if groups else _EMPTY)
        return BlockChain(codec, [*(block for _, block in blocks), closing])

    def _arrange(self) -> Steps[list[SegmentGroup]]:
        """Return the segment groups in order. A step processes one group of shards."""
        index = self._index
        if self._layout == index.layout:
            return self._groups
        groups: list[SegmentGroup] = []
        for group in index.groups:
            before = self._places.get(group)
            place = self._place(group, SEPARATOR if groups else OPENING)
            if place.segments is not None:
                groups.append(place.segments)
            if place is not before:
                yield
        self._places = {group: self._places[group] for group in index.groups}
        self._layout = index.layout
        self._groups = groups
        return groups

    def _place(self, group: Group, opening: bytes) -> _Place:
        place = self._places.get(group)
        if place is None or place.layout != group.layout or place.opening != opening:
            place = self._places[group] = _Place(group.layout, opening, self._segments(group, opening))
        return place

    def _segments(self, group: Group, opening: bytes) -> SegmentGroup | None:
        segments = []
        for shard in group.shards:
            if members := tuple(filter(self.shows, shard.entity_ids)):
                segments.append(self._pool.segment(shard, members, opening))
                opening = SEPARATOR
        return self._pool.group(group, tuple(segments)) if segments else None

    def _drop_outdated(self) -> None:
        """Drop outdated bodies, and only remember that they existed."""
        for coding, body in self._bodies.items():
            if body is not None and body.members_version != self.members.version:
                self._bodies[coding] = None

    def _closing(self, codec: BlockCodec, text: bytes) -> Block:
        block = self._closings.get((codec, text))
        if block is None:
            block = self._closings[codec, text] = codec.encode(text)
        return block
