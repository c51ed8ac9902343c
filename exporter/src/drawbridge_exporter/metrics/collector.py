"""Collectors of a scrape and of the exporter's own metrics."""

from collections.abc import Iterator
from typing import override

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from .. import __version__
from ..bridge.errors import Reason
from ..bridge.fleet import Reload
from ..bridge.target import Scrape
from .families import PREFIX, gauge, snapshot_families


class ScrapeCollector(Collector):
    """Collects the metrics of one scrape."""

    def __init__(self, scrape: Scrape, *, created: bool) -> None:
        """Create a collector, with created timestamps if the format supports them."""
        self._scrape = scrape
        self._created = created

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield the families of the scrape and, if there is one, the snapshot."""
        yield from _scrape_families(self._scrape)
        if self._scrape.snapshot is not None:
            yield from snapshot_families(self._scrape.snapshot, created=self._created)


class ExporterCollector(Collector):
    """Collects the exporter's own metrics."""

    def __init__(self, last_reload: Reload | None) -> None:
        """Create a collector with the result of the last reload, if there is a targets file."""
        self._reload = last_reload

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        build = InfoMetricFamily(PREFIX + "exporter_build", "The exporter's version.")
        build.add_metric([], {"version": __version__})
        yield build
        if self._reload is not None:
            yield gauge(
                "exporter_config_last_reload_successful",
                "Whether the last reload of the targets file was successful (1) or failed (0).",
                float(self._reload.successful),
            )
            yield gauge(
                "exporter_config_last_reload_success_timestamp_seconds",
                "Unix timestamp of the last successful reload of the targets file.",
                self._reload.succeeded_at,
            )


def _scrape_families(scrape: Scrape) -> Iterator[Metric]:
    """Yield the families that do not need a snapshot."""
    yield gauge(
        "up",
        "Whether the last scrape of the bridge was successful (1) or failed (0).",
        float(scrape.snapshot is not None),
    )
    yield gauge("scrape_duration_seconds", "Duration of the scrape of the bridge, in seconds.", scrape.duration)
    errors = GaugeMetricFamily(
        PREFIX + "scrape_error",
        "1 for the reason that the scrape of the bridge failed, otherwise 0.",
        labels=["reason"],
    )
    for reason in Reason:
        errors.add_metric([reason], float(scrape.error is not None and scrape.error.reason is reason))
    yield errors
    if scrape.clock_skew is not None:
        yield gauge(
            "clock_skew_seconds",
            "Seconds by which the bridge's clock is ahead of the exporter's. 0 if the difference is within the"
            " duration of the scrape.",
            scrape.clock_skew,
        )
