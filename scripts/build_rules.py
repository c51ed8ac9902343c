"""Writes the rules in exporter/rules from the mixin in exporter/mixin, and the PrometheusRule in deploy/ from these.

Run it after a change:

    .venv/bin/python -m scripts.build_rules
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import _gojsonnet
import yaml

from scripts import build_prometheus_rule

ROOT: Final = Path(__file__).parents[1]
FILES: Final = ROOT / "exporter" / "mixin" / "files.libsonnet"
FOLDER: Final = ROOT / "exporter" / "rules"
HEAD: Final = "Written by scripts/build_rules.py from exporter/mixin."
WIDTH: Final = 120
MEMBERS: Final = ("alert", "record", "expr", "for", "labels", "annotations")
NOTES: Final = ("summary", "description", "runbook_url")
# A template counts as one word, because it is hard to read on two lines.
_WORD: Final = re.compile(r"(?:\{\{.*?\}\}|\S)+")
_INDENTATION: Final = 10

type Json = Mapping[str, Any]


def files() -> dict[str, str]:
    """Return the text of each file."""
    built: Json = json.loads(_gojsonnet.evaluate_file(str(FILES)))
    return {name: "".join(f"{line}\n" for line in _file(file)) for name, file in built.items()}


def _file(file: Json) -> Iterator[str]:
    yield from _comment(f"{HEAD}\n\n{file['heading']}")
    yield "groups:"
    for index, group in enumerate(file["groups"]):
        if index:
            yield ""
        yield from _indented(_group(group), 2)


def _group(group: Json) -> Iterator[str]:
    yield from _comment(group.get("comment", ""))
    yield f"- name: {group['name']}"
    if "interval" in group:
        yield f"  interval: {group['interval']}"
    yield "  rules:"
    for index, rule in enumerate(group["rules"]):
        if index and "alert" in rule:
            yield ""
        yield from _indented(_rule(rule), 4)


def _rule(rule: Json) -> Iterator[str]:
    yield from _comment(rule.get("comment", ""))
    unknown = rule.keys() - {*MEMBERS, "comment"}
    if unknown:
        raise ValueError(f"{rule.get('alert') or rule['record']}: unknown members: {', '.join(sorted(unknown))}")
    lines = (line for name in MEMBERS if name in rule for line in _member(name, rule[name]))
    for index, line in enumerate(lines):
        yield ("  " if index else "- ") + line


def _member(name: str, value: str | Json) -> Iterator[str]:
    if isinstance(value, str):
        yield from _text(name, value)
        return
    yield f"{name}:"
    order = [*(note for note in NOTES if note in value), *(key for key in value if key not in NOTES)]
    for key in order:
        yield from _indented(_text(key, value[key], wrap=key == "description"), 2)


def _text(name: str, text: str, *, wrap: bool = False) -> Iterator[str]:
    """Yield a member with its text, on several lines if it has them or if it is to be wrapped.

    YAML joins the lines of such a block with spaces.
    """
    whole = f"{name}: {yaml.safe_dump(text, width=float('inf'), allow_unicode=True).splitlines()[0]}"
    lines = [*_wrapped(text)] if wrap and len(whole) > WIDTH - _INDENTATION else text.splitlines()
    if len(lines) == 1:
        yield whole
    else:
        yield f"{name}: >-"
        yield from _indented(lines, 2)


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in _WORD.findall(text):
        if line and len(line) + 1 + len(word) > WIDTH - _INDENTATION - 2:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}".rstrip() for line in text.splitlines())


def _indented(lines: Iterator[str] | list[str], columns: int) -> Iterator[str]:
    return ((" " * columns + line).rstrip() for line in lines)


def main() -> None:
    """Write the files."""
    for name, text in files().items():
        (FOLDER / name).write_text(text)
    build_prometheus_rule.main()


if __name__ == "__main__":
    main()
