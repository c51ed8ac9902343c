"""The JSON report."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from ..checklist import SectionResult, sections
from ..model import Readiness, Report, Result, Status

SCHEMA: Final = 1


def json_report(report: Report) -> str:
    """Return one JSON object: the bridge, the counts, the checklist by section, and the items."""
    document = {
        "schema": SCHEMA,
        "url": report.url,
        "versions": report.versions,
        "started_at": datetime.fromtimestamp(report.started_at, UTC).isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "profile": report.profile,
        "verdict": report.readiness.value,
        "ready": report.readiness is Readiness.READY,
        "counts": {status.value: report.count(status) for status in Status},
        "figures": {name: round(value, 6) for name, value in report.figures.items()},
        "sections": [_section(section) for section in sections(report)],
        "items": [_item(result) for result in report.results],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _item(result: Result) -> dict[str, Any]:
    return {
        "section": result.section,
        "item": result.item,
        "title": result.title,
        "status": result.verdict.status.value,
        "evidence": result.verdict.evidence,
        # The name of the field is part of the report's format.
        "mend": result.verdict.fix,
        "seconds": round(result.seconds, 3),
    }


def _section(section: SectionResult) -> dict[str, Any]:
    return {
        "section": section.title,
        "verdict": section.readiness.value,
        "boxes": [
            {
                "group": result.box.group,
                "box": result.box.title,
                "verdict": result.readiness.value,
                "items": list(result.box.items),
            }
            for result in section.boxes
        ],
    }
