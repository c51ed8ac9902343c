"""Draws each ratio relative to its target, as SVG."""

from collections.abc import Sequence
from html import escape
from math import log2
from typing import Final

from benchmarks.rows import Row

_WIDTH: Final = 960
_LABELS: Final = 520
_LINE: Final = 34
_TOP: Final = 56
_SCALE: Final = 100.0
_MAX_DOUBLINGS: Final = 2.0

_STYLE: Final = """\
text { font: 13px system-ui, sans-serif; fill: #1f2933; }
.title { font-size: 16px; font-weight: 600; } .quiet { fill: #616e7c; font-size: 11px; }
.back { fill: #ffffff; } .reached { fill: #2f855a; } .missed { fill: #c05621; } .target { stroke: #1f2933; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e7eb; } .quiet { fill: #9aa5b1; } .back { fill: #1f2933; } .target { stroke: #e4e7eb; }
}"""


def plot(rows: Sequence[Row]) -> str:
    """Return a bar for each row, on a logarithmic scale. Bars to the right are better than the target."""
    rows = [row for row in rows if row.target]
    height = _TOP + len(rows) * _LINE + 24
    zero = _LABELS + _SCALE * 1.0
    bars = "\n".join(_bar(row, _TOP + index * _LINE, zero) for index, row in enumerate(rows))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Ratios and targets">
<style>{_STYLE}</style>
<rect class="back" width="{_WIDTH}" height="{height}"/>
<text class="title" x="16" y="26">Results as multiples of their targets</text>
<text class="quiet" x="{zero}" y="44" text-anchor="middle">target</text>
{bars}
<line class="target" x1="{zero}" x2="{zero}" y1="{_TOP - 4}" y2="{height - 16}"/>
</svg>
"""


def _bar(row: Row, top: float, zero: float) -> str:
    # Memory may shrink during a measurement, so a cost may be zero or less.
    worse = row.ratio / row.target if row.is_cost else row.target / row.ratio
    length = max(-1.0, -log2(max(worse, 2.0**-_MAX_DOUBLINGS))) * _SCALE
    left, width = min(zero, zero + length), max(abs(length), 1.5)
    kind = "reached" if row.reached else "missed"
    label = f"{row.ratio:.2f} ({'at most' if row.is_cost else 'at least'} {row.target:g})"
    return f"""\
<text x="16" y="{top + 13}">{escape(row.work)}</text>
<text class="quiet" x="16" y="{top + 26}">compared with {escape(row.against)}</text>
<rect class="{kind}" x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="16" rx="2"/>
<text x="{max(zero, zero + length) + 8:.1f}" y="{top + 17}">{label}</text>"""
