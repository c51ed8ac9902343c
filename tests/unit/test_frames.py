"""Frames in parts, as they are sent to many clients."""

import struct
import zlib

import pytest

from custom_components.drawbridge.websocket.frames import deflated, message_frame, wrapped_block, wrapped_text

BEFORE, AFTER = b'{"id":7,"event":{', b"}}"
BODIES = [b"", b'"light.hall":{"s":"on"}', b'"sensor.power":{"s":"21"},' * 4000]


def payload(frame: bytes) -> tuple[int, bytes]:
    """Return the first byte and the payload of a frame without a mask. Nothing may follow it."""
    length, start = frame[1], 2
    if length == 126:
        (length,), start = struct.unpack(">H", frame[2:4]), 4
    elif length == 127:
        (length,), start = struct.unpack(">Q", frame[2:10]), 10
    assert len(frame) == start + length
    return frame[0], frame[start:]


def inflated(content: bytes, window_bits: int) -> bytes:
    """Return a message as a client decompresses it (RFC 7692, section 7.2.2)."""
    decompressor = zlib.decompressobj(-window_bits)
    text = decompressor.decompress(content + b"\x00\x00\xff\xff")
    assert not decompressor.unconsumed_tail
    assert not decompressor.eof
    return text


@pytest.mark.parametrize("body", BODIES)
def test_wrapped_text(body: bytes) -> None:
    """The parts are a frame, and none of them is empty."""
    parts = wrapped_text(BEFORE, body, AFTER)
    assert all(parts)
    assert payload(b"".join(parts)) == (0x81, BEFORE + body + AFTER)


@pytest.mark.parametrize("window_bits", [9, 15])
@pytest.mark.parametrize("body", BODIES)
def test_wrapped_block(body: bytes, window_bits: int) -> None:
    """The parts are a compressed frame with the text, and none of them is empty."""
    parts = wrapped_block(BEFORE, deflated(body, window_bits), AFTER)
    assert all(parts)
    first, content = payload(b"".join(parts))
    assert first == 0xC1
    assert inflated(content, window_bits) == BEFORE + body + AFTER


@pytest.mark.parametrize("window_bits", [9, 15])
def test_several_messages_in_one_window(window_bits: int) -> None:
    """A client that keeps its window between messages reads every message."""
    decompressor = zlib.decompressobj(-window_bits)
    for body in [*BODIES, *BODIES]:
        for frame in (
            b"".join(wrapped_block(BEFORE, deflated(body, window_bits), AFTER)),
            message_frame(b" " * 600 + body, window_bits),
        ):
            text = decompressor.decompress(payload(frame)[1] + b"\x00\x00\xff\xff")
            assert text in (BEFORE + body + AFTER, b" " * 600 + body)
