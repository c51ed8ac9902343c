"""The web server: metrics on scrape, health, and a page for people."""

import math
from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web
from prometheus_client.process_collector import ProcessCollector

from .exposition import render
from .landing import landing_page
from .settings import Settings
from .target import Target

# Prometheus gives up at its timeout; this is left for sending the answer.
_TIMEOUT_OFFSET_SECONDS: Final = 0.5
_TIMEOUT_HEADER: Final = "X-Prometheus-Scrape-Timeout-Seconds"
_PAGE_TIMEOUT_SECONDS: Final = 5.0

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_PAGE_HEADERS: Final = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def scrape_timeout(headers: Mapping[str, str], longest: float) -> float:
    """Return the seconds that a scrape may take, from Prometheus's header.

    That is the header's time less half a second, or half of it where it is
    shorter than a second, and never more than ``longest``.
    """
    try:
        given = float(headers.get(_TIMEOUT_HEADER, ""))
    except ValueError:
        return longest
    if not math.isfinite(given) or given <= 0:
        return longest
    return min(longest, max(given - _TIMEOUT_OFFSET_SECONDS, given / 2))


class Server:
    """The exporter's pages over one target."""

    def __init__(self, settings: Settings, target: Target) -> None:
        """Serve ``target`` as ``settings`` say."""
        self._settings = settings
        self._target = target
        self._process = ProcessCollector(registry=None)

    def application(self) -> web.Application:
        """Return the application with the routes that are turned on."""
        app = web.Application()
        app.router.add_get("/", self._landing)
        if self._settings.metrics:
            app.router.add_get("/metrics", self._metrics)
        if self._settings.health_checks:
            app.router.add_get("/-/healthy", _healthy)
            app.router.add_get("/-/ready", _ready)
        return app

    async def _metrics(self, request: web.Request) -> web.Response:
        """Collect the target now."""
        timeout = scrape_timeout(request.headers, self._settings.timeout)
        scrape = await self._target.collect(timeout)
        page = render(scrape, ",".join(request.headers.getall(hdrs.ACCEPT, [])), self._process)
        response = web.Response(body=page.body, headers={**_HEADERS, hdrs.CONTENT_TYPE: page.content_type})
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            response.enable_compression(web.ContentCoding.gzip)
        return response

    async def _landing(self, request: web.Request) -> web.Response:
        """Show the target's state as it is now."""
        del request
        scrape = await self._target.collect(_PAGE_TIMEOUT_SECONDS)
        html = landing_page(self._settings, self._target.name, scrape)
        return web.Response(text=html, content_type="text/html", headers=_PAGE_HEADERS)


async def _healthy(request: web.Request) -> web.Response:
    """Say that the process runs."""
    del request
    return web.Response(text="Drawbridge exporter is healthy.\n", headers=_HEADERS)


async def _ready(request: web.Request) -> web.Response:
    """Say that scrapes are served; a target that is down does not change it."""
    del request
    return web.Response(text="Drawbridge exporter is ready.\n", headers=_HEADERS)
