"""Compares a run with an earlier one, to decide whether to roll back."""

import re
from collections.abc import Sequence
from typing import Final

from .context import Context
from .given import Previous
from .model import Check, Result, Status, Verdict, failed, needs_person, passed

_SECTION: Final = "Operation"
_FLAG: Final = "--previous"
_MAX_SLOWDOWN_RATIO: Final = 2.0
_MARGIN_SECONDS: Final = 0.1


class Comparison:
    """Compares the items that have run so far with those of an earlier run."""

    def __init__(self, results: Sequence[Result]) -> None:
        """Compare ``results``, to which the runner adds."""
        self._results = results

    def checks(self) -> tuple[Check, ...]:
        """Return the checks. They run after all others."""
        return (
            Check(_SECTION, "rollback-trigger", "Nothing got worse since the last run", self.worse, flag=_FLAG),
            Check(_SECTION, "rollback", "A rollback was tested", self.rolled_back, flag=_FLAG),
            Check(_SECTION, "performance-review", "It is as fast as in the last run", self.slower, flag=_FLAG),
        )

    async def worse(self, context: Context) -> Verdict:
        """Check that no item fails that passed before. Otherwise, the upgrade should be rolled back."""
        before = context.plan.sources.previous
        if before is None:
            return _not_given()
        now_failing = self._now_failing(before)
        since = f"since {before.started_at:%Y-%m-%d} with {before.versions}"
        if now_failing:
            return failed(
                f"{len(now_failing)} items got worse {since}: {', '.join(now_failing)}.",
                "Go back to the previous version, as docs/procedures.md describes, or correct the cause.",
            )
        return passed(f"No item got worse {since}: there is no reason to roll back.")

    def _now_failing(self, before: Previous) -> list[str]:
        return [
            result.item
            for result in self._results
            if result.verdict.status is Status.FAILED and before.statuses.get(result.item) == Status.PASSED
        ]

    async def rolled_back(self, context: Context) -> Verdict:
        """Check that the bridge went back from the version of the earlier run, and that nothing got worse."""
        before, first = context.plan.sources.previous, context.first
        if before is None or first is None:
            return _not_rolled_back("No earlier report was given.")
        old, new = _numbers(first.bridge_version), _numbers(before.versions.partition(",")[0])
        if old >= new:
            return _not_rolled_back(f"The last run was with {before.versions}, which is not a later version.")
        if worse := self._now_failing(before):
            return failed(f"After the rollback, these items fail: {', '.join(worse)}.", "See each of them.")
        return passed(f"It went back from {before.versions} to Drawbridge {first.bridge_version}; nothing got worse.")

    async def slower(self, context: Context) -> Verdict:
        """Compare the mean response time at this client with that of the earlier run."""
        before = context.plan.sources.previous
        if before is None:
            return _not_given()
        now = context.figures.get("mean_seconds")
        if before.mean_seconds is None or now is None:
            return needs_person("The reports have no response times.", "Run again with a newer report.")
        evidence = f"{before.mean_seconds * 1000:.1f} ms on {before.started_at:%Y-%m-%d}, {now * 1000:.1f} ms now."
        if now > _MAX_SLOWDOWN_RATIO * before.mean_seconds + _MARGIN_SECONDS:
            return failed(evidence, "Compare the dashboard of both times, and see docs/performance.md.")
        return passed(evidence)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, to compare them."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _not_rolled_back(evidence: str) -> Verdict:
    return needs_person(
        evidence,
        f"After an upgrade, write a report, go back to the previous version, and run again with {_FLAG} FILE. Or:"
        " restore the previous version and its backup, and note how long it takes.",
    )


def _not_given() -> Verdict:
    return needs_person(
        "No earlier report was given.", f"Run again with {_FLAG} FILE, the JSON report of the last run."
    )
