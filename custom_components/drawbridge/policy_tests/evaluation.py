"""Evaluates policy tests, with the scope and the planner that decide about requests."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, override

from homeassistant.helpers import area_registry as ar, entity_registry as er

from ..keys import ApiKey, Capability
from ..keys.capability import ON_ENTITIES
from ..keys.policy_test import Expectation, PolicyTest
from ..scope.model import EntityFacts
from .home import Home
from .indirect import Indirect
from .key_access import KeyAccess, entity_actions
from .turns import Turns, every_entity

_MAX_ENTITIES: Final = 20


class Status(StrEnum):
    """The result of a policy test."""

    PASSED = "passed"
    BROKEN = "broken"
    MISSING = "missing"
    """The entity, the area or the action does not exist, so that the test says nothing."""
    UNREADABLE = "unreadable"
    """The stored test is damaged."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a policy test.

    Attributes:
        test: The test.
        status: Its result.
        rule: The rule that decided, or what is missing.
        entities: The first entities that break the test.
        more: The number of further ones.

    """

    test: PolicyTest
    status: Status
    rule: str
    entities: tuple[str, ...] = ()
    more: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {
            "test": self.test.as_dict(),
            "status": self.status.value,
            "rule": self.rule,
            "entities": list(self.entities),
            "more": self.more,
        }

    @override
    def __str__(self) -> str:
        """Return the test and the rule in plain English."""
        about = f"{self.entities[0]} is " if self.entities and self.test.area_id is not None else ""
        return f"{self.test} ({about}{self.rule})"


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether an entity is as a test expects, and the rule that decided."""

    passes: bool
    rule: str


async def evaluate(home: Home, key: ApiKey, now: float) -> list[Result]:
    """Return the results of all tests of a key, in order, and let the event loop run in between.

    Args:
        home: The bridge.
        key: The key as it is stored, without temporary permissions.
        now: The Unix time. Temporary permissions count for tests that forbid something, and not for the others.

    """
    evaluator = _Evaluator(home, key, now)
    areas = {test.area_id for test in key.tests if test.area_id is not None}
    of_areas = await _entities_of(home, areas) if areas else {}
    return [await evaluator.result(test, of_areas) for test in key.tests]


