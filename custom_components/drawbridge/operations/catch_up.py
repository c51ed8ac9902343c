"""Catch-up subscriptions: they start with past events from the recorder's database, then continue with live events."""

from abc import ABC, abstractmethod
from asyncio import TimerHandle
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final, Protocol

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from .caller import Caller

COALESCE_SECONDS: Final = 0.35
"""Events within this period are sent together, as in Home Assistant."""
MAX_PENDING: Final = 2048
"""The maximum number of queued events, as in Home Assistant."""
MAX_EVENT_BYTES: Final = 1_048_576
"""Past events are split into several messages above this size."""
TICK: Final = timedelta(microseconds=1)

_MAX_AT_ONCE: Final = 128
"""The number of events to filter before yielding to the event loop, and of items in a message."""


class Client(Protocol):
    """The client of a subscription."""

    def caller(self) -> Caller:
        """Return the caller with the current key."""

    def send(self, event: dict[str, Any]) -> None:
        """Send an event."""

    async def room(self) -> None:
        """Wait until the client has read the events sent so far."""


class Part(Enum):
    """A part of the past."""

    WHOLE = auto()
    """All events of a period that has ended."""
    FIRST = auto()
    """All events that were in the database when the subscription started."""
    REST = auto()
    """The events that were written to the database afterwards."""


class CatchUp(ABC):
    """Sends the past events of a period, then live events until it ends, without gaps or duplicates.

    Live events are queued from the start of the subscription, and delivered after the past events. If too many are
    queued, they are read from the database instead.
    """

    def __init__(self, client: Client, start: datetime, end: datetime | None) -> None:
        """Create a subscription to a period in UTC. The end may be ``None``."""
        self._client = client
        self._hass: HomeAssistant = client.caller().hass
        self._start = start
        self._end = end
        self._joined = dt_util.utcnow()
        self._is_past = end is not None and end <= self._joined
        self._stops: list[CALLBACK_TYPE] = []
        self._pending: list[Event[Any]] = []
        self._ready: list[Any] = []
        """What the key sees of the events of a window."""
        self._timer: TimerHandle | None = None
        self._is_live = False
        self._is_over = False

    @abstractmethod
    def _listen(self) -> list[CALLBACK_TYPE]:
        """Call ``_keep`` for each live event, until the returned functions are called."""

    @abstractmethod
    async def _send_past(self, start: datetime, end: datetime, part: Part, *, is_first: bool) -> datetime | None:
        """Send the past events of a period, and return the time of the last one.

        ``is_first`` is true if no event was sent for the earlier parts.
        """

    @abstractmethod
    def _visible(self, events: Sequence[Event[Any]]) -> Iterable[Any]:
        """Return what the key sees of live events, in order."""

    @abstractmethod
    def _send_live(self, items: Sequence[Any]) -> None:
        """Send visible items."""

    def begin(self) -> None:
        """Start to queue live events, unless the period has already ended."""
        if self._is_past:
            return
        self._stops = self._listen()
        if self._end is not None:
            self._stops.append(async_track_point_in_utc_time(self._hass, self._ended, self._end))
        self._joined = dt_util.utcnow()

    async def run(self) -> None:
        """Send the past events, then switch to live events."""
        if self._is_past:
            assert self._end is not None  # noqa: S101 - a period without end is not past
            await self._send_past(self._start, self._end, Part.WHOLE, is_first=True)
            return
        last = await self._send_past(self._start, self._joined, Part.FIRST, is_first=True)
        joined = None
        while not self._is_over and joined != self._joined:
            joined = self._joined
            await _everything_written(self._hass)
            start = (last or self._start) + TICK
            last = await self._send_past(start, joined, Part.REST, is_first=last is None) or last
        if not self._is_over:
            self._is_live = True
            self._flush()

    def stop(self) -> None:
        """Stop sending events."""
        self._is_over = True
        self._unlisten()
        self._pending.clear()
        self._ready.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @callback
    def _keep(self, event: Event[Any]) -> None:
        """Queue a live event."""
        if len(self._pending) >= MAX_PENDING:
            if not self._is_live:
                self._pending.clear()
                self._joined = dt_util.utc_from_timestamp(event.time_fired_timestamp) + TICK
                return
            self._flush()
        self._pending.append(event)
        if self._is_live and self._timer is None:
            self._timer = self._hass.loop.call_at(self._next_window(), self._flush)

    def _next_window(self) -> float:
        """Return the end of the current window, in the time of the event loop.

        Windows start at fixed times and not with their first event. That event can be out of scope, and must not affect
        when others are delivered, or in which groups.
        """
        return (self._hass.loop.time() // COALESCE_SECONDS + 1) * COALESCE_SECONDS

    def _flush(self) -> None:
        """Filter the queued events, and send what the key sees. Yields to the event loop in between.

        The visible items of a window are sent together, so that hidden events do not affect how they are grouped.
        """
        events, self._pending = self._pending[:_MAX_AT_ONCE], self._pending[_MAX_AT_ONCE:]
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._hass.loop.call_later(0, self._flush) if self._pending else None
        if events:
            self._ready += self._visible(events)
        while len(self._ready) >= _MAX_AT_ONCE or (self._ready and not self._pending):
            items, self._ready = self._ready[:_MAX_AT_ONCE], self._ready[_MAX_AT_ONCE:]
            self._send_live(items)

    @callback
    def _ended(self, _now: datetime) -> None:
        self._unlisten()

    def _unlisten(self) -> None:
        stops, self._stops = self._stops, []
        for stop in stops:
            stop()


async def _everything_written(hass: HomeAssistant) -> None:
    """Wait until everything that has happened so far is in the database.

    The recorder's own ``async_get_commit_future`` does not wait for a state that its thread has taken from the queue
    and not written yet.
    """
    from homeassistant.components.recorder.tasks import SynchronizeTask  # noqa: PLC0415 - may not be set up

    written = hass.loop.create_future()
    get_instance(hass).queue_task(SynchronizeTask(written))
    await written
