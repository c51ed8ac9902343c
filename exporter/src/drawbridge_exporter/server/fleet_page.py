"""The landing page of an exporter with many targets: their last results, without reading any of them."""

import time
from collections.abc import Sequence
from html import escape
from string import Template
from typing import Final
from urllib.parse import urlencode

from ..bridge.target import Target
from .page import page

_STYLE: Final = """body { max-width: 70rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .25rem .75rem; border-top: 1px solid var(--line); vertical-align: top; }"""
_TABLE: Final = Template("""<div>
<table>
<thead><tr><th>Bridge</th><th>State</th><th>Read</th><th>Score</th><th>Drawbridge</th><th>Home Assistant</th>
<th>Reason</th></tr></thead>
<tbody>
$rows
</tbody>
</table>
</div>""")
_UNKNOWN_SCORE: Final = 101.0


def fleet_page(targets: Sequence[Target], prefix: str) -> str:
    """Return the page as HTML, worst first: those that are down, then those with the lowest score."""
    ordered = sorted(targets, key=_badness)
    up = sum(target.last is not None and target.last.snapshot is not None for target in targets)
    down = sum(target.last is not None and target.last.snapshot is None for target in targets)
    return page(
        f"{up} up, {down} down, {len(targets) - up - down} not read yet, of {len(targets)} targets",
        _TABLE.substitute(rows="\n".join(_row(target, prefix) for target in ordered)),
        style=_STYLE,
        note=". The page shows the last result of each bridge and reads none of them.",
    )


def _badness(target: Target) -> tuple[bool, float, str]:
    last = target.last
    score = None if last is None or last.snapshot is None else last.snapshot.health.score
    is_down = last is not None and last.snapshot is None
    return not is_down, _UNKNOWN_SCORE if score is None else score, target.settings.name


def _row(target: Target, prefix: str) -> str:
    last, name = target.last, target.settings.name
    link = f'<a href="{escape(prefix)}/probe?{escape(urlencode({"target": name, "debug": "true"}))}">{escape(name)}</a>'
    if last is None:
        return _cells(link, "not read yet", "", "", "", "", "")
    age = f"{max(0.0, time.time() - target.last_at):.0f} s ago"
    if last.snapshot is None:
        return _cells(link, '<span class="down">down</span>', age, "", "", "", escape(str(last.error)))
    snapshot = last.snapshot
    score = "" if snapshot.health.score is None else f"{snapshot.health.score:.1f}"
    versions = escape(snapshot.bridge_version), escape(snapshot.homeassistant_version)
    return _cells(link, '<span class="up">up</span>', age, score, *versions, "")


def _cells(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
