"""The format of a secret: ``dbk_``, 256 random bits, and a checksum.

The checksum detects mistyped keys, and lets secret scanners recognize leaked keys,
as in GitHub's token format
(https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
"""

import hashlib
import secrets
import string
import zlib
from typing import Final

PREFIX: Final = "dbk_"
_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PAIRS: Final = tuple(one + other for one in _ALPHABET for other in _ALPHABET)
_PAIRS_COUNT: Final = len(_PAIRS)
_RANDOM_BYTES: Final = 32
_RANDOM_LENGTH: Final = 43  # 62 ** 43 > 2 ** 256
_CHECKSUM_LENGTH: Final = 6  # three pairs of digits: 62 ** 6 > 2 ** 32
_CHECKSUM_START: Final = len(PREFIX) + _RANDOM_LENGTH
LENGTH: Final = _CHECKSUM_START + _CHECKSUM_LENGTH


def generate() -> str:
    """Return a new secret of ``LENGTH`` characters from the system's random source."""
    body = token(PREFIX)
    return body + _checksum(body)


def token(prefix: str) -> str:
    """Return a prefix and 256 random bits, for a secret that nobody types."""
    return prefix + _base62(int.from_bytes(secrets.token_bytes(_RANDOM_BYTES)), _RANDOM_LENGTH)


def is_well_formed(secret: str) -> bool:
    """Tell whether a secret has the right prefix, length, characters and checksum."""
    if len(secret) != LENGTH or not secret.startswith(PREFIX) or not secret.isascii():
        return False
    return secret[_CHECKSUM_START:] == _checksum(secret[:_CHECKSUM_START])


def digest(secret: str) -> str:
    """Return the hexadecimal SHA-256 hash of a secret, which is what Drawbridge stores.

    A slow password hash is not needed, because 256 random bits cannot be guessed.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, last = divmod(zlib.crc32(body.encode()), _PAIRS_COUNT)
    first, middle = divmod(number, _PAIRS_COUNT)
    return _PAIRS[first] + _PAIRS[middle] + _PAIRS[last]


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
