"""What a metrics page is made of: a scrape, and the exporter itself."""

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
    """Collects one scrape, once; made anew for each."""

    def __init__(self, scrape: Scrape, *, created: bool) -> None:
        """Show ``scrape``, with created times where the format has them."""
        self._scrape = scrape
        self._created = created

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield the families of the scrape and, if there is one, the snapshot."""
        yield from _scrape_families(self._scrape)
        if self._scrape.snapshot is not None:
            yield from snapshot_families(self._scrape.snapshot, created=self._created)


class ExporterCollector(Collector):
    """Collects what the exporter knows of itself."""

    def __init__(self, last_reload: Reload | None) -> None:
        """Show how the targets file was last read, if there is one."""
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
                "Whether the targets file could be read when it was last read: 1, else 0.",
                float(self._reload.successful),
            )
            yield gauge(
                "exporter_config_last_reload_success_timestamp_seconds",
                "When the targets file was last read well, in seconds since 1970.",
                self._reload.succeeded_at,
            )


def _scrape_families(scrape: Scrape) -> Iterator[Metric]:
    """Yield what is known whether or not the bridge answered."""
    yield gauge("up", "Whether the bridge gave its snapshot: 1, else 0.", float(scrape.snapshot is not None))
    yield gauge("scrape_duration_seconds", "Time that reading the bridge took, in seconds.", scrape.duration)
    errors = GaugeMetricFamily(
        PREFIX + "scrape_error",
        "1 for the reason why this scrape could not read the bridge, else 0.",
        labels=["reason"],
    )
    for reason in Reason:
        errors.add_metric([reason], float(scrape.error is not None and scrape.error.reason is reason))
    yield errors
    if scrape.clock_skew is not None:
        yield gauge(
            "clock_skew_seconds",
            "Seconds by which the bridge's clock is ahead of the exporter's, 0 where the difference is within the"
            " duration of the scrape.",
            scrape.clock_skew,
        )
