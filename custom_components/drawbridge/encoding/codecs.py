"""Content codings with compressed blocks that can be concatenated, so that a change re-encodes only one block.

A deflate stream that ends with a full flush ends at a byte boundary, and nothing after it refers back, so such
streams can be concatenated (RFC 1951). gzip and zlib add a header, and a checksum that is combined from those of the
blocks.

Zstandard frames can be concatenated too (RFC 8878, section 3), but not every client reads beyond the first: aiohttp
up to 3.13 stops there without an error. So all blocks are put into one frame, and the repeat offsets that a block may
inherit from the one before are reset by a few bytes in front of each.
"""

import struct
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate, chain
from operator import attrgetter
from types import MappingProxyType, ModuleType
from typing import Final, Self, override

from . import checksums
from .checksums import Checksum
from .negotiation import IDENTITY


def _module(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


# Home Assistant's web server uses isal as well, where there is a build of it for the machine.
fast_zlib: Final = _module("isal.isal_zlib") or zlib

zstd: Final = _module("compression.zstd")
"""``None`` if Python was built without it. The coding zstd is then not offered."""

_FASTEST: Final = 1
_RAW: Final = -zlib.MAX_WBITS
_GZIP_HEAD: Final = bytes((0x1F, 0x8B, zlib.DEFLATED, 0, 0, 0, 0, 0, 4, 255))
_ZLIB_HEAD: Final = b"\x78\x01"

_ZSTD_WINDOW_LOG: Final = 19
_ZSTD_HEAD: Final = bytes.fromhex("28b52ffd 00 48")  # magic number, no optional field, a window of 512 KiB
_ZSTD_SETTER: Final = bytes.fromhex(
    "420000 20"  # a run of 8 spaces
    "440000"  # a compressed block of 8 bytes: no literals, three sequences
    "00 03 44 00 00"  # lengths of 0 and 3 each, offsets by the predefined table
    "b8dd4a"  # the offsets 8, 4, 1
)
_ZSTD_LAST_BLOCK: Final = bytes.fromhex("010000")  # empty
_ZSTD_RUN: Final = 1

_crc32_combine: Final[Callable[[int, int, int], int]] = getattr(fast_zlib, "crc32_combine", checksums.crc32_combine)


def _crc32_replace(whole: int, old: int, new: int, behind: int) -> int:
    return whole ^ _crc32_combine(old ^ new, 0, behind)


CRC32: Final = checksums.Checksum(fast_zlib.crc32, _crc32_combine, _crc32_replace)
ADLER32: Final = checksums.Checksum(fast_zlib.adler32, checksums.adler32_combine, checksums.adler32_replace)


class Block:
    """An encoded part of a body, in pieces that are sent one after the other.

    ``size`` is the number of encoded bytes; ``length`` and ``checksum`` are those of the plain text.
    """

    __slots__ = ("checksum", "length", "pieces", "size")

    def __init__(self, pieces: Sequence[bytes], length: int = 0, checksum: int = 0) -> None:
        """Create a block from its pieces."""
        self.pieces = pieces
        self.size = sum(map(len, pieces))
        self.length = length
        self.checksum = checksum


_PIECES: Final[Callable[[Block], Sequence[bytes]]] = attrgetter("pieces")


class BlockCodec(ABC):
    """Encodes parts of a body so that they can be concatenated in any order."""

    checksum: Checksum | None = None
    """The checksum of the plain text at the end of the coding, if any."""

    joins = True
    """Whether joining the pieces of consecutive blocks pays off, because fewer pieces are sent."""

    @abstractmethod
    def encode(self, plain: bytes) -> Block:
        """Encode a part by itself."""


class Plain(BlockCodec):
    """No compression."""

    joins = False

    @override
    def encode(self, plain: bytes) -> Block:
        return Block((plain,))


class Deflate(BlockCodec):
    """Raw deflate (RFC 1951); each block ends with a full flush."""

    def __init__(self, checksum: Checksum) -> None:
        """Create a codec with the checksum of its container format."""
        self.checksum = checksum
        self._checksum_of = checksum.of

    @override
    def encode(self, plain: bytes) -> Block:
        compressor = fast_zlib.compressobj(_FASTEST, zlib.DEFLATED, _RAW)
        body = compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH)
        return Block((body,), len(plain), self._checksum_of(plain))


class Zstandard(BlockCodec):
    """Zstandard. Each block consists of the blocks of a frame of its own, so that it fits into any frame.

    The first block of a frame refers to no earlier table and no earlier text, but it may use one of the three repeat
    offsets, which are 1, 4 and 8 at the start of a frame (RFC 8878, section 3.1.1.5). ``_ZSTD_SETTER`` restores them:
    eight spaces, then three times three more, copied from 8, 4 and 1 bytes before. JSON ignores spaces between values.
    """

    def __init__(self, library: ModuleType) -> None:
        """Create the compressor. It is reused, because creating one for each block would cost more than compressing."""
        parameter = library.CompressionParameter
        options = {parameter.compression_level: _FASTEST, parameter.window_log: _ZSTD_WINDOW_LOG}
        self._compressor = library.ZstdCompressor(options=options)

    @override
    def encode(self, plain: bytes) -> Block:
        frame = self._compressor.compress(plain, self._compressor.FLUSH_FRAME)
        return Block((_ZSTD_SETTER + _unended_blocks(frame),))


