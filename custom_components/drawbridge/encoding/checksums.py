"""Combines the checksums of blocks into the checksum of their concatenation, without reading the bytes again.

Adler-32 and CRC-32 are linear. The checksum of a concatenation follows from the checksums and lengths of the blocks,
as in zlib's ``adler32_combine`` and ``crc32_combine``. Where a block is replaced by one of the same length, the
checksum of the whole changes by the difference of the two blocks' checksums, whatever the other blocks are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

_ADLER_BASE: Final = 65521
_CRC_POLYNOMIAL: Final = 0xEDB88320  # of CRC-32 (ISO 3309), bits reflected
_CRC_ONE: Final = 1 << 31
_CRC_X8: Final = 1 << 23


@dataclass(frozen=True, slots=True)
class Checksum:
    """A checksum algorithm.

    Attributes:
        of: Returns the checksum of some bytes.
        combine: Returns the checksum of two blocks, from both checksums and the length of the second block in bytes.
        replace: Returns the checksum after a block was replaced by one of the same length, from the checksum of the
            whole, those of the old and the new block, and the number of bytes behind the block.

    """

    of: Callable[[bytes], int]
    combine: Callable[[int, int, int], int]
    replace: Callable[[int, int, int, int], int]


def adler32_combine(first: int, second: int, second_length: int) -> int:
    """Return the Adler-32 (RFC 1950) of two blocks, from their checksums and the length of the second."""
    low, high = first & 0xFFFF, first >> 16
    low_joined = (low + (second & 0xFFFF) - 1) % _ADLER_BASE
    high_joined = (high + (second >> 16) + second_length * (low - 1)) % _ADLER_BASE
    return high_joined << 16 | low_joined


def adler32_replace(whole: int, old: int, new: int, behind: int) -> int:
    """Return the Adler-32 of the whole after a block was replaced by one of the same length."""
    low_change, high_change = (new & 0xFFFF) - (old & 0xFFFF), (new >> 16) - (old >> 16)
    low = ((whole & 0xFFFF) + low_change) % _ADLER_BASE
    high = ((whole >> 16) + high_change + behind * low_change) % _ADLER_BASE
    return high << 16 | low


def crc32_combine(first: int, second: int, second_length: int) -> int:
    """Return the CRC-32 (RFC 1952) of two blocks, from their checksums and the length of the second."""
    bit = 0
    while second_length >> bit:
        if second_length >> bit & 1:
            lowest, low, high, highest = _zeros(bit)
            first = lowest[first & 0xFF] ^ low[first >> 8 & 0xFF] ^ high[first >> 16 & 0xFF] ^ highest[first >> 24]
        bit += 1
    return first ^ second


@cache
def _zeros(bit: int) -> tuple[tuple[int, ...], ...]:
    """Return the tables that append ``2 ** bit`` zero bytes to a CRC, one for each of its four bytes."""
    power = _CRC_X8
    for _ in range(bit):
        power = _multiply(power, power)
    return tuple(_table([_multiply(power, 1 << shift + place) for place in range(8)]) for shift in range(0, 32, 8))


def _table(images: Sequence[int]) -> tuple[int, ...]:
    """Return the images of all values of a byte, given the images of its eight bits."""
    values = [0]
    for image in images:
        values += [value ^ image for value in values]
    return tuple(values)


def _multiply(one: int, other: int) -> int:
    """Multiply two polynomials over GF(2), modulo the CRC-32 polynomial."""
    product = 0
    while one:
        if one & _CRC_ONE:
            product ^= other
        one = (one << 1) & 0xFFFFFFFF
        other = (other >> 1) ^ (_CRC_POLYNOMIAL if other & 1 else 0)
    return product
