"""Refuses changes of keys that break a policy test."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..keys import ApiKey
from ..scope.resolver import EntityDirectory
from .evaluation import Result, Status, evaluate
from .home import HomeParts

_MAX_NAMED: Final = 5


class BrokenTestsError(HomeAssistantError):
    """A change of a key was not made, because it would break policy tests."""

    def __init__(self, name: str, results: Sequence[Result]) -> None:
        """Create the error from the name of the key and the results of the tests."""
        listed = listed_tests(results)
        super().__init__(
            f"The change was not made, because it breaks a policy test of '{name}': {listed}. "
            "Make a smaller change, or change the policy tests of the key first.",
            translation_domain=DOMAIN,
            translation_key="broken_tests",
            translation_placeholders={"name": name, "tests": listed},
        )
        self.results = tuple(results)
        self.tests = listed


class PolicyGuard:
    """Compares the results of the policy tests of a key before and after a change."""

    def __init__(self, hass: HomeAssistant, directory: EntityDirectory) -> None:
        """Create the guard of a bridge."""
        self._home = HomeParts(hass, directory)

    async def check(self, before: ApiKey | None, after: ApiKey) -> None:
        """Refuse a change that breaks a policy test. ``before`` is ``None`` for a new key.

        A test that was broken before, for example because an entity was moved, does not prevent a change. Neither does
        a new one: its result is shown.

        Raises:
            BrokenTestsError: The change breaks a test.

        """
        if broken := await self.broken_by(before, after):
            raise BrokenTestsError(after.name, broken)

    async def broken_by(self, before: ApiKey | None, after: ApiKey) -> list[Result]:
        """Return the results of the tests that a change breaks."""
        if not after.tests or (before is not None and before.permissions == after.permissions):
            return []
        now = time.time()
        broken = [item for item in await evaluate(self._home, after, now) if item.status is Status.BROKEN]
        if before is None or not broken:
            return broken
        tests = tuple(item.test for item in broken)
        earlier = await evaluate(self._home, replace(before, tests=tests), now)
        return [item for item, past in zip(broken, earlier, strict=True) if past.status is not Status.BROKEN]


def listed_tests(results: Sequence[Result]) -> str:
    """Return broken tests as a list in plain English, limited in length."""
    more = len(results) - _MAX_NAMED
    listed = "; ".join(str(item) for item in results[:_MAX_NAMED])
    return f"{listed}; and {more} more" if more > 0 else listed
