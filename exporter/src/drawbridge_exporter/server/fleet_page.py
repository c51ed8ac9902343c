"""The landing page of an exporter with many targets: their last results, without reading any of them."""

import time
from collections.abc import Sequence
from html import escape
from string import Template
from typing import Final
from urllib.parse import urlencode

from .. import __version__
from ..bridge.target import Target

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drawbridge exporter</title>
<style>
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .25rem .75rem; border-top: 1px solid var(--line); vertical-align: top; }
.up { color: var(--good); } .down { color: var(--bad); }
footer { opacity: .75; font-size: .9rem; }
</style>
</head>
<body>
<h1>Drawbridge exporter</h1>
<p>$summary</p>
<div>
<table>
<thead><tr><th>Bridge</th><th>State</th><th>Read</th><th>Score</th><th>Drawbridge</th><th>Home Assistant</th>
<th>Reason</th></tr></thead>
<tbody>
$rows
</tbody>
</table>
</div>
<footer>drawbridge-exporter $version. The page shows the last result of each bridge and reads none of them.</footer>
</body>
</html>
""")
_UNKNOWN_SCORE: Final = 101.0


def fleet_page(targets: Sequence[Target], prefix: str) -> str:
    """Return the page as HTML, worst first: those that are down, then those with the lowest score."""
    ordered = sorted(targets, key=_badness)
    up = sum(target.last is not None and target.last.snapshot is not None for target in targets)
    down = sum(target.last is not None and target.last.snapshot is None for target in targets)
    return _PAGE.substitute(
        summary=f"{up} up, {down} down, {len(targets) - up - down} not read yet, of {len(targets)} targets",
        rows="\n".join(_row(target, prefix) for target in ordered),
        version=escape(__version__),
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
