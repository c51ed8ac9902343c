"""Codecs: encoded parts can be joined into one body."""

import gzip
import random
import zlib
from collections.abc import Callable
from compression import zstd

import pytest
from hypothesis import given, settings, strategies as st

from custom_components.drawbridge.encoding import checksums
from custom_components.drawbridge.encoding.codecs import CODINGS, COMPRESSED, CRC32, BlockChain, Coding
from custom_components.drawbridge.encoding.negotiation import choose

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "zstd": lambda body: zstd.ZstdDecompressor().decompress(body),
    "identity": bytes,
}
# Runs and repeats at short distances, so that compressors have offsets to repeat.
TEXTS = st.lists(
    st.sampled_from([b"0000000", b'"on"', b",", b"abcdabcdabcd", b"12121212", b'{"a":', b"\xc3\xa9", b"xyz-w"]),
    max_size=60,
).map(b"".join)


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_parts_join(name: str, texts: list[bytes]) -> None:
    """Any parts, joined in one or two steps, can be read by one decoder."""
    coding = CODINGS[name]
    parts = [coding.codec.encode(text) for text in texts]
    nested = BlockChain(coding.codec, [BlockChain(coding.codec, parts[:3]).joined(), *parts[3:]])
    for chain in (BlockChain(coding.codec, parts), nested):
        assert decoded(coding, chain) == in_json(name, texts)


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=300, deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=6), st.lists(st.tuples(st.integers(0, 5), TEXTS, st.booleans()), max_size=6)
)
def test_parts_are_replaced(name: str, texts: list[bytes], changes: list[tuple[int, bytes, bool]]) -> None:
    """After any part is replaced by another of any length, one decoder reads the result."""
    coding, texts = CODINGS[name], list(texts)
    chain = BlockChain(coding.codec, map(coding.codec.encode, texts))
    replaced = []
    for place, text, as_long in changes:
        index = place % len(texts)
        texts[index] = texts[index][::-1].replace(b"0", b"1") if as_long else text
        replaced.append((index, coding.codec.encode(texts[index])))
    chain.replace(replaced)
    assert decoded(coding, chain) == in_json(name, texts)


def decoded(coding: Coding, chain: BlockChain) -> bytes:
    """Return what a decoder reads of a body, whose size is what it says."""
    payload = coding.body(chain)
    body = b"".join(payload.pieces)
    assert payload.size == len(body)
    assert all(payload.pieces)
    return DECODERS[coding.name](body)


def in_json(name: str, texts: list[bytes]) -> bytes:
    """Return what was encoded, with the spaces that a coding puts between values."""
    return b"".join(b" " * 17 * (name == "zstd") + text for text in texts)


@pytest.mark.parametrize("name", DECODERS)
def test_large_parts(name: str) -> None:
    """Large parts: with many blocks, with random bytes, and with one repeated byte."""
    noise = random.Random(1).randbytes(400_000)  # noqa: S311 - the same in every run
    texts = [noise, b"x" * 700_000, noise[:9], b"", noise]
    coding = CODINGS[name]
    chain = BlockChain(coding.codec, map(coding.codec.encode, texts))
    assert decoded(coding, chain) == in_json(name, texts)


@given(st.binary(max_size=300), st.binary(max_size=3000))
def test_checksums_are_combined(one: bytes, other: bytes) -> None:
    """The combined checksum is that of the concatenated bytes."""
    joined, length = one + other, len(other)
    for combine in (checksums.crc32_combine, CRC32.combine):
        assert combine(zlib.crc32(one), zlib.crc32(other), length) == zlib.crc32(joined)
    assert checksums.adler32_combine(zlib.adler32(one), zlib.adler32(other), length) == zlib.adler32(joined)


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "deflate"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("gzip;q=0.9, zstd", "zstd"),
        ("deflate, gzip;q=1.0, *;q=0.5", "gzip"),
        ("gzip;q=0.5, deflate;q=0.9", "deflate"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "identity"),
        ("*", "identity"),
        ("identity", "identity"),
        ("identity;q=0.5, gzip;q=0.4", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("br", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip ; q = 0.1", "gzip"),
        (";;,,q=1", "identity"),
        ("gzip," * 1000, "identity"),
    ],
)
def test_the_choice_of_a_coding(accepted: str | None, chosen: str) -> None:
    """The weights of the client decide, then the order of preference."""
    assert choose(accepted, COMPRESSED) == chosen
