"""A linter for the dashboards and the rules, with the rules of monitoring mixins and of grafana/dashboard-linter."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

type Json = Mapping[str, Any]

_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_STRING: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_LABELS: Final = re.compile(r"\{[^}]*\}|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_RANGE: Final = re.compile(r"\[[^\]]*\]")
_RECORD: Final = re.compile(r"[a-z_]+:drawbridge_[a-z0-9_]+:[a-z0-9_]+")
_OTHER_METRICS: Final = frozenset({"up", "ALERTS"})
_WORDS: Final = frozenset(
    {
        "abs", "absent", "and", "avg", "bool", "bottomk", "by", "changes", "count", "count_over_time",
        "histogram_quantile", "increase", "label_replace", "last_over_time", "max", "max_over_time", "min", "offset",
        "on", "or", "quantile", "rate", "round", "sort_desc", "sum", "time", "topk", "unless", "vector",
    }
)  # fmt: skip
SEVERITIES: Final = frozenset({"critical", "warning", "info", "none"})


def metrics_of(expression: str) -> set[str]:
    """Return the names of the metrics in an expression."""
    bare = _RANGE.sub("", _LABELS.sub("", _STRING.sub('""', expression)))
    return {name for name in _NAME.findall(bare) if not name.isdigit()} - _WORDS


def lint_rules(groups: Iterable[Json], known: set[str]) -> Iterator[str]:
    """Yield what is wrong with groups of rules. ``known`` are the metrics of the exporter."""
    rules = [rule for group in groups for rule in group["rules"]]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    for rule in rules:
        name = rule.get("record") or rule["alert"]
        for metric in metrics_of(rule["expr"]) - known - recorded - _OTHER_METRICS:
            yield f"{name}: no such metric: {metric}"
        yield from _record(rule) if "record" in rule else _alert(rule)


def _record(rule: Json) -> Iterator[str]:
    name, expression = rule["record"], rule["expr"]
    if not _RECORD.fullmatch(name):
        yield f"{name}: is not level:metric:operations"
    level = set(name.partition(":")[0].split("_"))
    for labels in re.findall(r"\b(?:sum|count|avg|min|max|quantile) by \(([^)]*)\)", expression):
        kept = {label.strip() for label in labels.split(",")} - {"job"}
        if kept and not kept & level:
            yield f"{name}: its level does not name {', '.join(sorted(kept))}"


def _alert(rule: Json) -> Iterator[str]:
    name, notes = rule["alert"], rule["annotations"]
    if rule["labels"].get("severity") not in SEVERITIES:
        yield f"{name}: has no severity"
    for member in ("summary", "description"):
        if not notes.get(member, "").strip().endswith("."):
            yield f"{name}: its {member} is not a sentence"
    if not notes.get("runbook_url", "").endswith(f"/{name}.md"):
        yield f"{name}: has no runbook"


def lint_board(board: Json, known: set[str]) -> Iterator[str]:
    """Yield what is wrong with a dashboard. ``known`` are the metrics and the recording rules."""
    kinds = [variable["type"] for variable in board["templating"]["list"]]
    if kinds[:1] != ["datasource"]:
        yield f"{board['title']}: the first variable is not the data source"
    label = next((item["name"] for item in board["templating"]["list"] if item["type"] == "query"), "")
    for panel in board["panels"]:
        if panel["type"] != "row":
            yield from (f"{panel['title']}: {problem}" for problem in _panel(panel, label, known))


def _panel(panel: Json, label: str, known: set[str]) -> Iterator[str]:
    if not panel["description"].endswith("."):
        yield "has no description"
    if not panel["fieldConfig"]["defaults"].get("unit"):
        yield "has no unit"
    if not panel["targets"]:
        yield "has no query"
    for target in (panel, *panel["targets"]):
        if target["datasource"]["uid"] != "${datasource}":
            yield "does not use the chosen data source"
    for target in panel["targets"]:
        yield from _query(target["expr"], label, known)


def _query(expression: str, label: str, known: set[str]) -> Iterator[str]:
    if f'{label}=~"${label}"' not in expression:
        yield f"a query ignores the variable {label}"
    if any(span not in {"[$__rate_interval]", "[$__interval]"} for span in _RANGE.findall(expression)):
        yield "a query has a fixed range"
    if "irate(" in expression:
        yield "a query uses irate"
    for metric in metrics_of(expression) - known - _OTHER_METRICS:
        yield f"no such metric: {metric}"


def unused(groups: Iterable[Json], boards: Iterable[Json]) -> set[str]:
    """Return the recording rules that no rule and no dashboard uses."""
    rules = [rule for group in groups for rule in group["rules"]]
    queries = [query["expr"] for board in boards for panel in board["panels"] for query in panel.get("targets", ())]
    notes = [text for rule in rules for text in rule.get("annotations", {}).values()]
    used = " ".join([*queries, *notes, *(rule["expr"] for rule in rules)])
    return {rule["record"] for rule in rules if "record" in rule and rule["record"] not in used}
