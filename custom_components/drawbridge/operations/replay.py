"""What happened, and then what happens: subscriptions that begin with the past, read from the recorder's database."""

from abc import ABC, abstractmethod
from asyncio import TimerHandle
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final, Protocol

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from .caller import Caller

COALESCE_SECONDS: Final = 0.35
"""Events of this period leave together, as in Home Assistant."""
MAX_PENDING: Final = 2048
"""Events that may wait, as in Home Assistant."""
MAX_EVENT_BYTES: Final = 1_048_576
"""An event with more of the past than this is followed by another one."""
TICK: Final = timedelta(microseconds=1)

_MAX_AT_ONCE: Final = 128
"""Events that are delivered before others have their turn."""


class Client(Protocol):
    """The subscriber."""

    def caller(self) -> Caller:
        """Return the caller for the key as it is now."""

    def send(self, event: dict[str, Any]) -> None:
        """Send an event."""

    async def room(self) -> None:
        """Wait until the client has read what was sent before."""


class Part(Enum):
    """A part of the past."""

    WHOLE = auto()
    """All of a period that has ended."""
    FIRST = auto()
    """All that was in the database when the subscription began."""
    REST = auto()
    """What was not in the database yet."""


class Replay(ABC):
    """Sends the past of a period, then what happens until it ends, with nothing lost or doubled in between.

    Events are kept from the beginning of the subscription. They are delivered after the past was sent. Where more
    of them come meanwhile than may wait, they are read from the database as well.
    """

    def __init__(self, client: Client, start: datetime, end: datetime | None) -> None:
        """Create the subscription to a period in UTC that may have no end."""
        self._client = client
        self._hass: HomeAssistant = client.caller().hass
        self._start = start
        self._end = end
        self._joined = dt_util.utcnow()
        self._is_past = end is not None and end <= self._joined
        self._stops: list[CALLBACK_TYPE] = []
        self._pending: list[Event[Any]] = []
        self._timer: TimerHandle | None = None
        self._is_live = False
        self._is_over = False

    @abstractmethod
    def _listen(self) -> list[CALLBACK_TYPE]:
        """Call ``_keep`` with each event, until the returned functions are called."""

    @abstractmethod
    async def _send_past(self, start: datetime, end: datetime, part: Part, *, is_first: bool) -> datetime | None:
        """Send what happened in a period. Return the time of the last event.

        ``is_first`` tells that there was nothing in the parts before.
        """

    @abstractmethod
    def _deliver(self, events: Sequence[Event[Any]]) -> None:
        """Send live events."""

    def begin(self) -> None:
        """Begin to keep events, unless the period has ended."""
        if self._is_past:
            return
        self._stops = self._listen()
        if self._end is not None:
            self._stops.append(async_track_point_in_utc_time(self._hass, self._ended, self._end))
        self._joined = dt_util.utcnow()

    async def run(self) -> None:
        """Send the past, and go live."""
        if self._is_past:
            assert self._end is not None  # noqa: S101 - a period without end is not past
            await self._send_past(self._start, self._end, Part.WHOLE, is_first=True)
            return
        last = await self._send_past(self._start, self._joined, Part.FIRST, is_first=True)
        joined = None
        while not self._is_over and joined != self._joined:
            joined = self._joined
            if (committed := get_instance(self._hass).async_get_commit_future()) is not None:
                await committed
            start = (last or self._start) + TICK
            last = await self._send_past(start, joined, Part.REST, is_first=last is None) or last
        if not self._is_over:
            self._is_live = True
            self._flush()

    def stop(self) -> None:
        """Send nothing more."""
        self._is_over = True
        self._unlisten()
        self._pending.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @callback
    def _keep(self, event: Event[Any]) -> None:
        """Keep an event until it is delivered."""
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
        """Return the end of the window, on the loop's clock.

        Windows begin at fixed times, not with the first event: that may be out of scope, and must not decide when
        others are delivered, and which of them together.
        """
        return (self._hass.loop.time() // COALESCE_SECONDS + 1) * COALESCE_SECONDS

    def _flush(self) -> None:
        """Deliver what waits, and let others have their turn in between."""
        events, self._pending = self._pending[:_MAX_AT_ONCE], self._pending[_MAX_AT_ONCE:]
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._hass.loop.call_later(0, self._flush) if self._pending else None
        if events:
            self._deliver(events)

    @callback
    def _ended(self, _now: datetime) -> None:
        self._unlisten()

    def _unlisten(self) -> None:
        stops, self._stops = self._stops, []
        for stop in stops:
            stop()
