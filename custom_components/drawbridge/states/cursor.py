"""Cursors: encrypted positions in the change log, which clients send back to get only later changes."""

import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

_POSITION: Final = struct.Struct(">QQ")
_NONCE_BYTES: Final = 8
_SEAL_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Position:
    """A position in the change log. ``epoch`` changes when every reader must start over."""

    epoch: int
    sequence: int


class Cursors:
    """Encrypts positions, so that a cursor can only be read by this bridge, and only for its own view.

    The sequence number counts all changes in the home. A client that could read it, or compare two cursors, would learn
    about activity in rooms outside its scope. Cursors are valid until the bridge is set up again.
    """

    def __init__(self) -> None:
        """Create a random secret."""
        self._secret = secrets.token_bytes(32)
        self._made = 0

    def encode(self, position: Position, view: str) -> str:
        """Return a cursor for a position in a view. Each call returns a different cursor."""
        self._made += 1
        number = self._made.to_bytes(_NONCE_BYTES)
        nonce = blake2b(number, key=self._secret, digest_size=_NONCE_BYTES, person=b"nonce").digest()
        hidden = self._mask(nonce, _POSITION.pack(position.epoch, position.sequence))
        return urlsafe_b64encode(nonce + hidden + self._seal(nonce + hidden, view)).decode().rstrip("=")

    def decode(self, cursor: str, view: str) -> Position | None:
        """Return the position of a cursor; ``None`` if this bridge did not create it for this view."""
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except Base64Error, ValueError:
            return None
        sealed, seal = raw[:-_SEAL_BYTES], raw[-_SEAL_BYTES:]
        if len(sealed) != _NONCE_BYTES + _POSITION.size or not hmac.compare_digest(seal, self._seal(sealed, view)):
            return None
        nonce, hidden = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return Position(*_POSITION.unpack(self._mask(nonce, hidden)))

    def _mask(self, nonce: bytes, data: bytes) -> bytes:
        pad = blake2b(nonce, key=self._secret, digest_size=len(data), person=b"mask").digest()
        return (int.from_bytes(data) ^ int.from_bytes(pad)).to_bytes(len(data))

    def _seal(self, data: bytes, view: str) -> bytes:
        return blake2b(data + view.encode(), key=self._secret, digest_size=_SEAL_BYTES, person=b"seal").digest()
