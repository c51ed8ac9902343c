"""Headers that are equal in many responses, serialized once."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from multidict import CIMultiDict

from .security_headers import SECURITY_HEADERS


class HeaderBlock:
    """A set of headers. Serializing them for each response would take a tenth of its time."""

    __slots__ = ("_headers", "_latest", "_lines")

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Create a block of these headers."""
        self._headers = CIMultiDict(headers)
        self._latest: CIMultiDict[str] | None = None
        self._lines = ""

    def with_others(self, others: CIMultiDict[str]) -> CIMultiDict[str]:
        """Return all headers of a response. One of the others replaces one of the block that has the same name."""
        headers = self._headers.copy()
        headers.update(others)
        return headers

    def lines(self, others: CIMultiDict[str]) -> str:
        """Return the lines of all headers of a response, each with its end.

        Most responses have the same other headers as the one before, so the latest lines are kept.

        Raises:
            ValueError: A header is not a single line.

        """
        if others != self._latest:
            self._lines = lines_of(self.with_others(others))
            self._latest = others.copy()
        return self._lines


def lines_of(headers: Mapping[str, str]) -> str:
    """Return the lines of headers, each with its end. Raises ``ValueError`` if a header is not a single line."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\r") != len(headers) or lines.count("\n") != len(headers):
        raise ValueError("A header must be of one line")
    return lines


NOTHING: Final = HeaderBlock({})
SECURITY: Final = HeaderBlock(SECURITY_HEADERS)
"""The block of each response of the gate, unless the endpoint has chosen a larger one."""
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


def secured(headers: Mapping[str, str]) -> HeaderBlock:
    """Return a block of headers and the security headers."""
    return HeaderBlock({**headers, **SECURITY_HEADERS})
