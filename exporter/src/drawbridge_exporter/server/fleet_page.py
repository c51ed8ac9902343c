"""A page with all targets in a table: their last results, without reading any of them."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from html import escape
from string import Template
from typing import Final
from urllib.parse import urlencode

from ..bridge.assessment import Assessment, Concern, assess
from ..bridge.fleet import Fleet
from ..bridge.target import Target
from ..scrape_limit import ScrapeLimit
from .page import page

_STYLE: Final = """body { max-width: 90rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .25rem .75rem; border-top: 1px solid var(--line); vertical-align: top; }
.urgent { font-weight: bold; }"""
_CONTENT: Final = Template("""<p>$versions</p>
<p>$load</p>
<div>
<table>
<thead><tr><th>Bridge</th><th>State</th><th>Last probe</th><th>Score</th><th>Drawbridge</th><th>Home Assistant</th>
<th>Keys that expire</th><th>Doors</th><th>Reason</th></tr></thead>
<tbody>
$rows
</tbody>
</table>
</div>""")
_UP: Final = '<span class="up">up</span>'
_URGENT: Final = '<span class="urgent">up, needs attention</span>'
_ROWS_AT_ONCE: Final = 50
_MAX_VERSIONS: Final = 5

type _Home = tuple[Target, Assessment]


async def fleet_page(fleet: Fleet, limit: ScrapeLimit, prefix: str) -> str:
    """Return the page as HTML, worst first: those that are down, that need attention, then by score.

    It lets other requests continue between the rows, because there may be 1,000.
    """
    now = time.time()
    homes: list[_Home] = [(target, assess(target.last, now)) for target in fleet.all()]
    homes.sort(key=lambda home: (home[1].rank, home[0].settings.name))
    rows: list[str] = []
    for home in homes:
        rows.append(_row(home, prefix, now))
        if len(rows) % _ROWS_AT_ONCE == 0:
            await asyncio.sleep(0)
    content = _CONTENT.substitute(versions=_versions(homes), load=_load(fleet, limit), rows="\n".join(rows))
    note = ". The page shows the last result of each bridge and reads none of them."
    return page(_summary(homes), content, style=_STYLE, note=note)


def _summary(homes: Sequence[_Home]) -> str:
    """Return how many bridges are up, down, need attention and were not read yet."""
    found = Counter(assessment.concern for _, assessment in homes)
    up = found[Concern.FINE] + found[Concern.URGENT]
    return (
        f"{up} up, {found[Concern.DOWN]} down, {found[Concern.NOT_READ]} not read yet, of {len(homes)} targets."
        f" {found[Concern.URGENT]} need attention."
    )


def _versions(homes: Sequence[_Home]) -> str:
    """Return the most common versions of Drawbridge, with how many bridges have each."""
    lasts = [target.last for target, _ in homes if target.last is not None]
    found = Counter(last.bridge_version for last in lasts if last.error is None)
    parts = [f"{escape(version)} ({count})" for version, count in found.most_common(_MAX_VERSIONS)]
    return "Versions of Drawbridge: " + (", ".join(parts) or "not read yet")


def _load(fleet: Fleet, limit: ScrapeLimit) -> str:
    """Return how busy the exporter is."""
    maximum = f" of {limit.maximum}" if limit.maximum else ""
    return (
        f"In progress: {limit.in_flight}{maximum} scrapes, {fleet.traffic.in_flight} of {len(fleet)} requests to"
        f" bridges. Scrapes refused since the start: {limit.refused}"
    )


def _row(home: _Home, prefix: str, now: float) -> str:
    target, assessment = home
    last, name = target.last, target.settings.name
    link = f'<a href="{escape(prefix)}/probe?{escape(urlencode({"target": name, "debug": "true"}))}">{escape(name)}</a>'
    if last is None:
        return _cells(link, "not read yet", *[""] * 7)
    probe = f"{max(0.0, now - last.at):.0f} s ago, {last.duration * 1000:.0f} ms"
    if last.error is not None:
        return _cells(link, '<span class="down">down</span>', probe, *[""] * 5, escape(last.error))
    state = _URGENT if assessment.concern is Concern.URGENT else _UP
    score = "" if assessment.score is None else f"{assessment.score:.1f}"
    versions = escape(last.bridge_version), escape(last.homeassistant_version)
    return _cells(link, state, probe, score, *versions, _keys(assessment), _doors(assessment), "")


def _keys(assessment: Assessment) -> str:
    """Return the key that ends first, and how many others end within 30 days."""
    if not assessment.key_ends:
        return ""
    first, *others = assessment.key_ends
    more = f" and {len(others)} more" if others else ""
    return f"{escape(first.name)} in {first.days:.0f} d{more}"


def _doors(assessment: Assessment) -> str:
    """Return whether the listener is up, and when the first certificate ends."""
    listener = {None: "", True: "listener up", False: '<span class="down">listener down</span>'}[assessment.listener]
    days = assessment.certificate_days
    parts = [listener, "" if days is None else f"certificate expires in {days:.0f} d"]
    return ", ".join(part for part in parts if part)


def _cells(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
