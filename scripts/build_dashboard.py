"""Writes exporter/dashboards/drawbridge.json, the Grafana dashboard, from exporter/dashboards/source.

Run it after a change:

    .venv/bin/python -m scripts.build_dashboard
"""

import json
from pathlib import Path
from typing import Final

from exporter.dashboards.source.grafana import dashboard

TARGET: Final = Path(__file__).parents[1] / "exporter" / "dashboards" / "drawbridge.json"


def main() -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
