"""The logbook commands of the WebSocket API: for a period, or live."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, Final, Self, override

from homeassistant.const import EVENT_CALL_SERVICE, EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, callback, valid_entity_id
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..refusal import bad_request
from .caller import Caller
from .catch_up import MAX_EVENT_BYTES, TICK, CatchUp, Client, Part
from .declaration import Operation
from .history_stream import MAX_ANSWER_BYTES, too_large
from .logbook import visible
from .periods import DAY, windows

if TYPE_CHECKING:
    from homeassistant.components.logbook.processor import EventProcessor

PERIOD: Final = Operation("logbook.period", Capability.HISTORY, names=("entity_ids",), everything=True)
FOLLOW: Final = Operation("logbook.follow", Capability.HISTORY, names=("entity_ids",), everything=True)

_MAX_NAMED: Final = 2_000
_MAX_WINDOWS: Final = 366
_AT_ONCE: Final = 256
"""The number of entries to filter before yielding to the event loop."""
_LONG: Final = timedelta(hours=25)
"""For longer periods, Home Assistant sends the newest day first."""

type _Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """What entries must be about: entities and devices in scope, or a context. ``None`` means anything."""

    entity_ids: list[str] | None = None
    device_ids: list[str] | None = None
    context_id: str | None = None

    @property
    def is_limited(self) -> bool:
        """Whether it selects anything specific."""
        return bool(self.entity_ids or self.device_ids or self.context_id)


def select(caller: Caller, entity_ids: Sequence[str] | None, device_ids: Sequence[str] | None) -> Selection | None:
    """Return the part of a selection that is in scope; ``None`` if the logbook has no entries for it.

    Empty lists select nothing, although Home Assistant treats them as everything.

    Raises:
        RefusedError: There are too many names.

    """
    if entity_ids is None and device_ids is None:
        return Selection()
    if len(entity_ids or ()) > _MAX_NAMED or len(device_ids or ()) > _MAX_NAMED:
        raise bad_request(f"{_MAX_NAMED} entities and as many devices are the limit.")
    from homeassistant.components.logbook.helpers import async_filter_entities  # noqa: PLC0415 - may not be set up

    home = caller.home
    named = [item for item in dict.fromkeys(entity_ids or ()) if home.allows(item) and valid_entity_id(item)]
    entities = async_filter_entities(caller.hass, named)
    devices = [item for item in dict.fromkeys(device_ids or ()) if home.sees_device(item)]
    return Selection(entities, devices) if entities or devices else None


async def in_period(caller: Caller, selection: Selection, start: datetime, end: datetime) -> bytes:
    """Return the entries of a period that are in scope, as a JSON array, oldest first.

    Raises:
        RefusedError: The response is too large, or the key was changed in the meantime.

    """
    processor = _processor(caller, selection)
    with _Gathered(lambda: caller) as gathered:
        async for read in _read(processor, caller, selection, start, end):
            await gathered.add(read)
            if gathered.size > MAX_ANSWER_BYTES:
                raise too_large()
        encoded = await gathered.take()
    caller.ensure_unchanged()
    return encoded


class _Gathered:
    """The visible entries of a response.

    Filtering takes a while. If the key or its scope changes before the entries are taken, they are filtered again.
    """

    def __init__(self, current: Callable[[], Caller]) -> None:
        self._current = current
        self._key = current().key
        self._entries: list[_Entry] = []
        self._pieces: list[bytes] = []
        self._has_changed = False
        self._stop: Callable[[], None] | None = None
        self.size = 0
        self.last: float | None = None
        """The time of the last visible entry."""

    def __enter__(self) -> Self:
        self._stop = self._current().resources.directory.listen(self._entity_changed)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._stop is not None:
            self._stop()

    async def add(self, entries: Sequence[_Entry]) -> None:
        """Add entries, whether they are in scope or not."""
        for some in batched(entries, _AT_ONCE, strict=False):
            shown = visible(self._current(), some)
            if shown:
                piece = json_bytes(shown)[1:-1]
                self._pieces.append(piece)
                self.last = shown[-1]["when"]
                self._entries += shown
                self.size += len(piece)
            await asyncio.sleep(0)

    async def take(self) -> bytes:
        """Return the entries as a JSON array, and start over."""
        while self._has_changed or self._key != self._current().key:
            entries, self._entries, self._pieces = self._entries, [], []
            self._key, self._has_changed = self._current().key, False
            await self.add(entries)
        encoded = b"[" + b",".join(self._pieces) + b"]"
        self._entries, self._pieces, self.size = [], [], 0
        return encoded

    def _entity_changed(self, _entity_id: str) -> None:
        self._has_changed = True


class LogbookStream(CatchUp):
    """A subscription to entries, from a time in the past onwards."""

    def __init__(self, client: Client, selection: Selection, start: datetime, end: datetime | None) -> None:
        """Create a subscription."""
        super().__init__(client, start, end)
        self._selection = selection
        self._last_shown: datetime | None = None
        self._processor = _processor(client.caller(), selection, for_live_stream=not self._is_past)

    @override
    def _listen(self) -> list[CALLBACK_TYPE]:
        from homeassistant.components.logbook.const import DOMAIN as LOGBOOK  # noqa: PLC0415 - may not be set up
        from homeassistant.components.logbook.helpers import async_subscribe_events  # noqa: PLC0415 - the same

        stops: list[CALLBACK_TYPE] = []
        async_subscribe_events(
            self._hass,
            stops,
            self._keep_event,
            # Service calls are not entries, but are needed to find the causes of entries.
            {*self._processor.event_types, EVENT_CALL_SERVICE},
            None if self._selection.is_limited else self._hass.data[LOGBOOK].entity_filter,
            self._selection.entity_ids,
            self._selection.device_ids,
        )
        return stops

    @override
    async def run(self) -> None:
        await super().run()
        self._processor.switch_to_live()

    @override
    async def _send_past(self, start: datetime, end: datetime, part: Part, *, is_first: bool) -> datetime | None:
        is_partial = part is Part.FIRST
        # The rest begins after the last entry, which may be out of scope. Send the time of the last visible entry.
        told = start if part is not Part.REST else (self._last_shown or self._start) + TICK
        if self._selection.is_limited or end - start <= _LONG:
            return await self._send_entries(start, end, told, is_partial=is_partial)
        recent = end - DAY
        newest = await self._send_entries(recent, end, recent, is_partial=True, sends_empty=False)
        older = await self._send_entries(start, recent, told, is_partial=is_partial)
        return newest or older

    async def _send_entries(
        self, start: datetime, end: datetime, told: datetime, *, is_partial: bool, sends_empty: bool = True
    ) -> datetime | None:
        """Send the entries of a period, and return the time of the last one.

        Many entries are split into several events.

        ``told`` is the start of the period that is sent to the client.
        """
        last = None
        with _Gathered(self._client.caller) as gathered:
            async for read in _read(self._processor, self._client.caller(), self._selection, start, end):
                if self._is_over:
                    return None
                last = read[-1]["when"] if read else last
                await gathered.add(read)
                if gathered.size > MAX_EVENT_BYTES:
                    await self._send(gathered, told, end, is_partial=True)
            if gathered.size or sends_empty:
                await self._send(gathered, told, end, is_partial=is_partial)
        return None if last is None else dt_util.utc_from_timestamp(last)

    async def _send(self, gathered: _Gathered, start: datetime, end: datetime, *, is_partial: bool) -> None:
        await self._client.room()
        entries = json_fragment(await gathered.take())
        if gathered.last is not None:
            self._last_shown = max(self._last_shown or self._start, dt_util.utc_from_timestamp(gathered.last))
        more = {"partial": True} if is_partial else {}
        self._client.send({"events": entries, "start_time": start.timestamp(), "end_time": end.timestamp(), **more})

    @callback
    def _keep_event(self, event: Event[Any]) -> None:
        if _may_be_seen(self._client.caller(), event):
            self._keep(event)

    @override
    def _visible(self, events: Sequence[Event[Any]]) -> Sequence[_Entry]:
        from homeassistant.components.logbook.models import async_event_to_row  # noqa: PLC0415 - may not be set up

        caller = self._client.caller()
        rows = (async_event_to_row(event) for event in events if _may_be_seen(caller, event))
        return visible(caller, self._processor.humanify(rows))

    @override
    def _send_live(self, items: Sequence[_Entry]) -> None:
        # The key may have changed since they were filtered.
        if entries := visible(self._client.caller(), items):
            self._client.send({"events": entries})


def _may_be_seen(caller: Caller, event: Event[Any]) -> bool:
    """Return whether an event could lead to a visible entry."""
    return event.event_type != EVENT_STATE_CHANGED or caller.home.allows(event.data["entity_id"])


def _processor(caller: Caller, selection: Selection, *, for_live_stream: bool = False) -> EventProcessor:
    from homeassistant.components.logbook import processor  # noqa: PLC0415 - may not be set up
    from homeassistant.components.logbook.helpers import async_determine_event_types  # noqa: PLC0415 - the same

    return processor.EventProcessor(
        caller.hass,
        async_determine_event_types(caller.hass, selection.entity_ids, selection.device_ids),
        selection.entity_ids,
        selection.device_ids,
        selection.context_id,
        timestamp=True,
        include_entity_name=False,
        for_live_stream=for_live_stream,
    )


async def _read(
    processor: EventProcessor, caller: Caller, selection: Selection, start: datetime, end: datetime
) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield the entries of a period, in scope or not: one day at a time if nothing specific is selected."""
    recorder = get_instance(caller.hass)
    end = min(end, dt_util.utcnow() + DAY)
    whole = end - start
    length = whole if selection.is_limited else max(_LONG, whole / _MAX_WINDOWS)
    for period in windows(start, end, length):
        yield await recorder.async_add_executor_job(processor.get_events, *period)
