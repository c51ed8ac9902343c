"""The metrics page: which format, which bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from ..bridge.target import Scrape
from .collector import ScrapeCollector

_OPENMETRICS: Final = "application/openmetrics-text"


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of a metrics page and their content type."""

    body: bytes
    content_type: str


def accepts_openmetrics(accept: str) -> bool:
    """Return whether the Accept header asks for OpenMetrics 1.

    The library's own reading of the header fails on a version that is no
    number, and answers with whatever version it was asked for.
    """
    for part in accept.split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        version = next((p.removeprefix("version=") for p in parameters if p.startswith("version=")), "1")
        if kind == _OPENMETRICS and version.startswith("1"):
            return True
    return False


def render(accept: str, scrape: Scrape | None, others: Iterable[Collector] = ()) -> Page:
    """Return the page for a scrape in the format that ``accept`` asks for.

    ``others`` are collected after it. Each page has a registry of its own,
    so that nothing outlives a scrape.
    """
    use_openmetrics = accepts_openmetrics(accept)
    registry = CollectorRegistry()
    if scrape is not None:
        registry.register(ScrapeCollector(scrape, created=use_openmetrics))
    for collector in others:
        registry.register(collector)
    encode, content_type = choose_encoder(_OPENMETRICS if use_openmetrics else "")
    return Page(encode(registry), content_type)
