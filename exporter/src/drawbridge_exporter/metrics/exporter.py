"""The collector of the exporter's own metrics."""

from collections.abc import Iterator, Mapping
from typing import override

from prometheus_client.core import CounterMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from .. import __version__
from ..bridge.fleet import Fleet, Reload
from ..scrape_limit import ScrapeLimit
from .build import PREFIX, gauge


class ExporterCollector(Collector):
    """Collects the exporter's own metrics."""

    def __init__(self, fleet: Fleet, limit: ScrapeLimit) -> None:
        """Create a collector for the targets of ``fleet`` and the scrapes that ``limit`` counts."""
        self._fleet = fleet
        self._limit = limit

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        build = InfoMetricFamily(PREFIX + "exporter_build", "The exporter's version.")
        build.add_metric([], {"version": __version__})
        yield build
        yield from self._scrapes()
        yield from self._requests()
        if self._fleet.last_reload is not None:
            yield from _reload_families(self._fleet.last_reload)

    def _scrapes(self) -> Iterator[Metric]:
        """Yield the scrapes by Prometheus, and their limit."""
        yield gauge("exporter_scrapes_in_flight", "Scrapes of bridges in progress.", self._limit.in_flight)
        yield gauge("exporter_scrapes_limit", "Maximum of concurrent scrapes. 0 means no limit.", self._limit.maximum)
        yield CounterMetricFamily(
            PREFIX + "exporter_scrapes_refused",
            "Scrapes answered with 503 because the maximum was reached.",
            self._limit.refused,
        )

    def _requests(self) -> Iterator[Metric]:
        """Yield the requests to bridges. Each target has at most one in progress."""
        traffic = self._fleet.traffic
        yield gauge("exporter_targets", "Bridges that the exporter can read.", len(self._fleet))
        yield gauge(
            "exporter_requests_in_flight",
            "Requests to bridges in progress. Each target has at most one.",
            traffic.in_flight,
        )
        yield _results(
            "exporter_collections",
            "Scrapes of bridges, by result: success, or the reason of the failure.",
            traffic.results,
        )
        yield from self._connections()
        yield _results(
            "exporter_spans",
            "Spans of bridges, by result: exported to the collector, failed (and sent again), or lost because they"
            " were not fetched in time.",
            traffic.spans,
        )

    def _connections(self) -> Iterator[Metric]:
        """Yield the connections to bridges, and their limit."""
        traffic = self._fleet.traffic
        yield CounterMetricFamily(
            PREFIX + "exporter_connections_opened", "Connections opened to bridges.", traffic.connections
        )
        yield CounterMetricFamily(
            PREFIX + "exporter_connections_reused",
            "Requests to bridges over a connection that was open already.",
            traffic.reused,
        )
        yield gauge(
            "exporter_connection_pool_size", "Maximum number of connections to each bridge.", self._fleet.pool_size
        )


def _results(name: str, text: str, counts: Mapping[str, int]) -> Metric:
    """Return a counter by result; ``name`` is without the prefix."""
    family = CounterMetricFamily(PREFIX + name, text, labels=["result"])
    for result, count in counts.items():
        family.add_metric([result], count)
    return family


def _reload_families(reload: Reload) -> Iterator[Metric]:
    yield gauge(
        "exporter_config_last_reload_successful",
        "Whether the last reload of the targets file was successful (1) or failed (0).",
        float(reload.successful),
    )
    yield gauge(
        "exporter_config_last_reload_success_timestamp_seconds",
        "Unix timestamp of the last successful reload of the targets file.",
        reload.succeeded_at,
    )
