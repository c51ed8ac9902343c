"""Writes the Grafana dashboards in exporter/dashboards from exporter/dashboards/source.

The dashboards of the mixin have its settings in them. The ones in exporter/dashboards have its defaults. Run it after a
change:

    .venv/bin/python -m scripts.build_dashboard
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import _gojsonnet

from exporter.dashboards.source.boards import BOARDS
from exporter.dashboards.source.grafana import dashboard
from exporter.dashboards.source.model import Board, Json

EXPORTER: Final = Path(__file__).parents[1] / "exporter"
FOLDER: Final = EXPORTER / "dashboards"
MIXIN: Final = EXPORTER / "mixin"


def target(board: Board) -> Path:
    """Return the file of a dashboard."""
    return FOLDER / f"{board.uid}.json"


def template(board: Board) -> Path:
    """Return the file of the mixin from which a dashboard is built."""
    return MIXIN / "dashboards" / f"{board.uid}.json"


def template_text(board: Board) -> str:
    """Return the text of the file of the mixin, with a panel on each line."""
    return "".join(f"{line}\n" for line in _lines(dashboard(board)))


def _lines(content: Json) -> Iterator[str]:
    yield "{"
    for name, value in content.items():
        if name != "panels":
            yield f"{json.dumps(name)}: {_on_a_line(value)},"
    yield '"panels": ['
    yield from (f"{_on_a_line(panel)}," for panel in content["panels"][:-1])
    yield _on_a_line(content["panels"][-1])
    yield "]}"


def _on_a_line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def built(config: str = "{}") -> dict[str, Json]:
    """Return the dashboards of the mixin by file name, with settings in Jsonnet."""
    boards: dict[str, Json] = json.loads(_evaluated(config))
    return boards


@cache
def _evaluated(config: str) -> str:
    text = f"((import 'mixin.libsonnet') + {{ _config+:: {config} }}).grafanaDashboards"
    return _gojsonnet.evaluate_snippet("boards", text, jpathdir=[str(MIXIN)])


def file_text(board: Board) -> str:
    """Return the text of the file of a dashboard, with the default settings."""
    content = _in_order(built()[target(board).name], dashboard(board))
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _in_order(value: object, source: object) -> object:
    """Return a value with the members in the order of the source. Jsonnet sorts them by name."""
    if isinstance(value, dict) and isinstance(source, dict):
        return {name: _in_order(value[name], member) for name, member in source.items()}
    if isinstance(value, list) and isinstance(source, list):
        return [_in_order(*pair) for pair in zip(value, source, strict=True)]
    return value


def main() -> None:
    """Write the files."""
    for board in BOARDS:
        template(board).write_text(template_text(board))
    for board in BOARDS:
        target(board).write_text(file_text(board))


if __name__ == "__main__":
    main()
