"""Headers that are serialized once."""

import pytest
from multidict import CIMultiDict

from custom_components.drawbridge.http.header_block import HeaderBlock, secured
from custom_components.drawbridge.http.security_headers import SECURITY_HEADERS

BLOCK = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"}


def lines(block: HeaderBlock, **others: str) -> list[str]:
    """Return the lines of a block with other headers, with ``-`` for ``_``."""
    text = block.lines(CIMultiDict({name.replace("_", "-"): value for name, value in others.items()}))
    assert text.endswith("\r\n")
    return text.split("\r\n")[:-1]


def test_all_headers_of_each_response() -> None:
    """Cached lines are not sent with other headers, in any order of responses."""
    block = HeaderBlock(BLOCK)
    of_block = ["Cache-Control: no-store", "Content-Security-Policy: default-src 'none'"]
    for tag in ("one", "one", "two", "one"):
        assert lines(block, ETag=tag) == [*of_block, f"ETag: {tag}"]
    assert lines(block) == of_block
    assert lines(block, ETag="one", Server="x") == [*of_block, "ETag: one", "Server: x"]


def test_headers_that_change_later() -> None:
    """A change of the headers of one response does not change another."""
    block, others = HeaderBlock(BLOCK), CIMultiDict({"ETag": "one"})
    assert "ETag: one" in block.lines(others)
    others["ETag"] = "two"
    assert "ETag: two" in block.lines(others)


def test_another_header_replaces_one_of_the_block() -> None:
    """A page can replace the content security policy. The case of the name does not matter."""
    found = lines(HeaderBlock(BLOCK), content_security_policy="default-src 'self'")
    assert sorted(found) == ["Cache-Control: no-store", "content-security-policy: default-src 'self'"]


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nSet-Cookie: b", "a\rSet-Cookie: b"])
def test_one_line_each(value: str) -> None:
    """A value with a line break is an error each time, and is not cached."""
    block = HeaderBlock(BLOCK)
    before = lines(block, Server="x")
    for _ in range(2):
        with pytest.raises(ValueError, match="one line"):
            block.lines(CIMultiDict({"Server": value}))
    assert lines(block, Server="x") == before


def test_the_security_headers_are_in_each() -> None:
    """A block for responses of the gate has all of them."""
    found = lines(secured({"Cache-Control": "no-store"}))
    assert {f"{name}: {value}" for name, value in SECURITY_HEADERS.items()} < set(found)
