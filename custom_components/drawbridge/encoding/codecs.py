"""Content codings whose compressed pieces can be joined, so that a change costs one piece.

A deflate stream that ends in a full flush ends at a byte and leaves nothing to refer back to, so
such streams follow one another as one (RFC 1951); gzip and zlib put a head before it, and a checksum
behind it that follows from those of the pieces.

Zstandard frames may follow one another too (RFC 8878, section 3), but not every client reads more
than the first: aiohttp up to 3.13 stops there, without an error. So all pieces are blocks of one
frame. What a block may take from those before it is undone by a setter in front of each piece.
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


# Home Assistant's web server compresses with isal too, wherever there is a build of it for the machine.
fast_zlib: Final = _module("isal.isal_zlib") or zlib

zstd: Final = _module("compression.zstd")
"""``None`` for a Python that was built without it: zstd is then not offered."""

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

_crc32_join: Final[Callable[[int, int, int], int]] = getattr(fast_zlib, "crc32_combine", checksums.crc32_join)


def _crc32_replace(whole: int, old: int, new: int, behind: int) -> int:
    return whole ^ _crc32_join(old ^ new, 0, behind)


CRC32: Final = checksums.Checksum(fast_zlib.crc32, _crc32_join, _crc32_replace)
ADLER32: Final = checksums.Checksum(fast_zlib.adler32, checksums.adler32_join, checksums.adler32_replace)


class Part:
    """A stretch of an answer, encoded, in pieces that are sent one after the other.

    With the number of their bytes, and the length and the checksum of what they encode.
    """

    __slots__ = ("checksum", "length", "pieces", "size")

    def __init__(self, pieces: Sequence[bytes], length: int = 0, checksum: int = 0) -> None:
        """Take over pieces."""
        self.pieces = pieces
        self.size = sum(map(len, pieces))
        self.length = length
        self.checksum = checksum


_PIECES: Final[Callable[[Part], Sequence[bytes]]] = attrgetter("pieces")


class Family(ABC):
    """A way to encode stretches so that they can follow one another."""

    checksum: Checksum | None = None
    """What is kept of the plain text, if anything."""

    joins = True
    """Whether it pays to join the pieces of consecutive parts, to have fewer to send."""

    @abstractmethod
    def encode(self, plain: bytes) -> Part:
        """Encode a stretch by itself."""


class Plain(Family):
    """Bytes as they are."""

    joins = False

    @override
    def encode(self, plain: bytes) -> Part:
        return Part((plain,))


class Deflate(Family):
    """Raw deflate, each part ended by a full flush; with one kind of checksum."""

    def __init__(self, checksum: Checksum) -> None:
        """Keep a checksum of the plain text."""
        self.checksum = checksum
        self._sum_of = checksum.of

    @override
    def encode(self, plain: bytes) -> Part:
        compressor = fast_zlib.compressobj(_FASTEST, zlib.DEFLATED, _RAW)
        body = compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH)
        return Part((body,), len(plain), self._sum_of(plain))


class Zstandard(Family):
    """Zstandard, each part the blocks of a frame of its own, so that they fit into any frame.

    A block of a new frame refers to no earlier table and to no earlier text, but it may repeat one
    of the three offsets used last, which are 1, 4 and 8 where a frame begins (RFC 8878, section
    3.1.1.5). The setter makes them so again: eight spaces, and three times three more, copied
    from 8, 4 and 1 bytes before. In JSON these stand between two values, and mean nothing.
    """

    def __init__(self, library: ModuleType) -> None:
        """Keep one compressor: a new one for each part would cost more than the compressing."""
        parameter = library.CompressionParameter
        options = {parameter.compression_level: _FASTEST, parameter.window_log: _ZSTD_WINDOW_LOG}
        self._compressor = library.ZstdCompressor(options=options)

    @override
    def encode(self, plain: bytes) -> Part:
        frame = self._compressor.compress(plain, self._compressor.FLUSH_FRAME)
        return Part((_ZSTD_SETTER + _unended_blocks(frame),))


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


class Chain:
    """Consecutive parts, and the checksum of what they encode together, which is corrected where one is replaced."""

    __slots__ = ("_ends", "_family", "checksum", "length", "parts", "size")

    def __init__(self, family: Family, parts: Iterable[Part]) -> None:
        """Put parts behind one another, at least one."""
        self._family = family
        self.parts = list(parts)
        self.size = sum(part.size for part in self.parts)
        self.checksum = 0
        self._add_up()

    def replace(self, changes: Iterable[tuple[int, Part]]) -> None:
        """Put other parts at some places."""
        kind, parts, lengths_differ = self._family.checksum, self.parts, False
        for index, part in changes:
            old, parts[index] = parts[index], part
            self.size += part.size - old.size
            if old.length != part.length:
                lengths_differ = True
            elif kind is not None and old.checksum != part.checksum:
                behind = self.length - self._ends[index]
                self.checksum = kind.replace(self.checksum, old.checksum, part.checksum, behind)
        if lengths_differ:
            self._add_up()

    def joined(self) -> Part:
        """Return all of it as one part."""
        pieces = self.pieces()
        return Part((b"".join(pieces),) if self._family.joins else tuple(pieces), self.length, self.checksum)

    def pieces(self) -> Iterator[bytes]:
        """Return the pieces of all parts."""
        return chain.from_iterable(map(_PIECES, self.parts))

    def _add_up(self) -> None:
        self._ends = list(accumulate(part.length for part in self.parts))
        self.length = self._ends[-1]
        if (kind := self._family.checksum) is not None:
            first, *others = self.parts
            self.checksum = first.checksum
            for part in others:
                self.checksum = kind.join(self.checksum, part.checksum, part.length)


class Payload:
    """A complete body, in pieces that are sent one after the other. ``size`` is in bytes.

    None of the pieces is empty: an event loop may wait for ever until nothing has been sent.
    """

    __slots__ = ("pieces", "size")

    def __init__(self, pieces: Sequence[bytes], size: int) -> None:
        """Take over pieces of so many bytes together."""
        self.pieces = pieces
        self.size = size

    @classmethod
    def of(cls, *pieces: bytes) -> Self:
        """Return the body that consists of pieces, some of which may be empty."""
        return cls(tuple(filter(None, pieces)), sum(map(len, pieces)))


@dataclass(frozen=True, slots=True)
class Coding:
    """A content coding: whose parts it sends, what comes before them, and what comes behind them.

    The last follows from the length and the checksum of the plain text.
    """

    name: str
    family: Family
    head: bytes = b""
    tail: Callable[[int, int], bytes] = lambda _length, _checksum: b""

    def body(self, parts: Chain) -> Payload:
        """Return a complete body made of parts."""
        tail = self.tail(parts.length, parts.checksum)
        pieces = tuple(filter(None, (self.head, *parts.pieces(), tail)))
        return Payload(pieces, len(self.head) + parts.size + len(tail))

    def encode(self, plain: bytes) -> Payload:
        """Return the complete body for a text that is not kept in parts."""
        return self.body(Chain(self.family, (self.family.encode(plain),)))


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
"""By name, in the order of preference where the client has none.

Zstandard makes smaller bodies, but with the setters' spaces in them; gzip's are byte for byte
Home Assistant's own when decoded.
"""

COMPRESSED: Final = tuple(name for name in CODINGS if name != IDENTITY)
"""What is offered to clients that accept more than ``identity``."""
