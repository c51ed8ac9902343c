"""The masker: secrets as they are, in part, and encoded."""

import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from custom_components.drawbridge.masking import MASK, holds_key, holds_secret, mask

KEY = "dbk_" + "0aB" * 16 + "c"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhYmMifQ.a-b_cDEF-ghijk_lmnop"  # noqa: S105 - no server made it


def _separators(text: str) -> str:
    return text.replace("_", "%5F").replace("-", "%2d").replace(".", "%2E")


def _all(text: str) -> str:
    return "".join(f"%{ord(character):02X}" for character in text)


ENCODINGS: list[Callable[[str], str]] = [
    str,
    str.lower,
    str.upper,
    _separators,
    lambda text: quote(_separators(text)),
    lambda text: quote(quote(_separators(text))),
    _all,
    lambda text: quote(_all(text)),
]


@pytest.mark.parametrize("encode", ENCODINGS)
@pytest.mark.parametrize("secret", [KEY, KEY[:12], TOKEN, TOKEN[:30], "x" + KEY[10:]])
def test_masked(encode: Callable[[str], str], secret: str) -> None:
    """The complete secret is masked, and the text around it stays."""
    text = f"GET '/api/{encode(secret)}': no"
    assert mask(text) == f"GET '/api/{MASK}': no"
    assert holds_secret(text)


def test_not_masked() -> None:
    """Common IDs, numbers and texts are not masked."""
    for text in ("light.living_room on 0x00158d0001a2b3c4, 12%20of%2012", "dbk_", "eyJ", "f" * 32, "a%2Fb%2Fc" * 20):
        assert mask(text) == text
        assert not holds_secret(text)


def test_whole_keys() -> None:
    """Only texts with the length of a key are keys."""
    assert holds_key(f"sensor.{KEY.lower()}")
    assert not holds_key(KEY[:-1])


@pytest.mark.parametrize("text", ["%25", "%", "dbk%25", "eyj%25", "a" * 39 + "-", "a%", "%61" * 39 + "-"])
def test_no_text_takes_long(text: str) -> None:
    """The time is proportional to the length of the text."""
    began = time.thread_time()
    mask(text * (1_000_000 // len(text)))
    assert time.thread_time() - began < 1
