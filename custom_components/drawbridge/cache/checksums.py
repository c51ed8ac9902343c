"""Checksums of a whole from those of its parts, without reading the bytes again.

Both are linear: the sum over a join follows from the sums over its parts and their lengths.
"""

from functools import lru_cache
from typing import Final

_ADLER_BASE: Final = 65521
_CRC_POLYNOMIAL: Final = 0xEDB88320  # of CRC-32 (ISO 3309), bits reflected
_CRC_ONE: Final = 1 << 31
_CRC_X8: Final = 1 << 23


def adler32_join(first: int, second: int, second_length: int) -> int:
    """Return the Adler-32 of a join of two parts (RFC 1950)."""
    low, high = first & 0xFFFF, first >> 16
    low_joined = (low + (second & 0xFFFF) - 1) % _ADLER_BASE
    high_joined = (high + (second >> 16) + second_length * (low - 1)) % _ADLER_BASE
    return high_joined << 16 | low_joined


def crc32_join(first: int, second: int, second_length: int) -> int:
    """Return the CRC-32 of a join of two parts (RFC 1952)."""
    return _multiply(_zeros(second_length), first) ^ second


@lru_cache(maxsize=8192)
def _zeros(length: int) -> int:
    """Return the polynomial that so many bytes of zeros multiply a CRC by: x to the power of 8 times as many."""
    result, factor = _CRC_ONE, _CRC_X8
    while length:
        if length & 1:
            result = _multiply(result, factor)
        factor = _multiply(factor, factor)
        length >>= 1
    return result


def _multiply(one: int, other: int) -> int:
    """Multiply two polynomials over GF(2), modulo that of CRC-32."""
    product = 0
    while one:
        if one & _CRC_ONE:
            product ^= other
        one = (one << 1) & 0xFFFFFFFF
        other = (other >> 1) ^ (_CRC_POLYNOMIAL if other & 1 else 0)
    return product
