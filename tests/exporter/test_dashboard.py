"""The Grafana dashboard: up to date, and of Grafana's own shape."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporter.dashboards.source.grafana import RUNBOOKS, dashboard
from scripts.build_dashboard import TARGET

RUNBOOK_FOLDER = Path(__file__).parents[2] / "docs" / "runbooks"
PANELS = [panel for panel in dashboard()["panels"] if panel["type"] != "row"]
ROWS = [
    "Overview",
    "Traffic",
    "Live connections",
    "Doors",
    "Cache",
    "Keys",
    "Security",
    "Home Assistant process",
    "Exporter",
]


def test_the_file_is_what_the_script_writes() -> None:
    """Run python -m scripts.build_dashboard after a change."""
    assert json.loads(TARGET.read_text()) == dashboard()


def lost(given: object, kept: object, path: str = "") -> Iterator[str]:
    """Yield the path of everything in ``given`` that ``kept`` has not, or has otherwise."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for name, value in given.items():
            yield from lost(value, kept.get(name, "nothing"), f"{path}.{name}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for index, (one, other) in enumerate(zip(given, kept, strict=True)):
            yield from lost(one, other, f"{path}[{index}]")
    elif given != kept:
        yield path


def test_grafana_knows_every_member() -> None:
    """Grafana's own model reads the dashboard and writes it again: nothing is lost on the way."""
    register_default_plugins()
    read = Dashboard.from_json(dashboard())
    assert not list(lost(dashboard(), json.loads(JSONEncoder().encode(read))))


def test_the_rows_are_there() -> None:
    """In their order."""
    assert [panel["title"] for panel in dashboard()["panels"] if panel["type"] == "row"] == ROWS


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_each_panel_explains_itself(panel: dict[str, Any]) -> None:
    """A description, a unit, the chosen data source; its links lead to runbooks that exist."""
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"]["uid"] == "${datasource}"
    assert all('instance=~"$instance"' in target["expr"] for target in panel["targets"])
    for link in panel["links"]:
        assert (RUNBOOK_FOLDER / link["url"].removeprefix(RUNBOOKS)).is_file()


def test_no_panel_lies_on_another() -> None:
    """The grid has 24 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not taken & cells
        taken |= cells
