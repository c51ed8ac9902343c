"""Reads a JSON document member by member. Each error names the path."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

_LARGEST: Final = sys.float_info.max


class InvalidDocumentError(ValueError):
    """The document is invalid. The message names the member."""


class InvalidJSONError(ValueError):
    """The text is not JSON."""


def parse_json(body: bytes) -> Node:
    """Return the root of a JSON text.

    Raises:
        InvalidJSONError: The text is not JSON, or contains NaN or Infinity.

    """
    try:
        return Node(json.loads(body, parse_constant=_refuse_constant))
    except ValueError as error:
        raise InvalidJSONError(str(error)) from error
    except RecursionError:
        raise InvalidJSONError("it is nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not a JSON value"
    raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Node:
    """A value in the document, with its path.

    Every method raises InvalidDocumentError if the value has another type than
    the requested one.
    """

    value: object
    path: str = "the document"

    def member(self, name: str) -> Node:
        """Return the member ``name``, which is required."""
        found = self.get(name)
        if found is None:
            self._fail(f"has no member {name!r}")
        return found

    def get(self, name: str) -> Node | None:
        """Return the member ``name``, or None where it is missing."""
        members = self._mapping()
        if name not in members:
            return None
        return Node(members[name], f"{self.path}.{name}")

    def present(self, name: str) -> Node | None:
        """Return the member ``name``, or None where it is missing or null."""
        found = self.get(name)
        return None if found is None or found.value is None else found

    def members(self) -> Iterator[tuple[str, Node]]:
        """Yield each name and value of an object."""
        for name, value in self._mapping().items():
            yield name, Node(value, f"{self.path}.{name}")

    def items(self) -> Iterator[Node]:
        """Yield each item of an array."""
        if not isinstance(self.value, list):
            self._fail("is not an array")
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{index}]")

    def text(self) -> str:
        """Return a string."""
        if not isinstance(self.value, str):
            self._fail("is not a string")
        return self.value

    def truth(self) -> bool:
        """Return a boolean."""
        if not isinstance(self.value, bool):
            self._fail("is not a boolean")
        return self.value

    def number(self) -> float:
        """Return a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self._fail("is not a number")
        if not abs(self.value) <= _LARGEST:
            self._fail("is too large")
        return self.value

    def amount(self) -> float:
        """Return a finite number, zero or greater."""
        value = self.number()
        if value < 0:
            self._fail("is negative")
        return value

    def count(self) -> int:
        """Return an integer, zero or greater."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self._fail("is not an integer")
        self.amount()
        return self.value

    def require(self, condition: bool, problem: str) -> None:  # noqa: FBT001 - an assertion reads best so
        """Raise InvalidDocumentError with ``problem`` unless ``condition`` is true."""
        if not condition:
            self._fail(problem)

    def _mapping(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            self._fail("is not an object")
        return self.value

    def _fail(self, problem: str) -> NoReturn:
        message = f"{self.path} {problem}"
        raise InvalidDocumentError(message)
