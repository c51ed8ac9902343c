"""The mixin: the rules files are built from it, and it can be vendored and configured."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import _gojsonnet
import pytest
import yaml

from scripts.build_dashboard import built
from scripts.build_rules import FOLDER, files

EXPORTER = Path(__file__).parents[2] / "exporter"
MIXIN = EXPORTER / "mixin"
VENDORED = "github.com/drawbridge-ha/drawbridge/exporter"
RUNBOOK = "https://github.com/drawbridge-ha/drawbridge/blob/main/docs/runbooks/"

type Json = dict[str, Any]


def folded(value: Any) -> Any:
    """Return a value with the lines of its texts joined, as YAML joins those of a folded block."""
    if isinstance(value, dict):
        return {name: folded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [folded(item) for item in value]
    return " ".join(value.splitlines()) if isinstance(value, str) else value


def groups(config: str = "{}") -> dict[str, Json]:
    """Return the groups of the mixin with a configuration, by name."""
    text = f"local mixin = (import 'mixin.libsonnet') + {{ _config+:: {config} }}; "
    text += "mixin.prometheusRules.groups + mixin.prometheusAlerts.groups"
    found = json.loads(_gojsonnet.evaluate_snippet("test", text, jpathdir=[str(MIXIN)]))
    return {group["name"]: group for group in found}


def rules(config: str = "{}") -> list[Json]:
    """Return the rules of the mixin with a configuration."""
    return [rule for group in groups(config).values() for rule in group["rules"]]


def test_the_files_are_what_the_script_writes() -> None:
    """Run python -m scripts.build_rules after a change."""
    assert {file.name: file.read_text() for file in FOLDER.glob("*.yml")} == files()


def test_the_files_have_every_group_of_the_mixin() -> None:
    """With the same rules, and nothing that is not in the mixin."""
    written = [group for text in files().values() for group in yaml.safe_load(text)["groups"]]
    assert {group["name"]: group for group in written} == folded(groups())
    assert len(written) == len(groups())


def test_a_selector_is_in_every_query_of_the_exporter() -> None:
    """Only recorded series and the process metrics, which are joined with a selected series, have none."""
    for rule in rules("{ drawbridgeSelector: 'job=\"homes\"', scrapeJobSelector: 'job=\"homes\"' }"):
        series = re.findall(r"(?<![\w:])(up|drawbridge_\w+)\b(?!:)(.{0,12})", rule["expr"], re.DOTALL)
        assert all(after.startswith('{job="homes"') for _, after in series), rule["expr"]
    with_matchers = [rule["expr"] for rule in rules("{ drawbridgeSelector: 'job=\"homes\"' }")]
    assert any('{job="homes", le="2.0"}' in expression for expression in with_matchers)


def queries_of(board: Json) -> list[str]:
    """Return every expression of a dashboard: of its panels, variables and annotations."""
    panels = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    variables = [item["query"]["query"] for item in board["templating"]["list"] if item["type"] == "query"]
    return [*panels, *variables, *(item["expr"] for item in board["annotations"]["list"])]


@pytest.mark.parametrize("name", sorted(built()))
def test_a_selector_is_in_every_query_of_a_dashboard(name: str) -> None:
    """As in the rules. Recorded series have only the labels of the rules."""
    board = built("{ drawbridgeSelector: 'site=\"A\"', scrapeJobSelector: 'site=\"A\"' }")[name]
    for query in queries_of(board):
        series = re.findall(r"(?<![\w:])(up|drawbridge_\w+)\b(?!:)(.{0,9})", query, re.DOTALL)
        assert all(after.startswith('{site="A"') for _, after in series), query
        assert not re.search(r":drawbridge_\w+:\w+\{site", query), query


SETTINGS = """{
    minHealthScore: 0.9, minCacheHitRatio: 0.5, errorBudget: 0.001, slowSeconds: 5, certificateExpiryDays: 30,
    runbookUrlPattern: 'https://wiki.example/%s?a=b',
}"""


def test_a_dashboard_has_the_thresholds_of_the_settings() -> None:
    """In its colors and texts, so that it does not contradict the alerts. Nothing is left to fill in."""
    boards = built(SETTINGS)
    assert "%(" not in json.dumps(boards)
    panels = {panel["title"]: panel for board in reversed(boards.values()) for panel in board["panels"]}
    steps = {
        title: [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        for title, panel in panels.items()
        if panel["type"] != "row"
    }
    assert steps["Health score"] == [None, 0.675, 0.9]
    assert steps["Lowest health score"] == [None, 0.9, 0.95]
    assert steps["Cache hit rate"] == [None, 0.375, 0.5]
    assert steps["Errors"] == [None, 0.001, 0.005]
    assert steps["Mean duration"] == [None, 2.5, 5]
    assert steps["Listener certificate"] == [None, 86_400, 30 * 86_400]
    assert "above 50 %." in panels["Hit rate by cache"]["description"]
    assert (
        "share of the 0.1 % of requests that may fail or take longer than 5 s."
        in (panels["Remaining error budget (30 days)"]["description"])
    )


def test_a_dashboard_links_to_the_runbooks_of_the_settings() -> None:
    """As the alerts do."""
    for board in built(SETTINGS).values():
        links = [link for panel in board["panels"] for link in panel.get("links", ())]
        assert links
        assert all(link["url"] == f"https://wiki.example/{link['title']}?a=b" for link in links)
        assert board["links"][0]["url"] == "https://wiki.example/"


def test_a_threshold_is_changed_in_the_expression_and_in_the_text() -> None:
    """An alert does not name another threshold than its own."""
    changed = {rule["alert"]: rule for rule in rules("{ maxFileDescriptorRatio: 0.5 }") if "alert" in rule}
    saturated = changed["DrawbridgeExporterSaturated"]
    assert "> 0.5)" in saturated["expr"]
    assert "more than 50% of" in saturated["annotations"]["description"]


@pytest.mark.parametrize(("seconds", "bucket"), [("5", "5.0"), ("0.5", "0.5")])
def test_the_bucket_of_slow_requests_is_a_float(seconds: str, bucket: str) -> None:
    """As the exporter and Prometheus 3 write it."""
    found = rules(f"{{ slowSeconds: {seconds} }}")
    assert {le for rule in found for le in re.findall(r'le="([^"]*)"', rule["expr"])} == {bucket}
    [warning] = [
        rule
        for rule in found
        if rule.get("alert") == "DrawbridgeLatencyBudgetBurn" and rule["labels"]["severity"] == "warning"
    ]
    assert f"longer than {seconds} s for" in warning["annotations"]["summary"]


def test_the_windows_of_the_burn_rates_must_be_recorded() -> None:
    """An alert on a series that does not exist would never fire."""
    with pytest.raises(RuntimeError, match="burnRates has a window that is not in rateWindows"):
        rules("{ rateWindows: ['5m'] }")


def test_the_example_works_as_vendored(promtool: str, tmp_path: Path) -> None:
    """jsonnet-bundler installs the mixin alone, which has no dependencies."""
    assert json.loads((MIXIN / "jsonnetfile.json").read_text())["dependencies"] == []
    vendored = tmp_path / "vendor" / VENDORED
    vendored.mkdir(parents=True)
    (vendored / "mixin").symlink_to(MIXIN)
    [example] = re.findall(r"```jsonnet\n(.*?)```", (MIXIN / "README.md").read_text(), re.DOTALL)
    output = json.loads(_gojsonnet.evaluate_snippet("drawbridge.jsonnet", example, jpathdir=[str(tmp_path / "vendor")]))
    for name in ("alerts.yml", "rules.yml"):
        (tmp_path / name).write_text(output[name])
        command = [promtool, "check", "rules", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - promtool
        assert done.returncode == 0, done.stdout + done.stderr
    assert RUNBOOK not in output["alerts.yml"]
    assert "14 * 86400" in output["alerts.yml"]
    [config] = re.findall(r"_config\+:: (\{.*?\n  \})", example, re.DOTALL)
    assert {name: json.loads(output[name]) for name in built()} == built(config)
