"""The sign-off file: the items that a person has confirmed.

vault:
by: Ada Lovelace
on: 2026-11-01
note: All keys are in Vault, path secret/drawbridge.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from yarl import URL

from ..config.yamlfile import ConfigFileError, YamlFile, YamlValue
from .context import Plan, Signature
from .runner import checks

_INTENDED: Final = frozenset({"keys-breadth", "keys-end", "keys-network"})
"""What may be intended in a household."""


def read_signatures(path: str) -> Mapping[str, Signature]:
    """Return the confirmations by item.

    Raises:
        ValueError: The file is invalid. It names all problems with their lines.

    """
    file = YamlFile(Path(path))
    try:
        found = {name: _signature(value) for name, value in file.root().mapping(items()).items()}
        file.check()
    except ConfigFileError as error:
        raise ValueError(str(error)) from error
    return found


def items() -> frozenset[str]:
    """Return the items that a person may confirm: the questions, and those that were not checked without their flag."""
    every = checks(Plan(URL(), "", Path()))
    return _INTENDED | {check.item for check in every if check.question or check.flag}


def _signature(value: YamlValue) -> Signature:
    members = value.mapping(["by", "on", "note"])
    for needed in ("by", "on"):
        if needed not in members:
            value.problem(f"has no {needed}.")
    return Signature(
        by=members["by"].read(_name, "") if "by" in members else "",
        on=members["on"].read(_day, date.min) if "on" in members else date.min,
        note=members["note"].text() if "note" in members else "",
    )


def _name(text: str) -> str:
    if not text.strip():
        message = "is empty. Write the name of the person who confirmed it."
        raise ValueError(message)
    return text.strip()


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"{text!r:.40} is not a date. Write it as 2026-11-01."
        raise ValueError(message) from None
    if day > datetime.now(UTC).date():
        message = f"{text} is in the future."
        raise ValueError(message)
    return day
