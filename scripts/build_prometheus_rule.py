"""Writes deploy/overlays/prometheus-operator/prometheusrule.yaml from the rules in exporter/rules.

Run it after a change of the rules:

    .venv/bin/python -m scripts.build_prometheus_rule
"""

from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[1]
RULES: Final = ROOT / "exporter" / "rules"
TARGET: Final = ROOT / "deploy" / "overlays" / "prometheus-operator" / "prometheusrule.yaml"
HEAD: Final = "# Written by scripts/build_prometheus_rule.py from exporter/rules.\n"


def prometheus_rule() -> dict[str, Any]:
    """Return the PrometheusRule with the groups of all rules files."""
    groups = [group for file in sorted(RULES.glob("*.yml")) for group in yaml.safe_load(file.read_text())["groups"]]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "drawbridge"},
        "spec": {"groups": groups},
    }


def main() -> None:
    """Write the file."""
    TARGET.write_text(HEAD + yaml.safe_dump(prometheus_rule(), sort_keys=False, allow_unicode=True, width=120))


if __name__ == "__main__":
    main()
