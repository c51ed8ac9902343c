"""Content codings whose compressed pieces can be joined, so that a change costs one piece.

A deflate stream that ends in a full flush ends at a byte and leaves nothing to refer back to, so
such streams follow one another as one (RFC 1951); gzip and zlib put a head before it, and a checksum
behind it that follows from those of the pieces. Zstandard frames follow one another as they are
(RFC 8878, section 3).
"""

import struct
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, override

from ..policy.encodings import IDENTITY
from . import checksums

try:
    # Home Assistant's web server compresses with it too, wherever there is a build of it for the machine.
    from isal import isal_zlib as fast_zlib
except ImportError:
    fast_zlib = zlib

try:
    from compression import zstd
except ImportError:
    # A Python that was built without it: zstd is then not offered.
    zstd = None

_FASTEST: Final = 1
_RAW: Final = -zlib.MAX_WBITS
_GZIP_HEAD: Final = bytes((0x1F, 0x8B, zlib.DEFLATED, 0, 0, 0, 0, 0, 4, 255))
_ZLIB_HEAD: Final = b"\x78\x01"

crc32_join: Final[Callable[[int, int, int], int]] = getattr(fast_zlib, "crc32_combine", checksums.crc32_join)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an answer: encoded, with the length and the checksums of what it encodes."""

    body: bytes
    length: int = 0
    crc: int = 0
    adler: int = 1


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
    """Raw deflate, each part ended by a full flush; with the checksums that gzip and zlib need."""

    @override
    def encode(self, plain: bytes) -> Part:
        compressor = fast_zlib.compressobj(_FASTEST, zlib.DEFLATED, _RAW)
        body = compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH)
        return Part(body, len(plain), fast_zlib.crc32(plain), fast_zlib.adler32(plain))

    @override
    def join(self, parts: Sequence[Part]) -> Part:
        return Part(b"".join([part.body for part in parts]), *_sums(parts))


class Zstandard(Family):
    """Zstandard, each part a frame."""

    def __init__(self) -> None:
        """Keep one compressor: a new one for each part would cost more than the compressing."""
        self._compressor = zstd.ZstdCompressor(level=_FASTEST)

    @override
    def encode(self, plain: bytes) -> Part:
        return Part(self._compressor.compress(plain, self._compressor.FLUSH_FRAME))


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


def _sums(parts: Iterable[Part]) -> tuple[int, int, int]:
    length, crc, adler = 0, 0, 1
    for part in parts:
        length += part.length
        crc = crc32_join(crc, part.crc, part.length)
        adler = checksums.adler32_join(adler, part.adler, part.length)
    return length, crc, adler


def _last_block() -> bytes:
    return zlib.compressobj(wbits=_RAW).flush()


def _gzip_tail(parts: Sequence[Part]) -> bytes:
    length, crc, _ = _sums(parts)
    return _last_block() + struct.pack("<II", crc, length & 0xFFFFFFFF)


def _zlib_tail(parts: Sequence[Part]) -> bytes:
    return _last_block() + struct.pack(">I", _sums(parts)[2])


def _codings() -> Mapping[str, Coding]:
    deflate = Deflate()
    every = [
        Coding("gzip", deflate, _GZIP_HEAD, _gzip_tail),
        Coding("deflate", deflate, _ZLIB_HEAD, _zlib_tail),
        Coding(IDENTITY, Plain()),
    ]
    if zstd is not None:
        every.insert(0, Coding("zstd", Zstandard()))
    return MappingProxyType({coding.name: coding for coding in every})


CODINGS: Final = _codings()
"""By name, the best first: zstd makes the smallest bodies here in the shortest time."""

COMPRESSED: Final = tuple(name for name in CODINGS if name != IDENTITY)
"""What is offered to clients that accept more than ``identity``."""
