"""Converts the use of resources by Home Assistant's process to metric families.

The names after the prefix are those that Prometheus's client libraries use for their own process.
"""

from collections.abc import Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ..bridge.process import ProcessUse

_PREFIX: Final = "drawbridge_homeassistant_"
_GAUGES: Final = (
    ("process_resident_memory_bytes", "Resident memory of Home Assistant's process, in bytes.", "resident_bytes"),
    ("process_threads", "Threads of Home Assistant's process.", "threads"),
    ("process_open_fds", "Open file descriptors of Home Assistant's process.", "open_files"),
    ("process_max_fds", "Maximum number of open file descriptors of Home Assistant's process.", "max_files"),
    (
        "process_open_sockets",
        "Open sockets of Home Assistant's process: network connections, listening ports and local sockets.",
        "sockets",
    ),
)


def process_families(use: ProcessUse | None, created: float | None) -> Iterator[Metric]:
    """Yield the families that the bridge has data for.

    Args:
        use: What the process uses; None for a bridge that does not report it.
        created: When the runs of the garbage collector began to be counted, if the format supports it.

    """
    if use is None:
        return
    if use.cpu_seconds is not None:
        yield CounterMetricFamily(
            _PREFIX + "process_cpu_seconds", "CPU time of Home Assistant's process, in seconds.", use.cpu_seconds
        )
    for name, text, member in _GAUGES:
        value = getattr(use, member)
        if value is not None:
            yield GaugeMetricFamily(_PREFIX + name, text, value)
    yield from _collector_families(use, created)


def _collector_families(use: ProcessUse, created: float | None) -> Iterator[Metric]:
    collections = CounterMetricFamily(
        _PREFIX + "gc_collections", "Runs of Python's garbage collector, by generation.", labels=["generation"]
    )
    pauses = CounterMetricFamily(
        _PREFIX + "gc_pause_seconds",
        "Time for which the garbage collector has stopped Home Assistant, in seconds, by generation.",
        labels=["generation"],
    )
    for runs in use.collector:
        collections.add_metric([str(runs.generation)], runs.collections, created=created)
        pauses.add_metric([str(runs.generation)], runs.seconds, created=created)
    yield collections
    yield pauses
