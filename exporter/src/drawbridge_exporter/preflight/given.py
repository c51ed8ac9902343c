"""Reads what the operator gives to preflight: ports, variables and an earlier report."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

type Place = tuple[str, int]


def parse_place(text: str) -> Place:
    """Return host and port of HOST:PORT. Raises ValueError if it is not that."""
    host, _, port = text.rpartition(":")
    if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65_536:  # noqa: PLR2004 - the ports of TCP
        message = f"{text!r:.60} is not HOST:PORT. Give one such as homeassistant.local:22."
        raise ValueError(message)
    return host.strip("[]"), int(port)


def read_env_file(text: str) -> Mapping[str, str]:
    """Return the variables of a file with a line NAME=VALUE for each. Raises ValueError if it cannot be read."""
    try:
        lines = Path(text).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        message = f"cannot read {text}: {error.strerror}."
        raise ValueError(message) from error
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, equals, value in pairs if equals}


@dataclass(frozen=True, slots=True)
class Previous:
    """An earlier run: the statuses of its items, and the mean response time at the client."""

    started_at: datetime
    versions: str
    statuses: Mapping[str, str]
    mean_seconds: float | None


def read_previous(text: str) -> Previous:
    """Return the run of a JSON report. Raises ValueError if it is not one."""
    try:
        report = json.loads(Path(text).read_text(encoding="utf-8"))
        return Previous(
            started_at=datetime.fromisoformat(report["started_at"]),
            versions=str(report["versions"]),
            statuses={item["item"]: item["status"] for item in report["items"]},
            mean_seconds=report.get("figures", {}).get("mean_seconds"),
        )
    except OSError as error:
        message = f"cannot read {text}: {error.strerror}."
        raise ValueError(message) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{text} is not a JSON report of preflight."
        raise ValueError(message) from error
