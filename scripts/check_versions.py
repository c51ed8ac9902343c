"""Checks that all parts of a release have its version. Exits with status 1, and names those that do not.

python -m scripts.check_versions 0.1.0
"""

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PLACES: Final = {
    "custom_components/drawbridge/manifest.json": r'"version": "([^"]+)"',
    "exporter/pyproject.toml": r'^version = "([^"]+)"',
    "exporter/Dockerfile": r'image\.version="([^"]+)"',
    "exporter/app/Dockerfile": r"BUILD_VERSION=(\S+)",
    "exporter/app/config.yaml": r'^version: "([^"]+)"',
    "exporter/compose/compose.yaml": r"drawbridge-exporter:(\S+)",
    "deploy/base/deployment.yaml": r"drawbridge-exporter:(\S+)",
    "CHANGELOG.md": r"^## \[(\d[^\]]*)\]",
    "exporter/app/CHANGELOG.md": r"^## (\d\S*)",
}
"""Where each part has its version. In a changelog, the first one is the newest."""


def versions() -> dict[str, str]:
    """Return the version of each part, by its file."""
    found = {}
    for name, pattern in PLACES.items():
        match = re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        found[name] = match[1] if match else "none"
    return found


def main() -> int:
    """Compare all versions with that of the command line."""
    wrong = {name: version for name, version in versions().items() if version != sys.argv[1]}
    for name, version in wrong.items():
        sys.stderr.write(f"{name} has version {version}, not {sys.argv[1]}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
