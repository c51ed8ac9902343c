"""Prints the total results of several test runs in one line.

    python scripts/sum_test_results.py FOLDER

The folder holds a JUnit XML file for each run. The exit status is 0 when some tests passed and none failed.
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET


def counts(path: Path) -> Counter[str]:
    """Return the numbers of passed, failed and skipped tests of a run."""
    result: Counter[str] = Counter()
    for suite in ET.parse(path).iter("testsuite"):  # noqa: S314 - the file comes from our own pytest
        tests, failures, errors, skipped = (
            int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
        )
        failed = failures + errors
        result.update(passed=tests - failed - skipped, failed=failed, skipped=skipped)
    return result


def main() -> int:
    """Print the totals, and return the exit status."""
    total: Counter[str] = Counter()
    for path in sorted(Path(sys.argv[1]).glob("*.xml")):
        total += counts(path)
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
