"""Builds metric families and their samples."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.utils import floatToGoString

PREFIX: Final = "drawbridge_"
"""The prefix of the names of all metrics."""


def cumulative(bounds: Iterable[float], counts: Iterable[int]) -> list[tuple[str, float]]:
    """Return the cumulative buckets of a histogram."""
    names = [*map(floatToGoString, bounds), "+Inf"]
    return list(zip(names, itertools.accumulate(map(float, counts)), strict=True))


def gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Iterable[Metric]:
    """Yield a gauge with a series for each value, or nothing without values."""
    if values:
        family = GaugeMetricFamily(PREFIX + name, text, labels=[label])
        for key, value in values.items():
            family.add_metric([key], value)
        yield family


def gauge(name: str, text: str, value: float) -> Metric:
    """Return a gauge with one series; ``name`` is without the prefix."""
    return GaugeMetricFamily(PREFIX + name, text, value)
