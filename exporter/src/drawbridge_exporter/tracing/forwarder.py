"""Fetches the spans of all bridges at regular intervals, and sends them to the collector."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol

from yarl import URL

from ..bridge.errors import FetchError, Reason
from ..bridge.fleet import Fleet
from ..bridge.target import Target
from ..bridge.traces import Span

_LOGGER: Final = logging.getLogger(__name__)

_PACKAGES: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
_AT_ONCE: Final = 20
_MAX_PAGES: Final = 8

MISSING: Final = (
    "tracing needs OpenTelemetry's packages. Install the exporter with its extra:"
    ' pip install "drawbridge-exporter[tracing]", or unset OTEL_EXPORTER_OTLP_ENDPOINT.'
)


class Sender(Protocol):
    """Sends spans, and blocks meanwhile."""

    def send(self, instance: str, version: str | None, spans: tuple[Span, ...]) -> bool:
        """Send the spans of one bridge, and return whether the collector has accepted them."""
        ...

    def close(self) -> None:
        """Do not retry any longer."""
        ...


def is_installed() -> bool:
    """Return whether the packages of the extra ``tracing`` are installed."""
    try:
        return all(find_spec(name) is not None for name in _PACKAGES)
    except ModuleNotFoundError:
        return False


@contextlib.asynccontextmanager
async def forwarding(fleet: Fleet, endpoint: URL | None, interval: float) -> AsyncIterator[None]:
    """Forward spans until the block ends, if there is an endpoint."""
    if endpoint is None:
        yield
        return
    # OpenTelemetry is imported only if it is used.
    otlp = import_module("..otlp", __name__)
    sender: Sender = otlp.OTLPSender(str(endpoint / "v1" / "traces"))
    task = asyncio.create_task(Forwarder(fleet, sender).run(interval))
    try:
        yield
    finally:
        task.cancel()
        sender.close()
        await asyncio.wait([task])


class Forwarder:
    """Forwards the spans of each bridge. A cursor for each says which of its spans were sent."""

    def __init__(self, fleet: Fleet, sender: Sender) -> None:
        """Create a forwarder for the targets of ``fleet``."""
        self._fleet = fleet
        self._sender = sender
        self._cursors: dict[str, str] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._is_failing = False

    async def run(self, interval: float) -> None:
        """Forward every ``interval`` seconds until cancelled."""
        while True:
            try:
                await self.forward()
            except Exception:
                # One broken answer must not end the forwarding.
                _LOGGER.exception("Unexpected error while spans were forwarded")
            await asyncio.sleep(interval)

    async def forward(self) -> None:
        """Forward the new spans of all bridges. Bridges that cannot be read are left out."""
        targets = list(self._fleet.all())
        names = {target.settings.name for target in targets}
        self._cursors = {name: cursor for name, cursor in self._cursors.items() if name in names}
        await asyncio.gather(*map(self._of_target, targets))

    async def _of_target(self, target: Target) -> None:
        async with self._slots:
            for _ in range(_MAX_PAGES):
                try:
                    if not await self._page(target):
                        return
                except FetchError as error:
                    # An older bridge has no spans. Others that cannot be read are reported by their scrapes.
                    if error.reason is not Reason.NOT_FOUND:
                        _LOGGER.debug("%s: no spans (%s). %s", target.settings.name, error.reason, error)
                    return

    async def _page(self, target: Target) -> bool:
        """Forward one page of spans, and return whether there are more. Spans that were not accepted are kept."""
        name, counts = target.settings.name, self._fleet.traffic.spans
        page = await target.traces(self._cursors.get(name, ""))
        if page.spans:
            accepted = await asyncio.to_thread(self._sender.send, name, target.version, page.spans)
            self._log_change(failing=not accepted)
            counts["exported" if accepted else "failed"] += len(page.spans)
            if not accepted:
                return False
        counts["lost"] += page.lost
        self._cursors[name] = page.cursor
        return page.more

    def _log_change(self, *, failing: bool) -> None:
        if failing != self._is_failing:
            self._is_failing = failing
            if failing:
                _LOGGER.warning("The collector does not accept spans. They are sent again.")
            else:
                _LOGGER.info("The collector accepts spans again")
