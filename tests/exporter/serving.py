"""The exporter's own server within the test's process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

import aiohttp
from aiohttp import web
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from yarl import URL

from drawbridge_exporter.bridge.fleet import Fleet
from drawbridge_exporter.config.settings import Defaults, Settings, TargetSettings
from drawbridge_exporter.config.values import BRIDGE_PATH, KeySource, ListenAddress
from drawbridge_exporter.server.guard import Guard, WebConfigFile
from drawbridge_exporter.server.pages import Server

from .documents import KEY

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
_NO_LABELS: MappingProxyType[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    text: str

    def families(self) -> dict[str, Metric]:
        """Return the metric families that the text holds, by name."""
        read = parse_openmetrics if "openmetrics" in self.headers["Content-Type"] else parse_text
        return {family.name: family for family in read(self.text)}

    def value(self, sample: str, labels: dict[str, str] | MappingProxyType[str, str] = _NO_LABELS) -> float | None:
        """Return a sample's value, None where the series is absent."""
        for family in self.families().values():
            for found in family.samples:
                if found.name == sample and found.labels == labels:
                    return found.value
        return None


class Exporter:
    """A server at ``url``."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        """Send requests with ``session``."""
        self.url = url
        self._session = session

    async def get(self, path: str, **headers: str) -> Answer:
        """Return the answer to a GET; underscores in header names are hyphens."""
        return await self.request("GET", path, **headers)

    async def request(self, method: str, path: str, **headers: str) -> Answer:
        """Return the answer to any method."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.request(method, self.url + path, headers=named, allow_redirects=False) as response:
            return Answer(response.status, dict(response.headers), await response.text())


def settings_for(url: str, *, key: str = KEY, timeout: float = 5.0, switches: bool = True) -> Settings:
    """Return settings with one target and no files."""
    target = TargetSettings("home", URL(url + BRIDGE_PATH), KeySource(literal=key), timeout)
    return Settings(
        target=target,
        defaults=Defaults(timeout, None),
        targets_file=None,
        web_config_file=None,
        listen=(ListenAddress("127.0.0.1", 0),),
        route_prefix="",
        link_prefix="",
        pool_size=5,
        max_requests=100,
        metrics=switches,
        health_checks=switches,
        log_level="INFO",
        log_format="text",
    )


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Exporter]:
    """Serve with ``settings``, without TLS, until the block ends."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as own:
        fleet = Fleet(settings)
        guard = Guard(WebConfigFile(settings.web_config_file))
        server = Server(settings, fleet, guard)
        runner = web.AppRunner(server.application(), shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield Exporter(f"http://127.0.0.1:{runner.addresses[0][1]}", own)
        finally:
            await runner.cleanup()
            await fleet.close()
