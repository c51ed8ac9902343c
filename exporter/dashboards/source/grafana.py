"""Converts rows of panels to the JSON of a Grafana dashboard, with settings of the mixin (see model.py)."""

import itertools
from collections.abc import Iterator
from typing import Final

from exporter.dashboards.source.model import Board, Json, Panel, Variable

RUNBOOKS: Final = "%(runbooksUrl)s"
DATA_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS: Final = 24
HOME: Final = "Home"
"""The title of columns whose cells link to the dashboard of the home."""


def dashboard(board: Board) -> Json:
    """Return a dashboard as Grafana's JSON model."""
    return {
        "title": board.title,
        "uid": board.uid,
        "description": board.description,
        "tags": ["drawbridge", "home-assistant"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "timezone": "browser",
        "time": {"from": "now-6h", "to": "now"},
        "links": [_link(), _boards()],
        "annotations": {"list": [_restarts(board.restarts)]},
        "templating": {"list": list(_variables(board.variable))},
        "panels": list(_panels(board)),
    }


def _link() -> Json:
    return {
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


def _boards() -> Json:
    return {
        "title": "Drawbridge",
        "type": "dashboards",
        "icon": "external link",
        "url": "",
        "targetBlank": False,
        "asDropdown": True,
        "includeVars": False,
        "keepTime": True,
        "tags": ["drawbridge"],
        "tooltip": "The dashboards of one home and of all homes",
    }


def _restarts(expression: str) -> Json:
    return {
        "name": "Restarts of the bridge",
        "datasource": DATA_SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": "orange",
        "expr": expression,
    }


def _variables(variable: Variable) -> Iterator[Json]:
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
        "name": variable.name,
        "label": variable.label,
        "type": "query",
        "datasource": DATA_SOURCE,
        "query": {"query": variable.query, "refId": variable.name},
        "refresh": 2,
        "sort": 1,
        "hide": 0,
        "includeAll": True,
        "allValue": ".*",
        "multi": True,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _panels(board: Board) -> Iterator[Json]:
    ids = itertools.count(1)
    y = 0
    for row in board.rows:
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
        "links": [{"title": name, "url": "%(runbookUrlPattern)s", "targetBlank": True} for name in panel.runbooks],
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
        "min": 0 if panel.title != "Clock skew" else None,
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
            title, desc = panel.sort or ("", False)
            sort = [{"displayName": title, "desc": desc}] if title else []
            return {"showHeader": True, "cellHeight": "sm", "sortBy": sort}


def _overrides(panel: Panel) -> list[Json]:
    """Set the unit of each column. The overrides apply after the transformations, so they use the final names."""
    units = [
        {"matcher": {"id": "byName", "options": title}, "properties": [{"id": "unit", "value": unit}]}
        for _, title, unit in panel.columns
        if unit
    ]
    return units + [_home_link() for _, title, _ in panel.columns if title == HOME]


def _home_link() -> Json:
    """Link the cells of a column to the dashboard of the home that they name."""
    link = {"title": "Dashboard of this home", "url": "/d/drawbridge?var-instance=${__value.raw}&${__url_time_range}"}
    return {"matcher": {"id": "byName", "options": HOME}, "properties": [{"id": "links", "value": [link]}]}


def _transformations(panel: Panel) -> list[Json]:
    """Join the queries of a table, and keep its columns in their order."""
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
