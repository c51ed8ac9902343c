"""The Grafana dashboards: up to date, and of Grafana's own shape."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporter.dashboards.source.boards import BOARDS, FLEET_BOARD, HOME_BOARD
from exporter.dashboards.source.model import Board
from scripts.build_dashboard import FOLDER, built, file_text, target, template, template_text

RUNBOOKS = "https://github.com/drawbridge-ha/drawbridge/blob/main/docs/runbooks/"
RUNBOOK_FOLDER = Path(__file__).parents[2] / "docs" / "runbooks"
BUILT = built()
PANELS = [(board, panel) for board in BOARDS for panel in BUILT[target(board).name]["panels"] if panel["type"] != "row"]
ROWS = {
    HOME_BOARD.uid: [
        "Overview",
        "Traffic",
        "Live connections",
        "Doors",
        "Cache",
        "Keys",
        "Security",
        "Home Assistant process",
        "Exporter",
    ],
    FLEET_BOARD.uid: ["All homes", "Worst homes", "Versions", "Keys and doors", "Exporters"],
}
each_board = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)


@each_board
def test_the_file_is_what_the_script_writes(board: Board) -> None:
    """Run python -m scripts.build_dashboard after a change."""
    assert target(board).read_text() == file_text(board)
    assert template(board).read_text() == template_text(board)


def test_there_is_no_other_file() -> None:
    """Grafana would provision it."""
    assert {*FOLDER.glob("*.json")} == {target(board) for board in BOARDS}
    assert {*template(BOARDS[0]).parent.iterdir()} == {template(board) for board in BOARDS}


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


@each_board
def test_grafana_knows_every_member(board: Board) -> None:
    """Grafana's own model reads the dashboard and writes it again: nothing is lost on the way."""
    register_default_plugins()
    read = Dashboard.from_json(BUILT[target(board).name])
    assert not list(lost(BUILT[target(board).name], json.loads(JSONEncoder().encode(read))))


@each_board
def test_the_rows_are_there(board: Board) -> None:
    """In their order."""
    assert [panel["title"] for panel in BUILT[target(board).name]["panels"] if panel["type"] == "row"] == ROWS[
        board.uid
    ]


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=[f"{board.uid}-{panel['title']}" for board, panel in PANELS])
def test_the_links_of_a_panel_lead_somewhere(board: Board, panel: dict[str, Any]) -> None:
    """To runbooks that exist, and to the dashboard of the home that a cell names."""
    for link in panel["links"]:
        assert (RUNBOOK_FOLDER / link["url"].removeprefix(RUNBOOKS)).is_file()
    columns = {override["matcher"]["options"]: override["properties"] for override in panel["fieldConfig"]["overrides"]}
    if board is FLEET_BOARD and panel["type"] == "table" and panel["title"] != "Versions":
        [link] = columns["Home"][0]["value"]
        assert link["url"].startswith(f"/d/{HOME_BOARD.uid}?var-{HOME_BOARD.variable.name}=")


@each_board
def test_tables_are_sorted_by_a_column_that_they_have(board: Board) -> None:
    """The worst home is first."""
    for panel in (panel for row in board.rows for panel in row.panels if panel.sort is not None):
        assert panel.sort is not None
        assert panel.sort[0] in {title for _, title, _ in panel.columns}


@each_board
def test_no_panel_lies_on_another(board: Board) -> None:
    """The grid has 24 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in BUILT[target(board).name]["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not taken & cells
        taken |= cells
