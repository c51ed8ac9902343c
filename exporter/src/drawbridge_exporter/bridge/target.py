"""A target: one bridge. Concurrent scrapes of it share one request."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Final, Protocol

from ..config.settings import TargetSettings
from .clock import clock_skew
from .errors import FetchError, Reason
from .history import History
from .snapshot import Snapshot
from .summary import Summary, summarize
from .traces import TracePage
from .traffic import SUCCESS, Traffic

_LOGGER: Final = logging.getLogger(__name__)


class Fetcher(Protocol):
    """Fetches a snapshot within a time limit in seconds."""

    async def fetch(self, timeout: float) -> Snapshot:  # noqa: ASYNC109 - it is the transport's own limit
        """Return the snapshot or raise FetchError."""
        ...

    async def fetch_traces(self, since: str, timeout: float) -> TracePage:  # noqa: ASYNC109 - as above
        """Return the spans after a cursor or raise FetchError."""
        ...

    @property
    def certificate_expiry(self) -> float | None:
        """The expiry of the bridge's certificate as a Unix timestamp, if it is known."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Scrape:
    """The result of one scrape: either a snapshot or an error."""

    duration: float
    snapshot: Snapshot | None = None
    error: FetchError | None = None
    clock_skew: float | None = None
    certificate_expiry: float | None = None

    def summary(self, at: float) -> Summary:
        """Return what to keep of the scrape, which ended at ``at``."""
        if self.snapshot is None:
            return Summary(at, self.duration, str(self.error))
        return summarize(at, self.duration, self.snapshot, self.certificate_expiry)


class Target:
    """Collects one bridge. Concurrent scrapes share one fetch.

    A fetch is cancelled when no scrape waits for it any longer, so that a bridge
    that hangs does not delay a later scrape.
    """

    def __init__(self, settings: TargetSettings, fetcher: Fetcher, traffic: Traffic) -> None:
        """Create a target that reads from ``fetcher`` and counts its requests in ``traffic``."""
        self.settings: Final = settings
        self._fetcher = fetcher
        self._traffic = traffic
        self.history: Final = History()
        self.last: Summary | None = None
        self._flight: asyncio.Task[Scrape] | None = None
        self._waiting = 0
        self._last_reason: Reason | None = None

    async def collect(self, timeout: float) -> Scrape:  # noqa: ASYNC109 - each scrape has its own limit
        """Return the snapshot or the error after at most ``timeout`` seconds."""
        started = time.perf_counter()
        flight = self._join()
        try:
            async with asyncio.timeout(min(timeout, self.settings.timeout)):
                scrape = await asyncio.shield(flight)
        except TimeoutError:
            error = FetchError(Reason.TIMEOUT, "The bridge did not respond within the timeout of the scrape.")
            scrape = Scrape(time.perf_counter() - started, error=error)
        finally:
            self._leave(flight)
        self._traffic.results[SUCCESS if scrape.error is None else scrape.error.reason] += 1
        self.last = scrape.summary(time.time())
        self.history.add(scrape.duration, scrape.error)
        self._log_change(scrape.error)
        return scrape

    @property
    def version(self) -> str | None:
        """The version of Drawbridge, if the last scrape was successful."""
        return None if self.last is None or self.last.error is not None else self.last.bridge_version

    async def traces(self, since: str) -> TracePage:
        """Return the spans after a cursor.

        Raises:
            FetchError: The spans could not be read.

        """
        return await self._fetcher.fetch_traces(since, self.settings.timeout)

    async def close(self) -> None:
        """Wait for the fetch in progress, then close the connections."""
        if self._flight is not None:
            await asyncio.wait([self._flight])
        await self._fetcher.close()

    def _join(self) -> asyncio.Task[Scrape]:
        """Return the fetch in progress, or start one."""
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._fetch())
            self._waiting = 0
        self._waiting += 1
        return self._flight

    def _leave(self, flight: asyncio.Task[Scrape]) -> None:
        """Cancel the fetch when no scrape waits for it any longer."""
        if flight is not self._flight:
            return
        self._waiting -= 1
        if self._waiting == 0:
            self._flight = None
            flight.cancel()

    async def _fetch(self) -> Scrape:
        began, started = time.time(), time.perf_counter()
        try:
            with self._traffic.request():
                snapshot = await self._fetcher.fetch(self.settings.timeout)
        except FetchError as error:
            return Scrape(time.perf_counter() - started, error=error)
        duration = time.perf_counter() - started
        return Scrape(
            duration,
            snapshot,
            clock_skew=clock_skew(snapshot, began, duration),
            certificate_expiry=self._fetcher.certificate_expiry,
        )

    def _log_change(self, error: FetchError | None) -> None:
        """Log when the target goes down, comes up or fails for another reason."""
        reason = None if error is None else error.reason
        if reason == self._last_reason:
            return
        self._last_reason = reason
        if error is None:
            _LOGGER.info("%s: up again", self.settings.name)
        else:
            _LOGGER.warning("%s: down (%s). %s", self.settings.name, error.reason, error)
