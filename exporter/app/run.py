"""Starts the exporter with the options from the app's Configuration tab."""  # noqa: INP001 - a program, not a module of a package

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

OPTIONS: Final = Path("/data/options.json")
NOBODY_ID: Final = 65534
VARIABLES: Final = {
    "url": "HA_BASE_URL",
    "key": "BRIDGE_API_KEY",
    "log_level": "BRIDGE_LOG_LEVEL",
    "request_timeout": "REQUEST_TIMEOUT",
}


def environment(options: Mapping[str, object]) -> dict[str, str]:
    """Return the environment variables of the exporter for the options of the app."""
    return {VARIABLES[name]: str(value) for name, value in options.items() if name in VARIABLES}


def main() -> None:
    """Read the options as root, drop privileges, and run the exporter."""
    variables = environment(json.loads(OPTIONS.read_text(encoding="utf-8")))
    os.setgroups([])
    os.setgid(NOBODY_ID)
    os.setuid(NOBODY_ID)
    os.execvpe("drawbridge-exporter", ["drawbridge-exporter"], os.environ | variables)  # noqa: S606, S607 - the image installs this program


if __name__ == "__main__":
    main()
