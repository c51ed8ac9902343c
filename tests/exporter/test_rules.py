"""The recording and alert rules, with promtool: each alert fires, and does not when it should not."""

import subprocess
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "exporter" / "rules").glob("*.yml"))
TESTS = sorted((Path(__file__).parent / "rules").glob("*.test.yml"))
RUNBOOK_URL = "https://github.com/drawbridge-ha/drawbridge/blob/main/docs/runbooks/"


def alerts() -> list[dict[str, Any]]:
    """Return every alert rule."""
    groups = [group for file in RULES for group in yaml.safe_load(file.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def run(promtool: str, *arguments: str | Path) -> None:
    """Run promtool, which must find no fault."""
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - promtool
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_reads_the_rules(promtool: str) -> None:
    """Both files."""
    run(promtool, "check", "rules", *RULES)


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_the_alerts_fire_when_they_should(promtool: str, file: Path) -> None:
    """The cases are in the file."""
    run(promtool, "test", "rules", file)


def test_each_alert_is_seen_to_fire_and_not_to_fire() -> None:
    """With each of its severities."""
    cases = [
        case for file in TESTS for test in yaml.safe_load(file.read_text())["tests"] for case in test["alert_rule_test"]
    ]
    seen = sorted(
        (case["alertname"], fired["exp_labels"]["severity"]) for case in cases for fired in case["exp_alerts"]
    )
    assert {name for name, _ in groupby(seen)} == {(rule["alert"], rule["labels"]["severity"]) for rule in alerts()}
    silent = {case["alertname"] for case in cases if not case["exp_alerts"]}
    assert silent == {rule["alert"] for rule in alerts()}


@pytest.mark.parametrize("rule", alerts(), ids=itemgetter("alert"))
def test_each_alert_has_a_runbook(rule: dict[str, Any]) -> None:
    """It begins with what to look at first."""
    assert rule["annotations"]["runbook_url"] == f"{RUNBOOK_URL}{rule['alert']}.md"
    text = (ROOT / "docs" / "runbooks" / f"{rule['alert']}.md").read_text()
    title, _, first, *_ = text.splitlines()
    assert title == f"# {rule['alert']}"
    assert first == "## First steps"


def test_there_is_no_runbook_without_an_alert() -> None:
    """Nor a forgotten one."""
    files = {file.stem for file in (ROOT / "docs" / "runbooks").glob("*.md")} - {"README"}
    assert files == {rule["alert"] for rule in alerts()}
