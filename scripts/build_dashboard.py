"""Writes the Grafana dashboards in exporter/dashboards from exporter/dashboards/source.

Run it after a change:

    .venv/bin/python -m scripts.build_dashboard
"""

import json
from pathlib import Path
from typing import Final

from exporter.dashboards.source.boards import BOARDS
from exporter.dashboards.source.grafana import dashboard
from exporter.dashboards.source.model import Board

FOLDER: Final = Path(__file__).parents[1] / "exporter" / "dashboards"


def target(board: Board) -> Path:
    """Return the file of a dashboard."""
    return FOLDER / f"{board.uid}.json"


def main() -> None:
    """Write the files."""
    for board in BOARDS:
        target(board).write_text(json.dumps(dashboard(board), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
