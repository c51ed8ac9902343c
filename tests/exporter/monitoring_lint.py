"""A linter for the dashboards and the rules, with checks of mixtool, pint and grafana/dashboard-linter."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

type Json = Mapping[str, Any]

_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_STRING: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_LABELS: Final = re.compile(r"\{[^}]*\}|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_RANGE: Final = re.compile(r"\[[^\]]*\]")
_RECORD: Final = re.compile(r"[a-z_]+:drawbridge_[a-z0-9_]+:[a-z0-9_]+")
_WHOLE_BOUND: Final = re.compile(r"\b(?:le|quantile)\s*=~?\s*\"\d+\"")
_COUNTED: Final = re.compile(r"\b(?:rate|irate|increase)\(\s*([a-zA-Z_:][\w:]*)")
_AGGREGATED: Final = re.compile(r"\b(?:sum|count|avg|min|max|quantile)\s*\(")
_COUNTERS: Final = ("_total", "_count", "_sum", "_bucket")
_WINDOW: Final = re.compile(r":[a-z_]*?(\d+[smhdw])$")
_CONDITION: Final = re.compile(r"[<>]|==|!=|\babsent\(")
_LABEL: Final = re.compile(r"\$labels\.(\w+)")
_GROUPED: Final = re.compile(r"\b(?:by|group_left|group_right)\s*\(([^)]*)\)")
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
    groups = [*groups]
    rules = [rule for group in groups for rule in group["rules"]]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    yield from _duplicates([group["name"] for group in groups], "groups")
    yield from _duplicates([_title(rule) for rule in rules], "rules")
    for rule in rules:
        name, expression = rule.get("record") or rule["alert"], rule["expr"]
        for metric in metrics_of(expression) - known - recorded - _OTHER_METRICS:
            yield f"{name}: no such metric: {metric}"
        yield from (f"{name}: {problem}" for problem in _expression(expression))
        yield from _record(rule) if "record" in rule else _alert(rule)


def _title(rule: Json) -> str:
    return rule["record"] if "record" in rule else f"{rule['alert']} ({rule['labels'].get('severity')})"


def _duplicates(names: Iterable[str], kind: str) -> Iterator[str]:
    return (f"{name}: {count} {kind} have this name" for name, count in Counter(names).items() if count > 1)


def _expression(expression: str) -> Iterator[str]:
    """Yield what is wrong with an expression of a rule or of a panel."""
    if _WHOLE_BOUND.search(expression):
        yield "le and quantile are floats in Prometheus 3"
    for metric in _COUNTED.findall(expression):
        if not metric.endswith(_COUNTERS):
            yield f"the rate of {metric}, which is not a counter"


def _record(rule: Json) -> Iterator[str]:
    name, expression = rule["record"], rule["expr"]
    if not _RECORD.fullmatch(name):
        yield f"{name}: is not level:metric:operations"
    window = _WINDOW.search(name)
    spans = {span[1:-1] for span in _RANGE.findall(expression)}
    if spans and spans != {window[1] if window else ""}:
        yield f"{name}: reads {', '.join(sorted(spans))}"
    if _AGGREGATED.search(expression):
        yield f"{name}: drops all labels"
    level = set(name.partition(":")[0].split("_"))
    for labels in re.findall(r"\b(?:sum|count|avg|min|max|quantile) by \(([^)]*)\)", expression):
        found = {label.strip() for label in labels.split(",")}
        kept = found - {"job"}
        if "job" not in found:
            yield f"{name}: drops the label job"
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
    if rule["labels"].get("severity") != "none" and not _CONDITION.search(rule["expr"]):
        yield f"{name}: has no condition"
    for label in sorted(set(_LABEL.findall(" ".join(notes.values()))) - _labels_of(rule["expr"])):
        yield f"{name}: its annotations name the label {label}, which its expression does not have"


def _labels_of(expression: str) -> set[str]:
    """Return the labels that a result of an alert's expression can have, as far as the expression tells."""
    grouped = {label.strip() for labels in _GROUPED.findall(expression) for label in labels.split(",")}
    levels = {metric.partition(":")[0] for metric in metrics_of(expression) if ":" in metric}
    named = {label for level in levels for label in level.split("_")}
    whole_jobs = bool(levels) and all(level.split("_")[0] == "job" for level in levels)
    return grouped | named | {"job"} | (set() if whole_jobs else {"instance"})


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
    yield from _expression(expression)
    for metric in metrics_of(expression) - known - _OTHER_METRICS:
        yield f"no such metric: {metric}"


def unused(groups: Iterable[Json], boards: Iterable[Json]) -> set[str]:
    """Return the recording rules that no rule and no dashboard uses."""
    rules = [rule for group in groups for rule in group["rules"]]
    queries = [query["expr"] for board in boards for panel in board["panels"] for query in panel.get("targets", ())]
    notes = [text for rule in rules for text in rule.get("annotations", {}).values()]
    used = " ".join([*queries, *notes, *(rule["expr"] for rule in rules)])
    return {rule["record"] for rule in rules if "record" in rule and rule["record"] not in used}
