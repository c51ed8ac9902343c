"""Policy tests: what an administrator expects of a key, stored with the key.

Policy tests are not permissions. A damaged test must not disable the key, and must not pass silently either: it
is read as ``UNREADABLE``, and shown until an administrator removes it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self, override

from .. import values

MAX_TESTS: Final = 50
_MAX_CHARACTERS: Final = 255
_ENTITY: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
_AREA: Final = re.compile(r"[\w-]+")
_ACTION: Final = _ENTITY


class Expectation(StrEnum):
    """What a policy test expects of the key."""

    SEES = "sees"
    NOT_SEES = "not_sees"
    CONTROLS = "controls"
    NOT_CONTROLS = "not_controls"
    UNREADABLE = "unreadable"
    """The stored test is damaged."""

    @property
    def is_about_control(self) -> bool:
        """Tell whether the test is about calls of actions."""
        return self in {Expectation.CONTROLS, Expectation.NOT_CONTROLS}

    @property
    def forbids(self) -> bool:
        """Tell whether the test expects that the key may not do something."""
        return self in {Expectation.NOT_SEES, Expectation.NOT_CONTROLS}


_WORDS: Final = {
    Expectation.SEES: "sees",
    Expectation.NOT_SEES: "does not see",
    Expectation.CONTROLS: "controls",
    Expectation.NOT_CONTROLS: "does not control",
}


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """What is expected of a key: about one entity, or about all entities of an area.

    Attributes:
        expect: What is expected.
        entity_id: The entity.
        area_id: The area. Either this or ``entity_id`` is set.
        action: The action, for a test of one action only.

    """

    expect: Expectation
    entity_id: str | None = None
    area_id: str | None = None
    action: str | None = None

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse a test. Raises ``ValueError`` if it is invalid."""
        expect = values.field(data, "expect", Expectation)
        if expect is Expectation.UNREADABLE:
            return cls(expect)
        test = cls(
            expect,
            values.field(data, "entity_id", values.optional(_matching(_ENTITY)), None),
            values.field(data, "area_id", values.optional(_matching(_AREA)), None),
            values.field(data, "action", values.optional(_matching(_ACTION)), None),
        )
        if (test.entity_id is None) == (test.area_id is None):
            raise ValueError("a test is about one entity or one area")
        if test.action is not None and not expect.is_about_control:
            raise ValueError("only a test of control has an action")
        return test

    def as_dict(self) -> dict[str, str | None]:
        """Return the stored form, the inverse of ``from_mapping``."""
        return {
            "expect": self.expect.value,
            "entity_id": self.entity_id,
            "area_id": self.area_id,
            "action": self.action,
        }

    @override
    def __str__(self) -> str:
        """Return the test in plain English."""
        if self.expect is Expectation.UNREADABLE:
            return "a damaged test"
        target = self.entity_id if self.area_id is None else f"the area {self.area_id}"
        if self.action is None:
            return f"{_WORDS[self.expect]} {target}"
        return f"{'may not' if self.expect.forbids else 'may'} call {self.action} on {target}"


UNREADABLE: Final = PolicyTest(Expectation.UNREADABLE)


def read_tests(stored: object) -> tuple[PolicyTest, ...]:
    """Parse stored tests. Never raises: all that cannot be read becomes one ``UNREADABLE`` test."""
    items = stored if isinstance(stored, list | tuple) else [None]
    found = dict.fromkeys(map(_read, items[: MAX_TESTS + 1]))
    if len(items) > MAX_TESTS:
        found = dict.fromkeys((*list(found)[: MAX_TESTS - 1], UNREADABLE))
    return tuple(found)


def _read(stored: object) -> PolicyTest:
    try:
        return PolicyTest.from_mapping(values.mapping(stored))
    except ValueError:
        return UNREADABLE


def _matching(pattern: re.Pattern[str]) -> Callable[[object], str]:
    def parse(value: object) -> str:
        text = values.text(value)
        if len(text) > _MAX_CHARACTERS or not pattern.fullmatch(text):
            raise ValueError("not an ID")
        return text

    return parse
