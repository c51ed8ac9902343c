"""The JSON report."""

import json
from datetime import UTC, datetime
from typing import Final

from ..model import Report, Status

SCHEMA: Final = 1


def json_report(report: Report) -> str:
    """Return one JSON object: the bridge, the counts and the items."""
    document = {
        "schema": SCHEMA,
        "url": report.url,
        "versions": report.versions,
        "started_at": datetime.fromtimestamp(report.started_at, UTC).isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "ready": report.is_ready,
        "counts": {status.value: report.count(status) for status in Status},
        "items": [
            {
                "section": result.section,
                "item": result.item,
                "title": result.title,
                "status": result.verdict.status.value,
                "evidence": result.verdict.evidence,
                # The name of the field is part of the report's format.
                "mend": result.verdict.fix,
                "seconds": round(result.seconds, 3),
            }
            for result in report.results
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