class _Evaluator:
    """Evaluates the tests of one key."""

    def __init__(self, home: Home, key: ApiKey, now: float) -> None:
        self._home = home
        self._lasting = KeyAccess(home, key)
        self._in_force = KeyAccess(home, key.in_force(now))
        self._indirect = Indirect(home, self._in_force)
        self._turns = Turns()

    async def result(self, test: PolicyTest, of_areas: Mapping[str, list[EntityFacts]]) -> Result:
        """Return the result of a test."""
        if test.expect is Expectation.UNREADABLE:
            return Result(test, Status.UNREADABLE, "The stored test is damaged. Remove it, and add it again.")
        if (missing := find_missing(self._home, test)) is not None:
            return Result(test, Status.MISSING, missing)
        tested = self._tested(test, of_areas)
        if not tested and not test.expect.forbids:
            return Result(test, Status.MISSING, "There is no entity in the area that this could be about.")
        verdicts: dict[str, _Verdict] = {}
        for facts in tested:
            verdicts[facts.entity_id] = await self._verdict(test, facts)
            await self._turns.rest()
        broken = [item for item, verdict in verdicts.items() if not verdict.passes]
        if not broken:
            rules = dict.fromkeys(verdict.rule for verdict in verdicts.values())
            return Result(test, Status.PASSED, next(iter(rules), "no entity is in the area"))
        shown, more = tuple(broken[:_MAX_ENTITIES]), max(0, len(broken) - _MAX_ENTITIES)
        return Result(test, Status.BROKEN, verdicts[broken[0]].rule, shown, more)

    def _tested(self, test: PolicyTest, of_areas: Mapping[str, list[EntityFacts]]) -> list[EntityFacts]:
        """Return the entities that a test is about."""
        if test.entity_id is not None:
            return [self._home.directory.facts(test.entity_id)]
        found = of_areas.get(test.area_id or "", [])
        if test.expect is Expectation.CONTROLS:
            return [facts for facts in found if self._has_action(facts, test.action)]
        return found

    def _has_action(self, facts: EntityFacts, action: str | None) -> bool:
        """Tell whether an entity of an area is one that a key can be expected to control. A setting is not."""
        hass = self._home.hass
        entry = er.async_get(hass).async_get(facts.entity_id)
        if entry is not None and entry.entity_category is not None:
            return False
        actions = entity_actions(hass.services.async_services_for_domain(facts.domain), facts.domain)
        if action is None or action.partition(".")[0] != facts.domain:
            return any(action in {None, ".".join(item)} for item in actions)
        return True

    async def _verdict(self, test: PolicyTest, facts: EntityFacts) -> _Verdict:
        if test.expect.is_about_control:
            if test.expect is Expectation.CONTROLS:
                return self._controls(test.action, facts)
            return await self._not_controls(test.action, facts)
        access = self._in_force if test.expect.forbids else self._lasting
        rule = access.key.scope.rule(facts)
        if test.expect is Expectation.NOT_SEES:
            # Every capability on entities tells something about them: control has responses.
            able = sorted(access.key.capabilities & ON_ENTITIES)
            shown = access.key.scope.matches(facts) and bool(able)
            return _Verdict(not shown, rule if not shown or Capability.READ in able else f"{rule}, with {able[0]}")
        if access.of(facts)[0]:
            return _Verdict(passes=True, rule=rule)
        lacks = Capability.READ not in access.key.capabilities
        return _Verdict(passes=False, rule=f"capability {Capability.READ} is missing" if lacks else rule)

    def _controls(self, action: str | None, facts: EntityFacts) -> _Verdict:
        access = self._lasting
        if action is not None:
            decision = access.decide(action, facts.entity_id)
            return _Verdict(decision.allowed, decision.rule)
        if access.of(facts)[1]:
            return _Verdict(passes=True, rule=access.key.scope.rule(facts))
        return _Verdict(passes=False, rule=self._why_not(access, facts))

    async def _not_controls(self, action: str | None, facts: EntityFacts) -> _Verdict:
        access = self._in_force
        if Capability.CONTROL not in access.key.capabilities:
            return _Verdict(passes=True, rule=self._why_not(access, facts))
        rule = access.key.scope.rule(facts)
        for name in self._actions_to_try(action, facts):
            if access.decide(name, facts.entity_id).allowed:
                return _Verdict(passes=False, rule=f"{rule}, {name} is allowed")
        if (why := await self._indirect.why(facts.entity_id)) is not None:
            return _Verdict(passes=False, rule=why)
        return _Verdict(passes=True, rule=self._why_not(access, facts))

    def _actions_to_try(self, action: str | None, facts: EntityFacts) -> Iterable[str]:
        if action is not None:
            return (action,)
        access = self._in_force
        if not access.key.scope.matches(facts):
            return ()
        own = (".".join(item) for item in access.actions_of(facts.domain))
        return (*own, *access.listed_actions(facts.entity_id))

    @staticmethod
    def _why_not(access: KeyAccess, facts: EntityFacts) -> str:
        if Capability.CONTROL not in access.key.capabilities:
            return f"capability {Capability.CONTROL} is missing"
        if not access.key.scope.matches(facts):
            return access.key.scope.rule(facts)
        return "no action on it is allowed"


def find_missing(home: Home, test: PolicyTest) -> str | None:
    """Return what a test refers to that does not exist."""
    if test.entity_id is not None and not home.directory.exists(test.entity_id):
        return f"There is no entity {test.entity_id}."
    if test.area_id is not None and ar.async_get(home.hass).async_get_area(test.area_id) is None:
        return f"There is no area {test.area_id}."
    if test.action is not None and not home.hass.services.has_service(*test.action.split(".", 1)):
        return f"There is no action {test.action}."
    return None


async def _entities_of(home: Home, areas: Collection[str]) -> dict[str, list[EntityFacts]]:
    """Return the entities of areas, but for those of Drawbridge itself."""
    found: defaultdict[str, list[EntityFacts]] = defaultdict(list)
    async for facts in every_entity(home):
        if facts.area is not None and facts.area in areas and not facts.is_own:
            found[facts.area].append(facts)
    return found
