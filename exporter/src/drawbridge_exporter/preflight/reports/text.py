"""The text report: a line for each item as it finishes, and a summary."""

from typing import Final

from ..checklist import SectionResult, sections
from ..model import Readiness, Report, Result, Status

_MARK: Final = {Status.PASSED: "pass  ", Status.FAILED: "FAIL  ", Status.PERSON: "person", Status.SKIPPED: "skip  "}


def progress(result: Result) -> str:
    """Return the lines for one item."""
    verdict = result.verdict
    lines = [f"{_MARK[verdict.status]}  {result.title}: {verdict.evidence}"]
    if verdict.fix:
        lines.append(f"        -> {verdict.fix}")
    return "\n".join(lines)


def summary(report: Report) -> str:
    """Return the readiness, the counts, the failed items, and the sections of the checklist."""
    failures = [result for result in report.results if result.verdict.status is Status.FAILED]
    counts = [f"{report.count(Status.PASSED)} passed", f"{len(failures)} failed"]
    if not_checked := report.count(Status.SKIPPED):
        counts.append(f"{not_checked} not checked")
    counts.append(f"{report.count(Status.PERSON)} need a person")
    lines = [
        f"{report.url}: {report.versions}",
        f"{report.readiness.upper()}: {', '.join(counts)}; {report.seconds:.1f} s",
    ]
    lines += [f"  FAIL {result.title}: {result.verdict.evidence}" for result in failures]
    lines += [f"Checklist ({report.profile}):", *(_section(section) for section in sections(report))]
    return "\n".join(lines) + "\n"


def _section(section: SectionResult) -> str:
    counts = ", ".join(f"{number} {readiness}" for readiness in Readiness if (number := section.count(readiness)))
    return f"  {section.title}: {section.readiness} ({counts})"
