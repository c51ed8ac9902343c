"""Formats the results as a table and as JSON."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Figures
from benchmarks.rows import Row, Settings, Side

_HEADINGS = (
    "work",
    "compared with",
    "req/s",
    "p50",
    "p99",
    "bytes",
    "other req/s",
    "p50",
    "p99",
    "by CPU",
    "ratio",
    "target",
    "",
)


def machine() -> str:
    """Describe the machine."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    return f"{os.cpu_count()} x {model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def worst(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the worst result of each row in all runs."""
    return [(max if same[0].is_cost else min)(same, key=lambda row: row.ratio) for same in zip(*runs, strict=True)]


def table(rows: Iterable[Row], figures: Figures | None, settings: Settings, runs: int) -> str:
    """Return the table and the additional measurements."""
    lines = [_HEADINGS, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    text = [_line(line, widths) for line in lines]
    about = (
        f"{settings.entities} entities, {settings.rounds} alternating rounds of {settings.seconds:g} s, 8 connections; "
        f"worst of {runs} run{'s' if runs > 1 else ''}. {machine()}"
    )
    return "\n".join([*text, "", about, *_sentences(figures), ""])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    texts, numbers = (tuple(zip(cells, widths, strict=True))[part] for part in (slice(2), slice(2, None)))
    return "  ".join([text.ljust(width) for text, width in texts] + [text.rjust(width) for text, width in numbers])


def _cells(row: Row) -> tuple[str, ...]:
    ours, other = _side(row.ours), _side(row.other)
    bytes_sent = str(row.ours.size) if row.ours else ""
    by_cpu = "" if row.cpu_ratio is None else f"{row.cpu_ratio:.3f}"
    verdict = "reached" if row.reached else "MISSED"
    bound = "<=" if row.is_cost else ">="
    return (
        row.work,
        row.against,
        *ours,
        bytes_sent,
        *other,
        by_cpu,
        f"{row.ratio:.3f}",
        f"{bound} {row.target:g}",
        verdict,
    )


def _side(side: Side | None) -> tuple[str, str, str]:
    if side is None:
        return "", "", ""
    return f"{side.rate:.1f}", f"{side.p50 * 1000:.2f} ms", f"{side.p99 * 1000:.2f} ms"


def _sentences(figures: Figures | None) -> list[str]:
    if figures is None:
        return []
    memory = (
        f"Memory per view and entity: {figures.held_per_view_and_entity:.0f} bytes in the cache, "
        f"{figures.resident_per_view_and_entity:.0f} bytes of process growth ({figures.views} views)."
    )
    blocks = (
        f"Longest block of the event loop: {figures.first_build_block * 1000:.1f} ms while the first view was built, "
        f"{figures.load_block * 1000:.1f} ms under load. Longest run of Python's garbage collector: "
        f"{figures.collection * 1000:.1f} ms."
    )
    return [memory, blocks]


def as_dict(item: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the dataclasses here
    """Return a result as JSON values."""
    if not is_dataclass(item) or isinstance(item, type):
        raise TypeError(item)
    data = asdict(item)
    if isinstance(item, Row):
        data["reached"] = item.reached
        for name in ("ours", "other"):
            side: Side | None = getattr(item, name)
            if side is not None:
                data[name] |= {"rate": side.rate, "p50": side.p50, "p99": side.p99}
    return data


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
