"""Writes docs/checklist.md: each box of the production checklist, and what answers it.

Run it after a change of preflight's items or of preflight/checklist.csv:

    .venv/bin/python -m scripts.build_checklist
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from yarl import URL

from drawbridge_exporter.preflight.checklist import Box, boxes
from drawbridge_exporter.preflight.context import Plan
from drawbridge_exporter.preflight.model import Check
from drawbridge_exporter.preflight.runner import checks

PAGE: Final = Path(__file__).parents[1] / "docs" / "checklist.md"
SOFTWARE: Final = "software"
BOTH: Final = "software and a person"
PERSON: Final = "a person"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


def known() -> dict[str, Check]:
    """Return all checks of preflight by item."""
    return {check.item: check for check in checks(Plan(URL("http://ha"), "", Path(), load=True))}


def answered_by(box: Box, items: dict[str, Check]) -> str:
    """Return who answers a box."""
    asked = [bool(items[item].question) for item in box.items]
    if not any(asked):
        return SOFTWARE
    return PERSON if all(asked) else BOTH


def page() -> str:
    """Return the page."""
    return "\n".join([*_introduction(), *_boxes(), *_items(), *_questions()]) + "\n"


def _introduction() -> Iterator[str]:
    answers = [answered_by(box, known()) for box in boxes()]
    yield "# The production checklist, box by box"
    yield ""
    yield "<!-- Written by scripts/build_checklist.py. -->"
    yield ""
    yield f"The production checklist has {len(answers)} boxes:"
    yield ""
    yield f"- [Preflight](../exporter/README.md#preflight) checks {answers.count(SOFTWARE)} of them, with evidence."
    yield "  Some items need a flag. Without it, a person has to check the item."
    yield f"- A person confirms {answers.count(PERSON)}, in the sign-off file. A confirmation is valid for a year."
    yield f"- {answers.count(BOTH)} need both: an item that preflight checks, and one that a person confirms."
    yield ""


def _boxes() -> Iterator[str]:
    numbered = list(enumerate(boxes(), 1))
    for section, of_section in groupby(numbered, key=lambda row: row[1].section):
        yield f"## {section}"
        for group, rows in groupby(of_section, key=lambda row: row[1].group):
            yield from ["", f"### {group}"] if group else []
            yield ""
            yield "| box | | answered by | items |"
            yield "| --- | --- | --- | --- |"
            yield from (_row(number, box) for number, box in rows)
        yield ""


def _row(number: int, box: Box) -> str:
    items = ", ".join(f"`{item}`" for item in box.items)
    return f"| {number} | {box.title} | {answered_by(box, known())} | {items} |"


def _numbers(item: str) -> str:
    return ", ".join(str(number) for number, box in enumerate(boxes(), 1) if item in box.items)


def _items() -> Iterator[str]:
    yield "## The items that preflight checks"
    yield ""
    yield "| item | what is checked | needs | boxes |"
    yield "| --- | --- | --- | --- |"
    for item, check in known().items():
        if not check.question:
            flag = f"`{check.flag}`" if check.flag else ""
            yield f"| `{item}` | {check.title} | {flag} | {_numbers(item)} |"
    yield ""


def _questions() -> Iterator[str]:
    yield "## The questions for a person"
    yield ""
    yield "| item | subject | what to do | boxes |"
    yield "| --- | --- | --- | --- |"
    for item, check in known().items():
        if check.question:
            yield f"| `{item}` | {check.title} | {check.question} | {_numbers(item)} |"


if __name__ == "__main__":
    main()
