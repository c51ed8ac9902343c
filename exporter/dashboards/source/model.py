"""Panels, rows, and helpers for their PromQL queries.

Texts may contain settings of the mixin, such as ``%(minHealthScore)g``.
exporter/mixin/dashboards.libsonnet fills them in. A text with a setting writes a percent sign as ``%%``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

CHOSEN: Final = 'instance=~"$instance"'
"""The matcher of every query: the instances that are selected in the dashboard."""
MATCHERS: Final = "%(matchers)s"
"""The selector of the mixin, before other matchers. Recorded series do not have its labels."""
SELECTOR: Final = "%(selector)s"
"""The same in braces."""
NAMED: Final = f"* on (instance, key) group_left (name) drawbridge_key_info{{{MATCHERS}{CHOSEN}}}"

type Query = tuple[str, str]
type Json = dict[str, Any]
type Step = tuple[str, float | str | None]
"""A color and the value from which on it is used. A text is a setting of the mixin."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel. Queries are pairs of an expression and a legend. The dashboard is 24 columns wide."""

    title: str
    description: str
    queries: Sequence[Query]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 7
    steps: Sequence[Step] = ()
    runbooks: Sequence[str] = ()
    stack: bool = False
    maximum: float | None = None
    decimals: int | None = None
    mappings: Sequence[Json] = field(default_factory=tuple)
    columns: Sequence[tuple[str, str, str]] = ()
    sort: tuple[str, bool] | None = None
    """The title of the column that a table is sorted by, and whether the largest value is first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A collapsible row of panels."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable with the values of a label, of which several can be selected."""

    name: str
    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard. ``restarts`` is the expression of its annotations."""

    title: str
    uid: str
    description: str
    variable: Variable
    restarts: str
    rows: Sequence[Row]


def rate(metric: str, labels: str = "", by: str = "instance") -> str:
    """Return the sum of the rates of a counter."""
    more = f", {labels}" if labels else ""
    return f"sum by ({by}) (rate(drawbridge_{metric}{{{MATCHERS}{CHOSEN}{more}}}[$__rate_interval]))"


def quantile(value: float, by: str = "", metric: str = "http_request_duration_seconds") -> str:
    """Return a quantile of a histogram, by default that of the request durations.

    Without requests, the quantile is NaN. The comparison with 0 removes it.
    """
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({value}, {rate(f'{metric}_bucket', by=labels)}) >= 0"


def share(part: str, whole: str) -> str:
    """Return a ratio, without a result while the denominator is 0."""
    return f"{part} / ({whole} > 0)"


def value_of(metric: str) -> str:
    """Return the value of a gauge."""
    return f"drawbridge_{metric}{{{MATCHERS}{CHOSEN}}}"
