"""Panels, rows, and the parts that their queries are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

# What every query selects.
CHOSEN: Final = 'instance=~"$instance"'
NAMED: Final = f"* on (instance, key) group_left (name) drawbridge_key_info{{{CHOSEN}}}"

type Query = tuple[str, str]
type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: its queries with their legends, its unit, its width in 24ths."""

    title: str
    description: str
    queries: Sequence[Query]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 7
    steps: Sequence[tuple[str, float | None]] = ()
    runbooks: Sequence[str] = ()
    stack: bool = False
    maximum: float | None = None
    decimals: int | None = None
    mappings: Sequence[Json] = field(default_factory=tuple)
    columns: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of panels that can be folded."""

    title: str
    panels: Sequence[Panel]


def rate(metric: str, labels: str = "", by: str = "instance") -> str:
    """Return a rate, summed."""
    more = f", {labels}" if labels else ""
    return f"sum by ({by}) (rate(drawbridge_{metric}{{{CHOSEN}{more}}}[$__rate_interval]))"


def quantile(value: float, by: str = "", metric: str = "http_request_duration_seconds") -> str:
    """Return a quantile of a histogram, that of the durations of requests by default; nothing at rest.

    Without requests the quantile is NaN, which is not greater than or equal to 0.
    """
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({value}, {rate(f'{metric}_bucket', by=labels)}) >= 0"


def share(part: str, whole: str) -> str:
    """Return a ratio; nothing instead of NaN while the whole is 0."""
    return f"{part} / ({whole} > 0)"


def value_of(metric: str) -> str:
    """Return a metric as it is."""
    return f"drawbridge_{metric}{{{CHOSEN}}}"
