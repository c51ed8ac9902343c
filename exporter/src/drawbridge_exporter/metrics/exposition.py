"""Renders the metrics page in the text format or in OpenMetrics."""

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

    The parser of prometheus_client fails on a version that is not a number,
    and responds with any version that the client requests.
    """
    for part in accept.split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        version = next((p.removeprefix("version=") for p in parameters if p.startswith("version=")), "1")
        if kind == _OPENMETRICS and version.startswith("1"):
            return True
    return False


def render(accept: str, scrape: Scrape | None, others: Iterable[Collector] = ()) -> Page:
    """Return the metrics page.

    Each page has its own registry, so that no series outlives its scrape.

    Args:
        accept: The Accept header, which selects the format.
        scrape: The scrape to render, if any.
        others: More collectors. Their metrics follow those of the scrape.

    """
    use_openmetrics = accepts_openmetrics(accept)
    registry = CollectorRegistry()
    if scrape is not None:
        registry.register(ScrapeCollector(scrape, created=use_openmetrics))
    for collector in others:
        registry.register(collector)
    encode, content_type = choose_encoder(_OPENMETRICS if use_openmetrics else "")
    return Page(encode(registry), content_type)
