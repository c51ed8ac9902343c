"""The figures of a run with many homes."""

import statistics
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Scrape:
    """A scrape of a home: whether the home answers, whether the exporter reported it as up, and the duration."""

    answers: bool
    is_up: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """What an exporter used: seconds of the processor, and its memory in MiB."""

    seconds: float
    memory: float


def table(options: Namespace, scrapes: Sequence[Scrape], loads: Sequence[Load], elapsed: float) -> str:
    """Return the figures as a table."""
    healthy = [scrape for scrape in scrapes if scrape.answers]
    seconds = [scrape.seconds for scrape in healthy]
    each = sum(load.seconds for load in loads) / len(scrapes)
    rows = [
        ("homes, of which hang", f"{options.homes}, {round(options.homes * options.hanging)}"),
        ("exporters", str(len(loads))),
        ("scrapes", str(len(scrapes))),
        ("scrapes per second", f"{len(scrapes) / elapsed:.0f}"),
        ("homes that answer but were reported as down", str(sum(not scrape.is_up for scrape in healthy))),
        ("homes that hang but were reported as up", str(sum(scrape.is_up for scrape in scrapes if not scrape.answers))),
        ("scrape of a home that answers: median, 99 %, maximum", _times(seconds)),
        ("processor time of a scrape", f"{each * 1000:.2f} ms"),
        (f"processors, at a scrape every {options.interval:g} s", f"{each * options.homes / options.interval:.3f}"),
        ("memory of the largest exporter", f"{max(load.memory for load in loads):.0f} MiB"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:{width}}  {value}" for name, value in rows)


def _times(seconds: Sequence[float]) -> str:
    if len(seconds) < 2:  # noqa: PLR2004 - quantiles need two
        return "none"
    cuts = statistics.quantiles(seconds, n=_PERCENT)
    found = (statistics.median(seconds), cuts[-1], max(seconds))
    return ", ".join(f"{value * 1000:.0f} ms" for value in found)
