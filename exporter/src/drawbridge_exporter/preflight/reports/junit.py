"""The JUnit XML report. Items that need a person or were not checked are skipped tests."""

from datetime import UTC, datetime
from itertools import groupby
from xml.etree import ElementTree as ET

from ..checklist import sections
from ..model import Report, Result, Status


def junit_report(report: Report) -> str:
    """Return one test suite for each section, with one test case for each item."""
    root = ET.Element("testsuites", {"name": "drawbridge preflight", "time": f"{report.seconds:.3f}"})
    root.attrib |= _counts(report.results)
    properties = ET.SubElement(root, "properties")
    for section in sections(report):
        for answer in section.boxes:
            name = " / ".join(part for part in (section.title, answer.box.group, answer.box.title) if part)
            ET.SubElement(properties, "property", name=name, value=answer.readiness.value)
    ordered = sorted(report.results, key=lambda result: result.section)
    for section, group in groupby(ordered, key=lambda result: result.section):
        results = tuple(group)
        suite = ET.SubElement(root, "testsuite", _counts(results))
        suite.attrib |= {
            "name": section,
            "hostname": report.url,
            "timestamp": datetime.fromtimestamp(report.started_at, UTC).isoformat(timespec="seconds"),
            "time": f"{sum(result.seconds for result in results):.3f}",
            "errors": "0",
        }
        for result in results:
            _case(suite, result)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(results: tuple[Result, ...]) -> dict[str, str]:
    statuses = [result.verdict.status for result in results]
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count(Status.FAILED)),
        "skipped": str(statuses.count(Status.PERSON) + statuses.count(Status.SKIPPED)),
    }


def _case(suite: ET.Element, result: Result) -> None:
    verdict = result.verdict
    case = ET.SubElement(
        suite, "testcase", classname=f"preflight.{result.section}", name=result.title, time=f"{result.seconds:.3f}"
    )
    match verdict.status:
        case Status.FAILED:
            ET.SubElement(case, "failure", message=verdict.evidence).text = verdict.fix
        case Status.PERSON | Status.SKIPPED:
            ET.SubElement(case, "skipped", message=f"{verdict.evidence} {verdict.fix}")
        case Status.PASSED:
            ET.SubElement(case, "system-out").text = verdict.evidence
