"""The format of a secret."""

import hashlib
import string
import zlib

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.keys import digest, generate, is_well_formed


def test_format() -> None:
    """A secret has the prefix dbk_, 43 base62 characters and a checksum of 6. Each one is different."""
    secrets = {generate() for _ in range(1000)}
    assert len(secrets) == 1000
    alphabet = set(string.ascii_letters + string.digits)
    for secret in secrets:
        assert secret.startswith("dbk_")
        assert len(secret) == 4 + 43 + 6
        assert set(secret[4:]) <= alphabet
        assert is_well_formed(secret)


def test_known_checksum() -> None:
    """The checksum is CRC-32 in base62, digits before capitals before small letters."""
    body = "dbk_" + "A" * 43
    assert zlib.crc32(body.encode()) == 693191793
    assert is_well_formed(body + "0kuYqn")


@given(st.integers(0, 52), st.characters())
def test_any_changed_character_is_noticed(position: int, character: str) -> None:
    """A secret with one changed character is malformed."""
    secret = generate()
    changed = secret[:position] + character + secret[position + 1 :]
    assert is_well_formed(changed) == (changed == secret)


@given(st.text())
def test_anything_else_is_malformed(text: str) -> None:
    """Any other text is malformed, and none raises an error."""
    assert not is_well_formed(text)


@pytest.mark.parametrize("cut", [0, 1, 4, 52])
def test_part_of_a_secret(cut: int) -> None:
    """A secret that was not copied whole is malformed."""
    assert not is_well_formed(generate()[:cut])


def test_digest() -> None:
    """The digest is the SHA-256 hash."""
    secret = generate()
    assert digest(secret) == hashlib.sha256(secret.encode()).hexdigest()


def test_a_right_checksum_is_not_enough() -> None:
    """A right checksum with a wrong prefix is malformed."""
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    for prefix, right in (("dbk_", True), ("xyz_", False), ("DBK_", False)):
        body = prefix + "A" * 43
        number = zlib.crc32(body.encode())
        checksum = "".join(alphabet[number // 62**place % 62] for place in range(5, -1, -1))
        assert is_well_formed(body + checksum) is right
