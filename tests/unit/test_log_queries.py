"""docs/logs.md: the jq commands answer their questions about real audit files, and the files for collectors fit."""

import re
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.drawbridge.audit.file import AuditFile
from custom_components.drawbridge.audit.subject import Subject
from custom_components.drawbridge.audit.trail import AuditRecord
from custom_components.drawbridge.refusal import Refusal
from drawbridge_exporter.preflight.logs import LOG_ALERTS, queries

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "logs.md").read_text()
LOKI = ROOT / "exporter" / "loki"
JQ = dict(re.findall(r"### (.+)\n```sh\n(.+)\n```\n```logql", PAGE))
"""The commands by question."""
DONE = AuditRecord(
    time=time.time(),
    request_id="REQUEST_ID",
    key_id="01J",
    key_name="Kitchen display",
    address="192.0.2.7",
    method="POST",
    route="/api/services/{domain}/{service}",
    status=200,
    outcome="allowed",
    target="lock.unlock lock.front",
    subject=Subject(operation="call_service", action="lock.unlock", entities=("lock.front",)),
)
RECORDS = (
    DONE,
    replace(
        DONE, request_id="B", key_name="Tablet", target="light.turn_on", status=500, outcome="failed", reason="failed"
    ),
    replace(DONE, request_id="C", status=403, outcome="refused", reason="capability", target=None),
    replace(
        DONE,
        request_id="D",
        key_name=None,
        address="198.51.100.9",
        outcome="refused",
        reason="key_unknown",
        target=None,
    ),
)
ANSWERS = {
    "What did a key do?": ["lock.unlock lock.front\t192.0.2.7"],
    "Who used a service?": ["Kitchen display\t192.0.2.7", "Tablet\t192.0.2.7"],
    "Which keys perform the most actions?": ["1 Kitchen display", "1 Tablet"],
    "From which addresses was a key used?": ["2 192.0.2.7"],
    "What failed?": ["Tablet\tlight.turn_on\t500"],
    "Which addresses are refused most?": ["1 192.0.2.7", "1 198.51.100.9"],
    "Why is a key refused?": ["1 capability\t/api/services/{domain}/{service}"],
    "Who guesses keys?": ["1 198.51.100.9"],
    "What belongs to a request?": ['"request_id":"REQUEST_ID"'],
}
"""The ends or the parts of the lines that are expected."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with audit files that Drawbridge wrote."""
    path = tmp_path_factory.mktemp("drawbridge")
    file = AuditFile()
    file.open(path / "audit.jsonl", days=30)
    for record in RECORDS:
        file.write(record)
    file.close()
    return path


def test_there_are_ten_questions() -> None:
    """Each question has a command for jq and a query for Loki, and preflight uses the same queries."""
    assert len(JQ) == 10
    assert tuple(re.findall(r"```logql\n(.+)\n```", PAGE)) == queries()


@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_is_answered(folder: Path, question: str) -> None:
    """Each command returns the right records, and no others."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    done = subprocess.run(["/bin/sh", "-c", JQ[question]], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (done.returncode, done.stderr) == (0, "")
    lines = sorted(line.strip() for line in done.stdout.splitlines())
    assert len(lines) == len(ANSWERS[question]), lines
    assert all(any(part in line for line in lines) for part in ANSWERS[question]), lines


def test_the_fields_and_the_reasons_exist() -> None:
    """The fields and the reasons in the queries for Loki exist in the records."""
    fields = {*AuditRecord.__dataclass_fields__, *(f"subject_{name}" for name in Subject.__dataclass_fields__), "level"}
    text = "\n".join(queries())
    assert set(re.findall(r'\| (\w+)=~?"', text)) <= fields
    assert set(re.findall(r"key_\w+(?=[|\"])", "".join(re.findall(r'reason=~"[^"]+"', text)))) <= {
        refusal.name.lower() for refusal in Refusal
    }


def test_the_rules_are_those_that_preflight_looks_for() -> None:
    """Preflight looks for the same alerts, and each has a section of the page as its runbook."""
    [group] = yaml.safe_load((LOKI / "drawbridge-logs.yml").read_text())["groups"]
    assert {rule["alert"] for rule in group["rules"]} == LOG_ALERTS
    for rule in group["rules"]:
        assert rule["annotations"]["runbook_url"].endswith(f"docs/logs.md#{rule['alert'].lower()}")
        assert f"### {rule['alert']}\n" in PAGE
        assert rule["labels"]["severity"] == "warning"


def test_vector_passes_every_event_on() -> None:
    """Each part of the pipeline has inputs that exist, and the labels are those of the queries."""
    config: dict[str, Any] = yaml.safe_load((LOKI / "vector.yaml").read_text())
    parts = {**config["sources"], **config["transforms"]}
    inputs = {name for part in (*config["transforms"].values(), *config["sinks"].values()) for name in part["inputs"]}
    assert inputs == parts.keys()
    assert {sink["labels"]["job"] for sink in config["sinks"].values()} == jobs("\n".join(queries()))


def jobs(text: str) -> set[str]:
    """Return the values of the label job."""
    return set(re.findall(r'"?job"?\s*=~?\s*"([\w-]+)"', text))


def test_alloy_passes_every_line_on() -> None:
    """Each component that is named is there, and the labels are those of the queries."""
    text = (LOKI / "config.alloy").read_text()
    components = {f"{kind}.{name}" for kind, name in re.findall(r'^([\w.]+) "(\w+)" \{$', text, re.MULTILINE)}
    named = set(re.findall(r"\b((?:loki|local)\.\w+\.\w+)\.(?:receiver|targets)", text))
    assert named <= components
    assert components - named == {"loki.source.file.audit", "loki.source.journal.exporter"}
    assert jobs(text) == jobs("\n".join(queries()))
    assert text.count("{") == text.count("}")
