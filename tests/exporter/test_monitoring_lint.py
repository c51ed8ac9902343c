"""The dashboards and the rules hold the conventions of monitoring mixins, and name only metrics that exist."""

import copy
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from drawbridge_exporter.bridge.fleet import Fleet
from drawbridge_exporter.bridge.snapshot import parse_snapshot
from drawbridge_exporter.bridge.target import Scrape
from drawbridge_exporter.metrics.exporter import ExporterCollector
from drawbridge_exporter.metrics.exposition import render
from drawbridge_exporter.scrape_limit import ScrapeLimit
from scripts.build_dashboard import built

from .documents import full_snapshot
from .files import targets_file
from .monitoring_lint import lint_board, lint_rules, metrics_of, unused
from .serving import serving, settings_for

RULES = sorted((Path(__file__).parents[2] / "exporter" / "rules").glob("*.yml"))
GROUPS: list[dict[str, Any]] = [group for file in RULES for group in yaml.safe_load(file.read_text())["groups"]]
BOARDS = built()
RECORDED = {rule["record"] for group in GROUPS for rule in group["rules"] if "record" in rule}
FILLED = {"$instance": ".*", "$job": ".*", "$__rate_interval": "1m", "$__interval": "1m"}


@pytest.fixture
async def known(tmp_path: Path) -> set[str]:
    """Return the names of all series of the exporter, with a bridge that reports everything."""
    settings = settings_for("http://127.0.0.1:1")
    file = targets_file(tmp_path, {"cabin": "http://127.0.0.1:1"})
    scrape = Scrape(0.1, parse_snapshot(json.dumps(full_snapshot()).encode()), None, 0.0, 4e9)
    fleet = Fleet(replace(settings, targets_file=file))
    page = render("", scrape, [ExporterCollector(fleet, ScrapeLimit(1))]).body.decode()
    await fleet.close()
    async with serving(settings) as exporter:
        page += (await exporter.get("/metrics")).text
    return {line.partition("{")[0].partition(" ")[0] for line in page.splitlines() if not line.startswith("#")}


def test_two_groups_with_one_name_are_found() -> None:
    """Prometheus refuses them in one file, and the operator puts all into one."""
    assert f"{GROUPS[0]['name']}: 2 groups have this name" in lint_rules([*GROUPS, {**GROUPS[0], "rules": []}], set())


async def test_the_rules_hold_the_conventions(known: set[str]) -> None:
    """Names, annotations, and metrics that exist."""
    assert list(lint_rules(GROUPS, known)) == []


@pytest.mark.parametrize("board", BOARDS)
async def test_the_dashboards_hold_the_conventions(board: str, known: set[str]) -> None:
    """Descriptions, units, variables, ranges, and metrics that exist."""
    assert list(lint_board(BOARDS[board], known | RECORDED)) == []


def test_no_recording_rule_is_unused() -> None:
    """Each costs Prometheus time."""
    assert unused(GROUPS, BOARDS.values()) == set()


def test_promtool_parses_every_query(promtool: str, tmp_path: Path) -> None:
    """With Grafana's variables filled in."""
    queries = [
        query["expr"] for board in BOARDS.values() for panel in board["panels"] for query in panel.get("targets", ())
    ]
    for name, value in FILLED.items():
        queries = [query.replace(name, value) for query in queries]
    rules = [{"record": f"query:{index}", "expr": query} for index, query in enumerate(queries)]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)  # noqa: S603 - promtool
    assert done.returncode == 0, done.stderr
    assert f"{len(rules)} rules found" in done.stdout


def test_the_metrics_of_an_expression() -> None:
    """Not its labels, functions and ranges."""
    text = 'sum by (job, kind) (rate(a_total{x="b", y=~"c.*"}[5m])) / on (job) group_left (z) (d:e:f > 0.5) offset 1h'
    assert metrics_of(text) - {"h"} == {"a_total", "d:e:f"}


