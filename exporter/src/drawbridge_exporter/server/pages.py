"""The pages of the web server: metrics, health, reload and the landing page."""

import asyncio
import math
from collections.abc import Iterator, Mapping
from typing import Final

from aiohttp import hdrs, web, web_response
from aiohttp.typedefs import Handler
from prometheus_client.process_collector import ProcessCollector

from ..bridge.fleet import Fleet
from ..bridge.target import Scrape, Target
from ..config.settings import Settings
from ..config.yamlfile import ConfigFileError
from ..metrics.exporter import ExporterCollector
from ..metrics.exposition import Page, render
from ..scrape_limit import ScrapeLimit, TooManyScrapesError
from .debug import configuration, probe_report, service_discovery
from .fleet_page import fleet_page
from .guard import Guard
from .landing import landing_page
from .own_requests import OwnRequests

# Leaves time to send the response before Prometheus times out.
_TIMEOUT_OFFSET_SECONDS: Final = 0.5
_TIMEOUT_HEADER: Final = "X-Prometheus-Scrape-Timeout-Seconds"
_LANDING_TIMEOUT_SECONDS: Final = 5.0
_MAX_READ_TARGETS: Final = 10

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
    """Return the timeout of a scrape in seconds, from Prometheus's header.

    The timeout is half a second less than the header, or half of it if it is
    less than a second. Without a valid header, it is infinite.
    """
    try:
        given = float(headers.get(_TIMEOUT_HEADER, ""))
    except ValueError:
        return math.inf
    if not math.isfinite(given) or given <= 0:
        return math.inf
    return max(given - _TIMEOUT_OFFSET_SECONDS, given / 2)


# aiohttp puts the versions of Python and aiohttp into the Server header of every response, also of those to requests
# that are not HTTP, which no middleware and no signal sees.
vars(web_response)["SERVER_SOFTWARE"] = "drawbridge-exporter"


class Server:
    """Serves the pages of the exporter."""

    def __init__(self, settings: Settings, fleet: Fleet, guard: Guard) -> None:
        """Create a server for the targets of ``fleet``, protected by ``guard``."""
        self._settings = settings
        self._fleet = fleet
        self._guard = guard
        self._process = ProcessCollector(registry=None)
        self._limit = ScrapeLimit(settings.max_requests)
        self._requests = OwnRequests([path for _, path, _ in self._routes()], settings.route_prefix)

    def application(self) -> web.Application:
        """Return the application with the enabled routes, below the route prefix."""
        root = web.Application(middlewares=[self._requests.middleware(), self._guard.middleware()])
        prefix = self._settings.route_prefix
        for method, path, handler in self._routes():
            root.router.add_route(method, prefix + path, handler)
        if prefix:
            root.router.add_get(prefix, self._to_landing)
        return root

    def _routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Yield the method, the path and the handler of each enabled route."""
        yield "GET", "/", self._landing
        yield "GET", "/fleet", self._fleet_page
        yield "GET", "/config", self._config
        yield "POST", "/-/reload", self._reload
        yield "PUT", "/-/reload", self._reload
        if self._settings.metrics:
            yield "GET", "/metrics", self._metrics
            yield "GET", "/probe", self._probe
            yield "GET", "/sd", self._discover
        if self._settings.health_checks:
            yield "GET", "/-/healthy", _healthy
            yield "GET", "/-/ready", _ready

    async def _to_landing(self, request: web.Request) -> web.Response:
        """Redirect the prefix without a slash to the landing page."""
        del request
        raise web.HTTPFound(f"{self._settings.link_prefix}/")

    async def _config(self, request: web.Request) -> web.Response:
        """Return the current configuration without keys."""
        del request
        text = configuration(self._settings, list(self._fleet.all()))
        return web.Response(text=text, content_type="text/plain", headers=_HEADERS)

    async def _discover(self, request: web.Request) -> web.Response:
        """Return the targets of the targets file for Prometheus's http_sd_configs."""
        text = service_discovery(self._fleet.names(), request.host, self._settings.route_prefix)
        return web.Response(text=text, content_type="application/json", headers=_HEADERS)

    async def _metrics(self, request: web.Request) -> web.Response:
        """Return the metrics of the default target, if there is one, and of the exporter."""
        scrape = None
        if self._fleet.default is not None:
            scrape = await self._collect(request, self._fleet.default)
        own = (ExporterCollector(self._fleet, self._limit), self._requests, self._process)
        return _answer(request, render(_accept(request), scrape, own))

    async def _collect(self, request: web.Request, target: Target) -> Scrape:
        """Collect a target within the limit of concurrent scrapes and the timeout of the request."""
        try:
            with self._limit.scrape():
                return await target.collect(scrape_timeout(request.headers))
        except TooManyScrapesError:
            text = f"Limit of concurrent requests reached ({self._limit.maximum}), try again later.\n"
            raise web.HTTPServiceUnavailable(text=text, headers={**_HEADERS, "Retry-After": "1"}) from None

    async def _probe(self, request: web.Request) -> web.Response:
        """Return the metrics of a target of the targets file."""
        name = request.query.get("target", "")
        target = self._fleet.named(name)
        if target is None:
            what = (
                f"The targets file has no target {name!r:.80}." if name else "No target. Add ?target=NAME to the URL."
            )
            return web.Response(status=404 if name else 400, text=what + "\n", headers=_HEADERS)
        scrape = await self._collect(request, target)
        if request.query.get("debug") == "true":
            report = probe_report(target, scrape, render("", scrape))
            return web.Response(text=report, content_type="text/plain", headers=_HEADERS)
        return _answer(request, render(_accept(request), scrape))

    async def _reload(self, request: web.Request) -> web.Response:
        """Reload the targets file. If it is invalid, return its problems."""
        del request
        try:
            self._fleet.reload()
        except ConfigFileError as error:
            return web.Response(status=500, text="\n".join([*error.problems, ""]), headers=_HEADERS)
        return web.Response(text="Reloaded.\n", headers=_HEADERS)

    async def _fleet_page(self, request: web.Request) -> web.Response:
        """Return a page with the last results of all targets."""
        del request
        html = await fleet_page(self._fleet, self._limit, self._settings.link_prefix)
        return web.Response(text=html, content_type="text/html", headers=_HTML_HEADERS)

    async def _landing(self, request: web.Request) -> web.Response:
        """Return a page with the current state of each target; of many targets, with their last results."""
        targets: list[Target] = list(self._fleet.all())
        if len(targets) > _MAX_READ_TARGETS:
            return await self._fleet_page(request)
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
    """Return 200 while the process is running."""
    del request
    return web.Response(text="Drawbridge exporter is healthy.\n", headers=_HEADERS)


async def _ready(request: web.Request) -> web.Response:
    """Return 200 while the exporter serves scrapes, even if a target is down."""
    del request
    return web.Response(text="Drawbridge exporter is ready.\n", headers=_HEADERS)
