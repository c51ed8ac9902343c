"""The encoded segments of a response. Each is built on demand and kept until one of its entities changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from ..encoding.codecs import Block, BlockChain, BlockCodec
from ..states.index import Group, Shard
from .steps import Steps

type WriteState = Callable[[str], bytes | None]
"""Returns the state of an entity as JSON; ``None`` if it has no state."""

OPENING: Final = b"["
SEPARATOR: Final = b","
_NEVER: Final = -1


class ShardJson:
    """The states of a shard's entities as JSON, encoded once for all segments of the shard."""

    __slots__ = ("__weakref__", "_shard", "_texts", "_version", "_write")

    def __init__(self, shard: Shard, write: WriteState) -> None:
        """Create it for a shard. States are encoded when ``join`` is called."""
        self._shard = shard
        self._write = write
        self._texts: dict[str, bytes | None] = {}
        self._version = _NEVER

    def join(self, entity_ids: Sequence[str]) -> bytes:
        """Return the current states of the given entities, in this order, separated by commas."""
        shard, texts, write = self._shard, self._texts, self._write
        if self._version < shard.layout:
            self._texts = texts = {entity_id: write(entity_id) for entity_id in shard.entity_ids}
        elif self._version != shard.version:
            for entity_id in shard.changed_since(self._version):
                texts[entity_id] = write(entity_id)
        self._version = shard.version
        return SEPARATOR.join([text for entity_id in entity_ids if (text := texts.get(entity_id))])


class Segment:
    """The visible states of a shard, after an opening bracket or a comma.

    Shared by all views that show the same entities of the shard.
    """

    __slots__ = ("__weakref__", "_blocks", "_json", "_members", "_opening", "_version", "shard")

    def __init__(self, shard: Shard, members: Sequence[str], opening: bytes, json: ShardJson) -> None:
        """Create a segment of at least one entity. Blocks are encoded on demand."""
        self.shard = shard
        self._members = members
        self._opening = opening
        self._json = json
        self._version = shard.version
        self._blocks: dict[BlockCodec, Block] = {}

    def is_ready(self, codec: BlockCodec) -> bool:
        """Return whether the block exists and is up to date."""
        return self._version == self.shard.version and codec in self._blocks

    def block(self, codec: BlockCodec) -> Block:
        """Return the up-to-date block. Encodes it if necessary."""
        if self._version != self.shard.version:
            self._version = self.shard.version
            self._blocks.clear()
        block = self._blocks.get(codec)
        if block is None:
            block = self._blocks[codec] = codec.encode(self._opening + self._json.join(self._members))
        return block

    def kept(self) -> Iterator[Block]:
        """Yield all blocks that are kept."""
        yield from self._blocks.values()

    def drop(self, codec: BlockCodec) -> Iterator[Block]:
        """Drop the block of a codec, and yield it if it existed."""
        if (block := self._blocks.pop(codec, None)) is not None:
            yield block


@dataclass(slots=True)
class _Joined:
    """The blocks of all segments at a version of the group, and the block that joins them."""

    version: int
    chain: BlockChain
    block: Block


class SegmentGroup:
    """The segments of a group of shards, joined. Shared between views, like segments."""

    __slots__ = ("__weakref__", "_joined", "group", "segments")

    def __init__(self, group: Group, segments: Sequence[Segment]) -> None:
        """Create a group of at least one segment. Blocks are joined on demand."""
        self.group = group
        self.segments = segments
        self._joined: dict[BlockCodec, _Joined] = {}

    def block(self, codec: BlockCodec) -> Steps[Block]:
        """Return the up-to-date block of all segments. A step encodes one segment."""
        version, joined = self.group.version, self._joined.get(codec)
        if joined is not None and joined.version == version:
            return joined.block
        since = joined.version if joined is not None else _NEVER
        changed = [(index, segment) for index, segment in enumerate(self.segments) if segment.shard.version > since]
        for _, segment in changed:
            if not segment.is_ready(codec):
                segment.block(codec)
                yield
        blocks = [(index, segment.block(codec)) for index, segment in changed]
        if joined is None:
            return self._join(codec, version, [block for _, block in blocks])
        self._drop_outdated(version, joined)
        joined.version = version
        if blocks:
            joined.chain.replace(blocks)
            joined.block = joined.chain.joined()
        return joined.block

    def kept(self) -> Iterator[Block]:
        """Yield all joined blocks that are kept."""
        for joined in self._joined.values():
            yield joined.block

    def drop(self, codec: BlockCodec) -> Iterator[Block]:
        """Drop the joined and single blocks of a codec, and yield those that existed."""
        if (joined := self._joined.pop(codec, None)) is not None:
            yield joined.block
        for segment in self.segments:
            yield from segment.drop(codec)

    def _join(self, codec: BlockCodec, version: int, blocks: Sequence[Block]) -> Block:
        chain = BlockChain(codec, blocks)
        joined = self._joined[codec] = _Joined(version, chain, chain.joined())
        return joined.block

    def _drop_outdated(self, version: int, current: _Joined) -> None:
        """Drop outdated joined blocks of other codecs, because they may never be requested again."""
        self._joined = {
            codec: joined for codec, joined in self._joined.items() if joined is current or joined.version == version
        }


class SegmentPool:
    """Segments and segment groups by their content. Unused ones are freed."""

    def __init__(self, write: WriteState) -> None:
        """Create an empty pool. ``write`` returns the JSON of an entity's state."""
        self._write = write
        self._json: WeakValueDictionary[Shard, ShardJson] = WeakValueDictionary()
        self._segments: WeakValueDictionary[tuple[Shard, tuple[str, ...], bytes], Segment] = WeakValueDictionary()
        self._groups: WeakValueDictionary[tuple[Group, tuple[Segment, ...]], SegmentGroup] = WeakValueDictionary()

    def segment(self, shard: Shard, members: tuple[str, ...], opening: bytes) -> Segment:
        """Return the segment of these entities of a shard."""
        key = (shard, members, opening)
        segment = self._segments.get(key)
        if segment is None:
            segment = self._segments[key] = Segment(shard, members, opening, self._json_of(shard))
        return segment

    def _json_of(self, shard: Shard) -> ShardJson:
        json = self._json.get(shard)
        if json is None:
            json = self._json[shard] = ShardJson(shard, self._write)
        return json

    def group(self, group: Group, segments: tuple[Segment, ...]) -> SegmentGroup:
        """Return the segment group of these segments."""
        key = (group, segments)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = SegmentGroup(group, segments)
        return found
