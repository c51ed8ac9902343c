"""The text report: a line for each item as it finishes, and a summary."""

from typing import Final

from ..model import Report, Result, Status

_MARK: Final = {Status.PASSED: "pass  ", Status.FAILED: "FAIL  ", Status.PERSON: "person"}


def progress(result: Result) -> str:
    """Return the lines for one item."""
    verdict = result.verdict
    lines = [f"{_MARK[verdict.status]}  {result.title}: {verdict.evidence}"]
    if verdict.fix:
        lines.append(f"        -> {verdict.fix}")
    return "\n".join(lines)


def summary(report: Report) -> str:
    """Return the counts and the failed items."""
    failures = [result for result in report.results if result.verdict.status is Status.FAILED]
    counts = (
        f"{report.count(Status.PASSED)} passed, {len(failures)} failed, {report.count(Status.PERSON)} need a person"
    )
    lines = [f"{report.url}: {report.versions}", f"{counts}; {report.seconds:.1f} s"]
    lines += [f"  FAIL {result.title}: {result.verdict.evidence}" for result in failures]
    return "\n".join(lines) + "\n"
