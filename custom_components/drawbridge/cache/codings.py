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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Final, override

from ..policy.encodings import IDENTITY
from . import checksums


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

crc32_join: Final[Callable[[int, int, int], int]] = getattr(fast_zlib, "crc32_combine", checksums.crc32_join)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an answer: encoded, with the length and the checksum of what it encodes."""

    body: bytes
    length: int = 0
    checksum: int = 0


class Family(ABC):
    """A way to encode stretches so that they can be joined."""

    joins = True
    """Whether it pays to keep joins of parts beside the parts themselves."""

    @abstractmethod
    def encode(self, plain: bytes) -> Part:
        """Encode a stretch by itself."""

    def join(self, parts: Sequence[Part]) -> Part:
        """Join consecutive parts to one."""
        return Part(b"".join([part.body for part in parts]))


class Plain(Family):
    """Bytes as they are."""

    joins = False

    @override
    def encode(self, plain: bytes) -> Part:
        return Part(plain)


class Deflate(Family):
    """Raw deflate, each part ended by a full flush; with one kind of checksum."""

    def __init__(self, checksum: Callable[[bytes], int], join: Callable[[int, int, int], int]) -> None:
        """Use a checksum, and what tells that of a join by those of two parts and the second's length."""
        self._checksum = checksum
        self._join = join

    @override
    def encode(self, plain: bytes) -> Part:
        compressor = fast_zlib.compressobj(_FASTEST, zlib.DEFLATED, _RAW)
        body = compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH)
        return Part(body, len(plain), self._checksum(plain))

    @override
    def join(self, parts: Sequence[Part]) -> Part:
        return Part(b"".join([part.body for part in parts]), *self.sums(parts))

    def sums(self, parts: Sequence[Part]) -> tuple[int, int]:
        """Return the length and the checksum of what parts encode together."""
        length, checksum, join = parts[0].length, parts[0].checksum, self._join
        for part in parts[1:]:
            length += part.length
            checksum = join(checksum, part.checksum, part.length)
        return length, checksum


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
        return Part(_ZSTD_SETTER + _unended_blocks(frame))


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


@dataclass(frozen=True, slots=True)
class Coding:
    """A content coding: whose parts it sends, what comes before them, and what comes behind them."""

    name: str
    family: Family
    head: bytes = b""
    tail: Callable[[Sequence[Part]], bytes] = lambda _parts: b""

    def whole(self, parts: Sequence[Part]) -> bytes:
        """Return a complete body made of parts."""
        return b"".join([self.head, *[part.body for part in parts], self.tail(parts)])

    def encode(self, plain: bytes) -> bytes:
        """Return the complete body for a text that is not kept in parts."""
        return self.whole([self.family.encode(plain)])


def _last_block() -> bytes:
    return zlib.compressobj(wbits=_RAW).flush()


def _gzip() -> Coding:
    family, end = Deflate(fast_zlib.crc32, crc32_join), _last_block()

    def tail(parts: Sequence[Part]) -> bytes:
        length, checksum = family.sums(parts)
        return end + struct.pack("<II", checksum, length & 0xFFFFFFFF)

    return Coding("gzip", family, _GZIP_HEAD, tail)


def _zlib() -> Coding:
    family, end = Deflate(fast_zlib.adler32, checksums.adler32_join), _last_block()
    return Coding("deflate", family, _ZLIB_HEAD, lambda parts: end + struct.pack(">I", family.sums(parts)[1]))


def _codings() -> Mapping[str, Coding]:
    every = [_gzip()]
    if zstd is not None:
        every.append(Coding("zstd", Zstandard(zstd), _ZSTD_HEAD, lambda _parts: _ZSTD_LAST_BLOCK))
    every += [_zlib(), Coding(IDENTITY, Plain())]
    return MappingProxyType({coding.name: coding for coding in every})


CODINGS: Final = _codings()
"""By name, in the order of preference where the client has none.

Zstandard makes smaller bodies, but with the setters' spaces in them; gzip's are byte for byte
Home Assistant's own when decoded.
"""

COMPRESSED: Final = tuple(name for name in CODINGS if name != IDENTITY)
"""What is offered to clients that accept more than ``identity``."""
