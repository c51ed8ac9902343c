"""The recording and alert rules, with promtool: each alert fires, and does not when it should not."""

import json
import re
import shutil
import subprocess
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "drawbridge"
RULES = sorted((ROOT / "exporter" / "rules").glob("*.yml"))
TESTS = sorted((Path(__file__).parent / "rules").glob("*.test.yml"))
ALWAYS_FIRE = {"DrawbridgeWatchdog"}
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
    """All files."""
    run(promtool, "check", "rules", *RULES)


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_the_alerts_fire_when_they_should(promtool: str, file: Path) -> None:
    """The cases are in the file."""
    run(promtool, "test", "rules", file)


def test_each_alert_is_seen_to_fire_and_not_to_fire() -> None:
    """With each of its severities."""
    cases = [
        case
        for file in TESTS
        for test in yaml.safe_load(file.read_text())["tests"]
        for case in test.get("alert_rule_test", ())
    ]
    seen = sorted(
        (case["alertname"], fired["exp_labels"]["severity"]) for case in cases for fired in case["exp_alerts"]
    )
    assert {name for name, _ in groupby(seen)} == {(rule["alert"], rule["labels"]["severity"]) for rule in alerts()}
    silent = {case["alertname"] for case in cases if not case["exp_alerts"]}
    assert silent == {rule["alert"] for rule in alerts()} - ALWAYS_FIRE


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


QUOTED_LOG = re.compile(r'log: .*?"([^"]+)"', re.DOTALL)
AUDIT_FILES = {"refusals.jsonl", "audit.jsonl"}
RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("Drawbridge*.md"))
SOURCES = {path.relative_to(COMPONENT).as_posix(): path.read_text() for path in COMPONENT.rglob("*.py")}
AUDIT_FIELDS = set(
    re.findall(r"^    (\w+): ", SOURCES["audit/trail.py"].partition("class AuditRecord")[2], re.MULTILINE)
)
SUBJECT_FIELDS = set(
    re.findall(r"^    (\w+): ", SOURCES["audit/subject.py"].partition("class Subject")[2], re.MULTILINE)
)
REASONS = {
    name.lower()
    for name in re.findall(r"^    ([A-Z_]+) = (?:Reason\(|SecurityEvent\.)", SOURCES["refusal.py"], re.MULTILINE)
}


@pytest.mark.parametrize("file", RUNBOOKS, ids=lambda file: file.stem)
def test_a_runbook_leads_to_lines_that_exist(file: Path) -> None:
    """The texts of logs, the files and the fields that it names are those of the integration."""
    text = file.read_text()
    assert "audit log" not in text, "there is no audit log: there are files and events"
    assert all(quoted in "".join(SOURCES.values()) for quoted in QUOTED_LOG.findall(text))
    assert set(re.findall(r"[a-z]+\.jsonl", text)) <= AUDIT_FILES
    for command in re.findall(r"^jq .*$", text, re.MULTILINE):
        assert set(re.findall(r"\.(\w+)", re.split(r"\w+\.jsonl", command)[0])) <= AUDIT_FIELDS
        assert set(re.findall(r'\.reason == "(\w+)"', command)) <= REASONS


def test_the_names_of_the_audit_trail_are_read() -> None:
    """The test above would pass on sources that it cannot read."""
    assert {"reason", "address", "key_name", "route"} <= AUDIT_FIELDS
    assert {"key_unknown", "locked_out"} <= REASONS


def test_the_questions_to_the_audit_files_can_be_answered(tmp_path: Path) -> None:
    """Each command of the procedures runs, on fields and reasons that exist."""
    jq = shutil.which("jq")
    if jq is None:
        pytest.skip("jq is not installed")
    pages = "\n".join((ROOT / "docs" / name).read_text() for name in ("procedures.md", "logs.md"))
    commands = re.findall(r"^jq .+$", pages, re.MULTILINE)
    assert len(commands) == 10
    subject = dict.fromkeys(SUBJECT_FIELDS, "x") | {"entities": ["light.a"]}
    record = dict.fromkeys(AUDIT_FIELDS, "x") | {"subject": subject}
    for name in AUDIT_FILES:
        (tmp_path / name).write_text(json.dumps(record) + "\n")
    for command in commands:
        program = command.partition("'")[2].rpartition("'")[0]
        assert set(re.findall(r"\.([a-z_]+)", re.sub(r'"[^"]*"', "", program))) <= AUDIT_FIELDS | SUBJECT_FIELDS, (
            command
        )
        assert set(re.findall(r'\.reason == "(\w+)"', program)) <= REASONS, command
        done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        assert (done.returncode, done.stderr) == (0, ""), command
