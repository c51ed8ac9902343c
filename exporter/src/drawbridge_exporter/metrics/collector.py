"""The collector of a scrape."""

from collections.abc import Iterator
from typing import override

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..bridge.errors import Reason
from ..bridge.target import Scrape
from .build import PREFIX, gauge
from .families import snapshot_families


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
    yield from _of_the_connection(scrape)


def _of_the_connection(scrape: Scrape) -> Iterator[Metric]:
    """Yield what the exporter has noticed about a bridge that it could read."""
    if scrape.clock_skew is not None:
        yield gauge(
            "clock_skew_seconds",
            "Seconds by which the bridge's clock is ahead of the exporter's. 0 if the difference is within the"
            " duration of the scrape.",
            scrape.clock_skew,
        )
    if scrape.certificate_expiry is not None:
        yield gauge(
            "tls_certificate_expiry_timestamp_seconds",
            "Unix timestamp of the expiry of the bridge's TLS certificate.",
            scrape.certificate_expiry,
        )
