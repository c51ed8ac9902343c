"""WebSocket frames of a server (RFC 6455), compressed if that pays off (RFC 7692)."""

import struct
import zlib
from typing import Any, Final

from ..encoding.codecs import fast_zlib

_TEXT: Final = 0x81
_COMPRESSED: Final = 0x40
_SHORT: Final = 126
_MEDIUM: Final = 65_536
_HEAD_MEDIUM: Final = struct.Struct(">BBH")
_HEAD_LONG: Final = struct.Struct(">BBQ")
_STORED: Final = struct.Struct("<BHH")
_EMPTY_BLOCK: Final = b"\x00"
"""The start of an empty stored block. The recipient adds ``_TAIL``, which completes it."""
_TAIL: Final = b"\x00\x00\xff\xff"
"""The end of a flush, which is left out of a message (RFC 7692, section 7.2.1)."""

MIN_COMPRESSED_BYTES: Final = 512
"""Shorter messages are not compressed: this is faster, and they fit into a packet."""


def text_frame(*parts: bytes) -> bytes:
    """Return a text message, given in parts, in one frame."""
    return b"".join((_head(_TEXT, sum(map(len, parts))), *parts))


def wrapped_text(before: bytes, body: bytes, after: bytes) -> tuple[bytes, ...]:
    """Return a frame with a text in the middle, in parts, so that a large text is not copied for each client."""
    head = _head(_TEXT, len(before) + len(body) + len(after))
    return tuple(filter(None, (head + before, body, after)))


def wrapped_block(before: bytes, body: bytes, after: bytes) -> tuple[bytes, ...]:
    """Return a compressed frame with a block from ``deflated`` in the middle, in parts. The other texts are short."""
    start, end = _stored(before), _stored(after) + _EMPTY_BLOCK
    return _head(_TEXT | _COMPRESSED, len(start) + len(body) + len(end)) + start, body, end


def _stored(text: bytes) -> bytes:
    """Return a text of up to 65,535 bytes as a block without compression (RFC 1951, section 3.2.4)."""
    return _STORED.pack(0, len(text), len(text) ^ 0xFFFF) + text


def deflated(text: bytes, window_bits: int) -> bytes:
    """Return a text, compressed independently and ending at a byte boundary.

    It refers to no earlier data, so it can be part of any message, on any connection with at least this window size.
    """
    compressor: Any = fast_zlib.compressobj(1, zlib.DEFLATED, -window_bits)
    block: bytes = compressor.compress(text) + compressor.flush(zlib.Z_FULL_FLUSH)
    return block


def message_frame(payload: bytes, window_bits: int) -> bytes:
    """Return a text message in one frame, compressed if the client supports it and it pays off."""
    if not window_bits or len(payload) < MIN_COMPRESSED_BYTES:
        return text_frame(payload)
    block = deflated(payload, window_bits).removesuffix(_TAIL)
    return _head(_TEXT | _COMPRESSED, len(block)) + block


def _head(first: int, length: int) -> bytes:
    if length < _SHORT:
        return bytes((first, length))
    if length < _MEDIUM:
        return _HEAD_MEDIUM.pack(first, 126, length)
    return _HEAD_LONG.pack(first, 127, length)
