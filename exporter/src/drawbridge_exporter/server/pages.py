"""The web server's pages: metrics on scrape, health, reload, and one for people."""

import asyncio
import math
from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web
from prometheus_client.process_collector import ProcessCollector

from ..bridge.fleet import Fleet
from ..bridge.target import Target
from ..config.settings import Settings
from ..config.yamlfile import ConfigFileError
from ..metrics.collector import ExporterCollector
from ..metrics.exposition import Page, render
from .guard import Guard
from .landing import landing_page

# Prometheus gives up at its timeout; this is left for sending the answer.
_TIMEOUT_OFFSET_SECONDS: Final = 0.5
_TIMEOUT_HEADER: Final = "X-Prometheus-Scrape-Timeout-Seconds"
_LANDING_TIMEOUT_SECONDS: Final = 5.0

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_HTML_HEADERS: Final = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def scrape_timeout(headers: Mapping[str, str]) -> float:
    """Return the seconds that a scrape may take, from Prometheus's header.

    That is the header's time less half a second, or half of it where it is
    shorter than a second; infinite where the header says nothing.
    """
    try:
        given = float(headers.get(_TIMEOUT_HEADER, ""))
    except ValueError:
        return math.inf
    if not math.isfinite(given) or given <= 0:
        return math.inf
    return max(given - _TIMEOUT_OFFSET_SECONDS, given / 2)


class Server:
    """The exporter's pages over its targets."""

    def __init__(self, settings: Settings, fleet: Fleet, guard: Guard) -> None:
        """Serve the targets of ``fleet`` to whom ``guard`` lets in."""
        self._settings = settings
        self._fleet = fleet
        self._guard = guard
        self._process = ProcessCollector(registry=None)

    def application(self) -> web.Application:
        """Return the application with the routes that are turned on."""
        app = web.Application(middlewares=[self._guard.middleware()])
        app.router.add_get("/", self._landing)
        for method in ("POST", "PUT"):
            app.router.add_route(method, "/-/reload", self._reload)
        if self._settings.metrics:
            app.router.add_get("/metrics", self._metrics)
            app.router.add_get("/probe", self._probe)
        if self._settings.health_checks:
            app.router.add_get("/-/healthy", _healthy)
            app.router.add_get("/-/ready", _ready)
        return app

    async def _metrics(self, request: web.Request) -> web.Response:
        """Collect the environment's target, if there is one, and the exporter."""
        scrape = None
        if self._fleet.default is not None:
            scrape = await self._fleet.default.collect(scrape_timeout(request.headers))
        own = (ExporterCollector(self._fleet.last_reload), self._process)
        return _answer(request, render(_accept(request), scrape, own))

    async def _probe(self, request: web.Request) -> web.Response:
        """Collect a target of the targets file."""
        name = request.query.get("target", "")
        target = self._fleet.named(name)
        if target is None:
            what = (
                f"There is no target {name!r:.80} in the targets file." if name else "Which target? Add ?target=NAME."
            )
            return web.Response(status=404 if name else 400, text=what + "\n", headers=_HEADERS)
        scrape = await target.collect(scrape_timeout(request.headers))
        return _answer(request, render(_accept(request), scrape))

    async def _reload(self, request: web.Request) -> web.Response:
        """Read the targets file now, and say what is wrong with it."""
        del request
        try:
            self._fleet.reload()
        except ConfigFileError as error:
            return web.Response(status=500, text="\n".join([*error.problems, ""]), headers=_HEADERS)
        return web.Response(text="Reloaded.\n", headers=_HEADERS)

    async def _landing(self, request: web.Request) -> web.Response:
        """Show each target's state as it is now."""
        del request
        targets: list[Target] = list(self._fleet.all())
        scrapes = await asyncio.gather(*(target.collect(_LANDING_TIMEOUT_SECONDS) for target in targets))
        html = landing_page(self._settings, list(zip(targets, scrapes, strict=True)))
        return web.Response(text=html, content_type="text/html", headers=_HTML_HEADERS)


def _accept(request: web.Request) -> str:
    return ",".join(request.headers.getall(hdrs.ACCEPT, []))


def _answer(request: web.Request, page: Page) -> web.Response:
    response = web.Response(body=page.body, headers={**_HEADERS, hdrs.CONTENT_TYPE: page.content_type})
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        response.enable_compression(web.ContentCoding.gzip)
    return response


async def _healthy(request: web.Request) -> web.Response:
    """Say that the process runs."""
    del request
    return web.Response(text="Drawbridge exporter is healthy.\n", headers=_HEADERS)


async def _ready(request: web.Request) -> web.Response:
    """Say that scrapes are served; a target that is down does not change it."""
    del request
    return web.Response(text="Drawbridge exporter is ready.\n", headers=_HEADERS)
