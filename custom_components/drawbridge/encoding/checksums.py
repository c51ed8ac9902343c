"""Checksums of a whole from those of its parts, without reading the bytes again.

Both are linear: the sum over a join follows from the sums over its parts and their lengths, and where a part is
replaced by one of the same length, the sum changes by what the part's does, whatever the others are.
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
    """A kind of checksum: how it is made, how those of two parts are joined, and how a part is replaced.

    ``join`` takes the sums of both parts and the length of the second; ``replace`` the sum of the whole, those of the
    old part and of the new one, which must be as long, and the number of bytes behind it.
    """

    of: Callable[[bytes], int]
    join: Callable[[int, int, int], int]
    replace: Callable[[int, int, int, int], int]


def adler32_join(first: int, second: int, second_length: int) -> int:
    """Return the Adler-32 of a join of two parts (RFC 1950)."""
    low, high = first & 0xFFFF, first >> 16
    low_joined = (low + (second & 0xFFFF) - 1) % _ADLER_BASE
    high_joined = (high + (second >> 16) + second_length * (low - 1)) % _ADLER_BASE
    return high_joined << 16 | low_joined


def adler32_replace(whole: int, old: int, new: int, behind: int) -> int:
    """Return the Adler-32 of a whole of which a part was replaced."""
    low_change, high_change = (new & 0xFFFF) - (old & 0xFFFF), (new >> 16) - (old >> 16)
    low = ((whole & 0xFFFF) + low_change) % _ADLER_BASE
    high = ((whole >> 16) + high_change + behind * low_change) % _ADLER_BASE
    return high << 16 | low


def crc32_join(first: int, second: int, second_length: int) -> int:
    """Return the CRC-32 of a join of two parts (RFC 1952)."""
    bit = 0
    while second_length >> bit:
        if second_length >> bit & 1:
            lowest, low, high, highest = _zeros(bit)
            first = lowest[first & 0xFF] ^ low[first >> 8 & 0xFF] ^ high[first >> 16 & 0xFF] ^ highest[first >> 24]
        bit += 1
    return first ^ second


@cache
def _zeros(bit: int) -> tuple[tuple[int, ...], ...]:
    """Return what 2 to the power of ``bit`` bytes of zeros make of a CRC: a table for each of its four bytes."""
    power = _CRC_X8
    for _ in range(bit):
        power = _multiply(power, power)
    return tuple(_table([_multiply(power, 1 << shift + place) for place in range(8)]) for shift in range(0, 32, 8))


def _table(images: Sequence[int]) -> tuple[int, ...]:
    """Return what all values of a byte become, by what its eight bits become."""
    values = [0]
    for image in images:
        values += [value ^ image for value in values]
    return tuple(values)


def _multiply(one: int, other: int) -> int:
    """Multiply two polynomials over GF(2), modulo that of CRC-32."""
    product = 0
    while one:
        if one & _CRC_ONE:
            product ^= other
        one = (one << 1) & 0xFFFFFFFF
        other = (other >> 1) ^ (_CRC_POLYNOMIAL if other & 1 else 0)
    return product