def _unended_blocks(frame: bytes) -> bytes:
    """Return the blocks of a frame without a checksum, none of them marked as the last."""
    descriptor = frame[4]
    single_segment = descriptor >> 5 & 1
    size_of_content_size = (single_segment, 2, 4, 8)[descriptor >> 6]
    blocks = bytearray(frame[5 + (not single_segment) + size_of_content_size :])
    at = 0
    while not blocks[at] & 1:
        header = int.from_bytes(blocks[at : at + 3], "little")
        is_run = header >> 1 & 3 == _ZSTD_RUN
        at += 3 + (1 if is_run else header >> 3)
    blocks[at] &= 0xFE
    return bytes(blocks)


class BlockChain:
    """Consecutive blocks and their combined checksum, which is updated when a block is replaced."""

    __slots__ = ("_codec", "_ends", "blocks", "checksum", "length", "size")

    def __init__(self, codec: BlockCodec, blocks: Iterable[Block]) -> None:
        """Concatenate at least one block."""
        self._codec = codec
        self.blocks = list(blocks)
        self.size = sum(block.size for block in self.blocks)
        self.checksum = 0
        self._combine()

    def replace(self, changes: Iterable[tuple[int, Block]]) -> None:
        """Replace blocks by their position."""
        checksum, blocks, lengths_differ = self._codec.checksum, self.blocks, False
        for place, block in changes:
            old, blocks[place] = blocks[place], block
            self.size += block.size - old.size
            if old.length != block.length:
                lengths_differ = True
            elif checksum is not None and old.checksum != block.checksum:
                behind = self.length - self._ends[place]
                self.checksum = checksum.replace(self.checksum, old.checksum, block.checksum, behind)
        if lengths_differ:
            self._combine()

    def joined(self) -> Block:
        """Return the whole chain as one block."""
        pieces = self.pieces()
        return Block((b"".join(pieces),) if self._codec.joins else tuple(pieces), self.length, self.checksum)

    def pieces(self) -> Iterator[bytes]:
        """Return the pieces of all blocks."""
        return chain.from_iterable(map(_PIECES, self.blocks))

    def _combine(self) -> None:
        self._ends = list(accumulate(block.length for block in self.blocks))
        self.length = self._ends[-1]
        if (checksum := self._codec.checksum) is not None:
            first, *others = self.blocks
            self.checksum = first.checksum
            for block in others:
                self.checksum = checksum.combine(self.checksum, block.checksum, block.length)


class Payload:
    """A complete body, in pieces that are sent one after the other. ``size`` is in bytes.

    No piece is empty: an event loop may never finish sending an empty one.
    """

    __slots__ = ("pieces", "size")

    def __init__(self, pieces: Sequence[bytes], size: int) -> None:
        """Create a body from pieces of ``size`` bytes in total."""
        self.pieces = pieces
        self.size = size

    @classmethod
    def of(cls, *pieces: bytes) -> Self:
        """Return the body that consists of these pieces. Empty pieces are left out."""
        return cls(tuple(filter(None, pieces)), sum(map(len, pieces)))


@dataclass(frozen=True, slots=True)
class Coding:
    """A content coding (RFC 9110, section 8.4.1): the codec of its blocks, its header and its trailer.

    ``tail`` returns the trailer for the length and the checksum of the plain text.
    """

    name: str
    codec: BlockCodec
    head: bytes = b""
    tail: Callable[[int, int], bytes] = lambda _length, _checksum: b""

    def body(self, blocks: BlockChain) -> Payload:
        """Return the complete body for a chain of blocks."""
        tail = self.tail(blocks.length, blocks.checksum)
        pieces = tuple(filter(None, (self.head, *blocks.pieces(), tail)))
        return Payload(pieces, len(self.head) + blocks.size + len(tail))

    def encode(self, plain: bytes) -> Payload:
        """Return the complete body for a text that is encoded as a whole."""
        return self.body(BlockChain(self.codec, (self.codec.encode(plain),)))


def _last_block() -> bytes:
    return zlib.compressobj(wbits=_RAW).flush()


def _gzip() -> Coding:
    end = _last_block()

    def tail(length: int, checksum: int) -> bytes:
        return end + struct.pack("<II", checksum, length & 0xFFFFFFFF)

    return Coding("gzip", Deflate(CRC32), _GZIP_HEAD, tail)


def _zlib() -> Coding:
    end = _last_block()
    return Coding("deflate", Deflate(ADLER32), _ZLIB_HEAD, lambda _length, checksum: end + struct.pack(">I", checksum))


def _codings() -> Mapping[str, Coding]:
    every = [_gzip()]
    if zstd is not None:
        every.append(Coding("zstd", Zstandard(zstd), _ZSTD_HEAD, lambda _length, _checksum: _ZSTD_LAST_BLOCK))
    every += [_zlib(), Coding(IDENTITY, Plain())]
    return MappingProxyType({coding.name: coding for coding in every})


CODINGS: Final = _codings()
"""Codings by name, in the order of preference for clients without one.

Zstandard bodies are smaller, but contain the extra spaces of ``_ZSTD_SETTER``; gzip bodies decode to exactly the bytes
that Home Assistant sends.
"""

COMPRESSED: Final = tuple(name for name in CODINGS if name != IDENTITY)
"""The codings other than ``identity``, by name."""
