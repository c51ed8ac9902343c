"""Checks of the exporters that read the bridge: health, resources, saturation and whether they are interchangeable."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from yarl import URL

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed
from .others import ask_other, other_samples

_SECTION: Final = "Infrastructure"
_FLAG: Final = "--exporter"
_METRICS: Final = "/metrics"
_SAME_START_SECONDS: Final = 0.01
_MAX_CORES: Final = 0.5
_MAX_BYTES: Final = 512 * 1024 * 1024
_MAX_RATIO: Final = 0.8
_MAX_IN_FLIGHT_RATIO: Final = 0.5
_MIB: Final = 1024 * 1024
_NOT_GIVEN: Final = needs_person("No exporter was given.", f"Run again with {_FLAG} URL, once for each exporter.")


@dataclass(frozen=True, slots=True)
class Scraped:
    """The metrics of an exporter."""

    url: URL
    values: Mapping[str, float]
    """The sum of the samples of each name."""

    def value(self, name: str) -> float:
        """Return a value. Raises ValueError if it is missing."""
        if name not in self.values:
            message = f"{self.url} has no {name}"
            raise ValueError(message)
        return self.values[name]


async def _scraped(context: Context, url: URL) -> Scraped:
    values: dict[str, float] = {}
    for sample in await other_samples(context, url):
        values[sample.name] = values.get(sample.name, 0.0) + sample.value
    return Scraped(url, values)


def metrics_of(url: URL) -> URL:
    """Return the URL of the metrics of a bridge, for the URL of an exporter or of its probe."""
    return url / "metrics" if url.path.rstrip("/") in {"", "/"} else url


async def _own(context: Context, url: URL) -> Scraped:
    """Return the metrics of an exporter itself."""
    return await _scraped(context, metrics_of(url).parent / "metrics")


async def health(context: Context) -> Verdict:
    """Check that each exporter is healthy and reads this bridge."""
    if not context.plan.sources.exporters:
        return _NOT_GIVEN
    started = (await context.snapshot()).started_at
    for url in context.plan.sources.exporters:
        base = metrics_of(url).parent
        for path in ("healthy", "ready"):
            status = (await ask_other(context, base / "-" / path)).status
            if status != HTTPStatus.OK:
                return failed(f"{base / '-' / path} answered {status}.", "See the log of the exporter.")
        scraped = await _scraped(context, metrics_of(url))
        if scraped.values.get("drawbridge_up") != 1:
            return failed(f"drawbridge_up is not 1 at {url}.", "See the landing page of the exporter.")
        if abs(scraped.value("drawbridge_start_time_seconds") - started) > _SAME_START_SECONDS:
            return failed(
                f"{url} reads another bridge.", "Name the target: --exporter http://HOST:9123/probe?target=NAME"
            )
    return passed(f"{_named(context)} healthy, ready, and reads this bridge.")


def _named(context: Context) -> str:
    urls = context.plan.sources.exporters
    return f"{urls[0]} is" if len(urls) == 1 else f"Each of {len(urls)} exporters is"


async def resources(context: Context) -> Verdict:
    """Check the processor time, the memory and the open files of each exporter."""
    if not context.plan.sources.exporters:
        return _NOT_GIVEN
    told = []
    for url in context.plan.sources.exporters:
        own = await _own(context, url)
        uptime = max(time.time() - own.value("process_start_time_seconds"), 1.0)
        cores = own.value("process_cpu_seconds_total") / uptime
        memory = own.value("process_resident_memory_bytes")
        files = own.value("process_open_fds") / own.value("process_max_fds")
        evidence = f"{url}: {cores:.3f} cores, {memory / _MIB:.0f} MiB, {files:.1%} of its open files"
        if cores > _MAX_CORES or memory > _MAX_BYTES or files > _MAX_RATIO:
            return failed(f"{evidence}.", "Divide the targets between exporters, or raise the limits.")
        told.append(evidence)
    return passed(f"{'; '.join(told)}.")


async def saturation(context: Context) -> Verdict:
    """Check that no exporter refuses scrapes or is close to its limit, so that no further ones are needed."""
    if not context.plan.sources.exporters:
        return _NOT_GIVEN
    told = []
    for url in context.plan.sources.exporters:
        own = await _own(context, url)
        refused = own.value("drawbridge_exporter_scrapes_refused_total")
        limit = own.value("drawbridge_exporter_scrapes_limit")
        others = max(0.0, own.value("drawbridge_exporter_scrapes_in_flight") - 1)
        share = others / limit if limit else 0.0
        if refused or share > _MAX_IN_FLIGHT_RATIO:
            return failed(
                f"{url} refused {refused:.0f} scrapes, and {share:.0%} of its limit is in progress.",
                "See the runbook DrawbridgeExporterSaturated.",
            )
        told.append(f"{url} refused no scrape, and {share:.0%} of its limit is in progress")
    return passed(f"{'; '.join(told)}. More exporters would not help.")


async def balanced(context: Context) -> Verdict:
    """Check that exporters are interchangeable, so that a load balancer needs no session affinity."""
    urls = context.plan.sources.exporters
    if not urls:
        return _NOT_GIVEN
    if len(urls) == 1:
        return passed("There is one exporter, and one Home Assistant: nothing is balanced.")
    return await _alike(context)


async def blue_green(context: Context) -> Verdict:
    """Check that a second exporter gives the same data, so that Prometheus can be switched to it and back."""
    if len(context.plan.sources.exporters) < 2:  # noqa: PLR2004 - blue and green
        return needs_person(
            "No second exporter was given.",
            f"Start the new version beside the old one, and run again with {_FLAG} for each.",
        )
    return await _alike(context)


async def _alike(context: Context) -> Verdict:
    """Compare the names of the series and the start of the bridge of all exporters."""
    every = [await _scraped(context, metrics_of(url)) for url in context.plan.sources.exporters]
    first, *others = every
    ours = {name for name in first.values if _is_of_the_bridge(name)}
    for other in others:
        missing = sorted(ours - other.values.keys())
        if missing:
            return failed(
                f"{other.url} lacks {len(missing)} series of {first.url}: {', '.join(missing[:5])}.",
                "Compare the versions, the targets and the keys of the exporters.",
            )
        gap = first.value("drawbridge_start_time_seconds") - other.value("drawbridge_start_time_seconds")
        if abs(gap) > _SAME_START_SECONDS:
            return failed(f"{other.url} and {first.url} read different bridges.", "Compare their targets.")
    return passed(f"{len(every)} exporters give the same {len(ours)} series, and keep no data between requests.")


def _is_of_the_bridge(name: str) -> bool:
    return name.startswith("drawbridge_") and not name.startswith("drawbridge_exporter_")


CHECKS: Final = (
    Check(_SECTION, "exporter", "The exporter is healthy", health, flag=_FLAG),
    Check(_SECTION, "exporter-resources", "The exporter needs few resources", resources, flag=_FLAG),
    Check(_SECTION, "exporter-saturation", "The exporter is not saturated", saturation, flag=_FLAG),
    Check(_SECTION, "balanced", "Exporters behind a load balancer are interchangeable", balanced, flag=_FLAG),
    Check(_SECTION, "blue-green", "A second exporter can take over", blue_green, flag=_FLAG),
)
