"""Writes exporter/dashboards/drawbridge.json, the Grafana dashboard.

A panel is a line or a few below; the JSON that Grafana wants is made from them. Run it after a change:

    .venv/bin/python scripts/build_dashboard.py
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).parents[1] / "exporter" / "dashboards" / "drawbridge.json"
RUNBOOKS: Final = "https://github.com/drawbridge-ha/drawbridge/blob/main/docs/runbooks/"
DATA_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS: Final = 24

# What every query selects.
CHOSEN: Final = 'instance=~"$instance"'
NAMED: Final = f"* on (instance, key) group_left (name) drawbridge_key_info{{{CHOSEN}}}"

type Query = tuple[str, str]
type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: its queries with their legends, its unit, its width in 24ths."""

    title: str
    description: str
    queries: Sequence[Query]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 7
    steps: Sequence[tuple[str, float | None]] = ()
    runbooks: Sequence[str] = ()
    stack: bool = False
    maximum: float | None = None
    decimals: int | None = None
    mappings: Sequence[Json] = field(default_factory=tuple)
    columns: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of panels that can be folded."""

    title: str
    panels: Sequence[Panel]


def rate(metric: str, labels: str = "", by: str = "instance") -> str:
    """Return a rate, summed."""
    more = f", {labels}" if labels else ""
    return f"sum by ({by}) (rate(drawbridge_{metric}{{{CHOSEN}{more}}}[$__rate_interval]))"


def quantile(value: float, by: str = "") -> str:
    """Return a quantile of the durations."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({value}, {rate('http_request_duration_seconds_bucket', by=labels)})"


def value_of(metric: str) -> str:
    """Return a metric as it is."""
    return f"drawbridge_{metric}{{{CHOSEN}}}"


LOW_IS_BAD: Final = (("red", None), ("orange", 0.6), ("green", 0.8))
ERRORS: Final = (("green", None), ("orange", 0.01), ("red", 0.05))
SECONDS: Final = (("green", None), ("orange", 1), ("red", 2))
UP: Final = (
    {"type": "value", "options": {"0": {"text": "down", "color": "red", "index": 0}}},
    {"type": "value", "options": {"1": {"text": "up", "color": "green", "index": 1}}},
)
FAILED: Final = 'code=~"5.."'
ERROR_SHARE: Final = (
    f"({rate('http_requests_total', FAILED)} or 0 * {rate('http_requests_total')}) / {rate('http_requests_total')}"
)
FAILURES: Final = (
    f"{rate('http_requests_total', FAILED, 'route, code')} or 0 * {rate('http_requests_total', by='route')}"
)
MEAN: Final = f"{rate('http_request_duration_seconds_sum')} / {rate('http_request_duration_seconds_count')}"
HITS: Final = f"{rate('cache_hits_total', by='instance, cache')} / {rate('cache_requests_total', by='instance, cache')}"

OVERVIEW: Final = Row(
    "Overview",
    (
        Panel(
            "Bridge",
            "Whether the exporter could read the bridge at its last scrape.",
            ((value_of("up"), "{{instance}}"),),
            kind="stat",
            width=4,
            height=5,
            mappings=UP,
            steps=(("red", None), ("green", 1)),
            runbooks=("DrawbridgeDown",),
        ),
        Panel(
            "Health score",
            "Weighted mean of errors, latency, cache and event loop over five minutes. 80 % stands on every threshold"
            " of the checklist.",
            ((value_of("health_score_ratio"), "{{instance}}"),),
            unit="percentunit",
            kind="gauge",
            width=4,
            height=5,
            steps=LOW_IS_BAD,
            maximum=1,
            runbooks=("DrawbridgeHealthScoreLow",),
        ),
        Panel(
            "Requests",
            "Requests answered a second, of every status.",
            ((rate("http_requests_total"), "{{instance}}"),),
            unit="reqps",
            kind="stat",
            width=4,
            height=5,
        ),
        Panel(
            "Errors",
            "Share of the requests that were answered 5xx. The objective is under 1 %, the checklist's threshold 5 %.",
            ((ERROR_SHARE, "{{instance}}"),),
            unit="percentunit",
            kind="stat",
            width=4,
            height=5,
            steps=ERRORS,
            runbooks=("DrawbridgeErrorBudgetBurn",),
        ),
        Panel(
            "Mean duration",
            "Mean time from a request to its answer. The checklist's threshold is 2 s.",
            ((MEAN, "{{instance}}"),),
            unit="s",
            kind="stat",
            width=4,
            height=5,
            steps=SECONDS,
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Cache hit rate",
            "Share of the cacheable requests that the caches answered; a 304 is a hit.",
            ((f"{rate('cache_hits_total')} / {rate('cache_requests_total')}", "{{instance}}"),),
            unit="percentunit",
            kind="stat",
            width=4,
            height=5,
            steps=LOW_IS_BAD,
            runbooks=("DrawbridgeCacheHitRateLow",),
        ),
        Panel(
            "Why the score is what it is",
            "The score and its four parts. A part without data in the last five minutes is left out.",
            (
                (value_of("health_score_ratio"), "score {{instance}}"),
                (value_of("health_component_ratio"), "{{component}} {{instance}}"),
            ),
            unit="percentunit",
            width=12,
            maximum=1,
            runbooks=("DrawbridgeHealthScoreLow",),
        ),
        Panel(
            "Lag of Home Assistant's event loop",
            "By how much timers were late: mean and largest of the last five minutes. Over 0.1 s everything in Home"
            " Assistant is slow.",
            (
                (value_of("event_loop_lag_seconds"), "mean {{instance}}"),
                (value_of("event_loop_lag_max_seconds"), "largest {{instance}}"),
            ),
            unit="s",
            width=6,
        ),
        Panel(
            "Versions",
            "Of Drawbridge and of Home Assistant.",
            ((value_of("build_info"), ""),),
            kind="table",
            width=6,
            columns=(
                ("instance", "Bridge", ""),
                ("version", "Drawbridge", ""),
                ("homeassistant_version", "Home Assistant", ""),
            ),
        ),
    ),
)