def spoil_rules(change: Callable[[dict[str, Any]], object], kind: str) -> list[dict[str, Any]]:
    """Return the rules with a fault in the first alert or recording rule."""
    groups = copy.deepcopy(GROUPS)
    change(next(rule for group in groups for rule in group["rules"] if kind in rule))
    return groups


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("alert", lambda rule: rule.update(expr="drawbridge_upp == 0"), "no such metric: drawbridge_upp"),
        ("alert", lambda rule: rule["labels"].update(severity="page"), "has no severity"),
        ("alert", lambda rule: rule["annotations"].update(summary="Down"), "its summary is not a sentence"),
        ("alert", lambda rule: rule["annotations"].pop("runbook_url"), "has no runbook"),
        ("alert", lambda rule: rule.update(alert="DrawbridgeAbsent"), "DrawbridgeAbsent (critical): 2 rules have"),
        ("alert", lambda rule: rule.update(expr="drawbridge_up"), "has no condition"),
        ("alert", lambda rule: rule["annotations"].update(summary="{{ $labels.name }}."), "name the label name, which"),
        ("alert", lambda rule: rule.update(expr="job:drawbridge_up:avg < 1"), "name the label instance, which"),
        ("alert", lambda rule: rule.update(expr='drawbridge_up{le="2"} > 0'), "le and quantile are floats"),
        ("record", lambda rule: rule.update(record="drawbridge_sum"), "is not level:metric:operations"),
        ("record", lambda rule: rule.update(expr="sum by (key) (drawbridge_up)"), "does not name key"),
        ("record", lambda rule: rule.update(expr="sum by (key) (drawbridge_up)"), "drops the label job"),
        ("record", lambda rule: rule.update(expr="sum(drawbridge_up)"), "drops all labels"),
        ("record", lambda rule: rule.update(expr="increase(drawbridge_up[5m])"), "rate of drawbridge_up, which is not"),
        ("record", lambda rule: rule.update(record="instance:drawbridge_up:rate7m"), "rate7m: reads 30d"),
    ],
)
async def test_a_fault_in_a_rule_is_found(
    known: set[str], kind: str, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    """The linter can fail."""
    assert said in "".join(lint_rules(spoil_rules(change, kind), known | RECORDED))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda panel: panel.update(description=""), "has no description"),
        (lambda panel: panel["fieldConfig"]["defaults"].pop("unit"), "has no unit"),
        (lambda panel: panel.update(targets=[]), "has no query"),
        (lambda panel: panel.update(datasource={"uid": "prometheus"}), "does not use the chosen data source"),
        (lambda panel: panel["targets"][0].update(expr="drawbridge_up"), "ignores the variable instance"),
        (
            lambda panel: panel["targets"][0].update(expr='rate(drawbridge_up{instance=~"$instance"}[5m])'),
            "has a fixed range",
        ),
        (
            lambda panel: panel["targets"][0].update(expr='irate(drawbridge_up{instance=~"$instance"}[$__interval])'),
            "uses irate",
        ),
        (
            lambda panel: panel["targets"][0].update(expr='drawbridge_upp{instance=~"$instance"}'),
            "no such metric: drawbridge_upp",
        ),
        (
            lambda panel: panel["targets"][0].update(expr='drawbridge_up{instance=~"$instance", le="1"}'),
            "le and quantile are floats",
        ),
        (
            lambda panel: panel["targets"][0].update(expr='rate(drawbridge_up{instance=~"$instance"}[$__interval])'),
            "the rate of drawbridge_up",
        ),
    ],
)
async def test_a_fault_in_a_dashboard_is_found(
    known: set[str], change: Callable[[dict[str, Any]], object], said: str
) -> None:
    """The linter can fail."""
    board = copy.deepcopy(BOARDS["drawbridge.json"])
    change(next(panel for panel in board["panels"] if panel["type"] != "row"))
    assert said in "".join(lint_board(board, known | RECORDED))