TRAFFIC: Final = Row(
    "Traffic",
    (
        Panel(
            "Requests by route",
            "Requests answered a second.",
            ((rate("http_requests_total", by="route"), "{{route}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Requests by status",
            "2xx and 304 are successes, 4xx are refusals, 5xx are errors.",
            ((rate("http_requests_total", by="code"), "{{code}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Errors by route",
            "Answers with 5xx a second, by route and status; 0 where there are none.",
            ((FAILURES, "{{route}} {{code}}"),),
            unit="reqps",
            runbooks=("DrawbridgeErrorBudgetBurn",),
        ),
        Panel(
            "Duration",
            "Half, 95 % and 99 % of the requests are answered within these times.",
            ((quantile(0.5), "50 %"), (quantile(0.95), "95 %"), (quantile(0.99), "99 %")),
            unit="s",
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Duration by route",
            "95 % of the requests of a route are answered within this time.",
            ((quantile(0.95, "route"), "{{route}}"),),
            unit="s",
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Bytes sent",
            "Bodies as they went over the wire, compressed where they were.",
            ((rate("http_response_bytes_total", by="route"), "{{route}}"),),
            unit="Bps",
            stack=True,
        ),
        Panel(
            "Stream clients",
            "Open WebSockets and event streams.",
            ((value_of("stream_clients"), "{{transport}} {{instance}}"),),
            width=12,
            height=6,
        ),
        Panel(
            "Stream events",
            "Events sent a second, and those dropped because a client read too slowly.",
            (
                (rate("stream_events_total"), "sent {{instance}}"),
                (rate("stream_dropped_total"), "dropped {{instance}}"),
            ),
            unit="cps",
            width=12,
            height=6,
        ),
    ),
)

CACHE: Final = Row(
    "Cache",
    (
        Panel(
            "Hit rate by cache",
            "Under 80 % for long, answers cost more than they need to.",
            ((HITS, "{{cache}} {{instance}}"),),
            unit="percentunit",
            maximum=1,
            runbooks=("DrawbridgeCacheHitRateLow",),
        ),
        Panel(
            "Cacheable requests",
            "Answered whole from a cache, by a 304, or computed anew.",
            (
                (
                    f"{rate('cache_hits_total', by='cache')} - {rate('cache_revalidations_total', by='cache')}",
                    "{{cache}} hits",
                ),
                (rate("cache_revalidations_total", by="cache"), "{{cache}} 304"),
                (
                    f"{rate('cache_requests_total', by='cache')} - {rate('cache_hits_total', by='cache')}",
                    "{{cache}} misses",
                ),
            ),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Invalidations and evictions",
            "Changes that made answers invalid; views dropped for want of memory.",
            (
                (rate("cache_invalidations_total", by="cache"), "{{cache}} invalidations"),
                (rate("cache_evictions_total", by="cache"), "{{cache}} evictions"),
            ),
            unit="cps",
        ),
        Panel(
            "Views", "Prepared answers that a cache holds.", ((value_of("cache_entries"), "{{cache}} {{instance}}"),)
        ),
        Panel(
            "Memory",
            "Of the prepared answers.",
            ((value_of("cache_bytes"), "{{cache}} {{instance}}"),),
            unit="bytes",
        ),
        Panel(
            "Age and warming",
            "Age of the oldest answer, and how long the last warming took.",
            (
                (value_of("cache_age_seconds"), "{{cache}} age"),
                (value_of("cache_warm_seconds"), "{{cache}} warming"),
            ),
            unit="s",
        ),
    ),
)

KEYS: Final = Row(
    "Keys",
    (
        Panel(
            "API keys",
            "When each was made, last used and rotated, and when it expires. A key that nobody uses should go.",
            (
                (f"{value_of('key_enabled')} {NAMED}", "enabled"),
                (f"{value_of('key_created_timestamp_seconds')} * 1000 {NAMED}", "created"),
                (f"{value_of('key_last_used_timestamp_seconds')} * 1000 {NAMED}", "used"),
                (f"{value_of('key_rotated_timestamp_seconds')} * 1000 {NAMED}", "rotated"),
                (f"{value_of('key_expiry_timestamp_seconds')} * 1000 {NAMED}", "expires"),
            ),
            kind="table",
            width=24,
            height=8,
            columns=(
                ("name", "Name", ""),
                ("key", "Key", ""),
                ("instance", "Bridge", ""),
                ("Value #A", "Enabled", "bool_yes_no"),
                ("Value #B", "Created", "dateTimeAsIso"),
                ("Value #C", "Last used", "dateTimeFromNow"),
                ("Value #D", "Rotated", "dateTimeAsIso"),
                ("Value #E", "Expires", "dateTimeAsIso"),
            ),
            runbooks=("DrawbridgeKeyUnused", "DrawbridgeKeyExpiring"),
        ),
        Panel(
            "Requests by key",
            "Requests a second.",
            ((f"{rate('key_requests_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Refused by key",
            "Requests a second that a good key was not allowed to make.",
            ((f"{rate('key_denied_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Rate limited by key",
            "Requests a second beyond a key's limit.",
            ((f"{rate('rate_limited_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            runbooks=("DrawbridgeRefusalBurst",),
        ),
    ),
)

SECURITY: Final = Row(
    "Security",
    (
        Panel(
            "Refused for the key",
            "No key, a malformed one, or one that does not exist, is expired or disabled.",
            ((rate("auth_failures_total", by="reason"), "{{reason}}"),),
            unit="reqps",
            stack=True,
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Refused for the rights",
            "A good key that asked for more than it may.",
            ((rate("denied_total", by="reason"), "{{reason}}"),),
            unit="reqps",
            stack=True,
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Addresses locked out",
            "Now, after presenting wrong keys again and again.",
            ((value_of("lockouts"), "{{instance}}"),),
            decimals=0,
            runbooks=("DrawbridgeLockout",),
        ),
    ),
)

EXPORTER: Final = Row(
    "Exporter",
    (
        Panel(
            "Scrape",
            "Time that reading the bridge took.",
            ((value_of("scrape_duration_seconds"), "{{instance}}"),),
            unit="s",
            width=6,
            runbooks=("DrawbridgeScrapeFailing",),
        ),
        Panel(
            "Why the bridge could not be read",
            "1 for the reason of a scrape that failed.",
            ((f"max by (reason) ({value_of('scrape_error')})", "{{reason}}"),),
            width=6,
            decimals=0,
            runbooks=("DrawbridgeDown",),
        ),
        Panel(
            "Clock",
            "By how much the bridge's clock is ahead of the exporter's.",
            ((value_of("clock_skew_seconds"), "{{instance}}"),),
            unit="s",
            width=6,
            runbooks=("DrawbridgeClockSkew",),
        ),
        Panel(
            "Memory of the exporter",
            "Resident; it stays flat.",
            (
                (
                    f"process_resident_memory_bytes{{{CHOSEN}}} and on (instance, job) drawbridge_exporter_build_info",
                    "{{instance}}",
                ),
            ),
            unit="bytes",
            width=6,
        ),
    ),
)

ROWS: Final = (OVERVIEW, TRAFFIC, CACHE, KEYS, SECURITY, EXPORTER)


def dashboard() -> Json:
    """Return the dashboard as Grafana wants it."""
    return {
        "title": "Drawbridge",
        "uid": "drawbridge",
        "description": "Scoped API keys for Home Assistant: health, traffic, cache, keys, refusals, and the exporter.",
        "tags": ["drawbridge", "home-assistant"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "timezone": "browser",
        "time": {"from": "now-6h", "to": "now"},
        "links": [
            {
                "title": "Runbooks",
                "type": "link",
                "icon": "doc",
                "url": RUNBOOKS,
                "targetBlank": True,
                "asDropdown": False,
                "includeVars": False,
                "keepTime": False,
                "tags": [],
                "tooltip": "What to look at first, for each alert",
            }
        ],
        "annotations": {"list": [_restarts()]},
        "templating": {"list": list(_variables())},
        "panels": list(_panels()),
    }


def _restarts() -> Json:
    return {
        "name": "Restarts of the bridge",
        "datasource": DATA_SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": "orange",
        "expr": f"changes({value_of('start_time_seconds')}[$__interval]) > 0",
    }


def _variables() -> Iterator[Json]:
    yield {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "hide": 0,
        "includeAll": False,
        "multi": False,
    }
    yield {
        "name": "instance",
        "label": "Bridge",
        "type": "query",
        "datasource": DATA_SOURCE,
        "query": {"query": "label_values(drawbridge_up, instance)", "refId": "instance"},
        "refresh": 2,
        "sort": 1,
        "hide": 0,
        "includeAll": True,
        "allValue": ".*",
        "multi": True,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _panels() -> Iterator[Json]:
    ids = itertools.count(1)
    y = 0
    for row in ROWS:
        yield {
            "id": next(ids),
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1},
            "panels": [],
        }
        y += 1
        x = height = 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y = 0, y + height
            yield _panel(panel, next(ids)) | {"gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height}}
            x, height = x + panel.width, panel.height
        y += height


def _panel(panel: Panel, number: int) -> Json:
    is_table = panel.kind == "table"
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATA_SOURCE,
        "links": [{"title": name, "url": f"{RUNBOOKS}{name}.md", "targetBlank": True} for name in panel.runbooks],
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": DATA_SOURCE,
                "expr": expression,
                "legendFormat": legend,
                "instant": is_table,
                "range": not is_table,
                "format": "table" if is_table else "time_series",
            }
            for index, (expression, legend) in enumerate(panel.queries)
        ],
        "options": _options(panel),
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel)},
        "transformations": _transformations(panel),
    }


def _defaults(panel: Panel) -> Json:
    steps = panel.steps or (("green", None),)
    defaults: Json = {
        "unit": panel.unit,
        "min": 0 if panel.title != "Clock" else None,
        "max": panel.maximum,
        "decimals": panel.decimals,
        "mappings": list(panel.mappings),
        "color": {"mode": "thresholds" if panel.steps else "palette-classic"},
        "thresholds": {"mode": "absolute", "steps": [{"color": color, "value": value} for color, value in steps]},
        "custom": _custom(panel),
    }
    return {name: value for name, value in defaults.items() if value is not None}


def _custom(panel: Panel) -> Json:
    if panel.kind != "timeseries":
        return {}
    return {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 20 if panel.stack else 5,
        "showPoints": "never",
        "spanNulls": False,
        "stacking": {"mode": "normal" if panel.stack else "none", "group": "A"},
    }


def _options(panel: Panel) -> Json:
    reduce = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    match panel.kind:
        case "timeseries":
            return {
                "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }
        case "stat":
            return {"reduceOptions": reduce, "colorMode": "value", "graphMode": "area", "textMode": "auto"}
        case "gauge":
            return {"reduceOptions": reduce, "showThresholdLabels": False, "showThresholdMarkers": True}
        case _:
            return {"showHeader": True, "cellHeight": "sm"}


def _overrides(panel: Panel) -> list[Json]:
    """Give each column of a table its unit; the fields bear their final names by then."""
    return [
        {"matcher": {"id": "byName", "options": title}, "properties": [{"id": "unit", "value": unit}]}
        for _, title, unit in panel.columns
        if unit
    ]


def _transformations(panel: Panel) -> list[Json]:
    """Join a table's queries and keep the columns that are wanted, in their order."""
    if not panel.columns:
        return []
    merge = [{"id": "merge", "options": {}}] if len(panel.queries) > 1 else []
    names = [name for name, _, _ in panel.columns]
    return [
        *merge,
        {"id": "filterFieldsByName", "options": {"include": {"names": names}}},
        {
            "id": "organize",
            "options": {
                "excludeByName": {},
                "indexByName": {name: index for index, name in enumerate(names)},
                "renameByName": {name: title for name, title, _ in panel.columns},
            },
        },
    ]


def main() -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
