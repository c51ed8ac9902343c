"""History in Home Assistant's compressed form: for a period, or live."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Final, override

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
    valid_entity_id,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
from homeassistant.util.json import json_loads

from ..keys import Capability
from ..refusal import bad_request
from ..scope.redaction import Redaction, without_bearer_text
from .caller import Caller
from .catch_up import MAX_EVENT_BYTES, TICK, CatchUp, Client, Part
from .declaration import Operation
from .history_states import CompressedState, HistoryQuery, any_changed, read_states, redact
from .periods import DAY, windows

PERIOD: Final = Operation("history.period", Capability.HISTORY, names=("entity_ids",))
FOLLOW: Final = Operation("history.follow", Capability.HISTORY, names=("entity_ids",))

MAX_ANSWER_BYTES: Final = 33_554_432
"""The maximum size of a result, which is kept in memory as a whole."""

_MAX_ENTITIES: Final = 2_000
_ENTITIES_AT_ONCE: Final = 16
_MAX_WINDOWS: Final = 60
_AHEAD: Final = timedelta(hours=1)
"""How far in the future states can be after the clock was set back."""


@dataclass(frozen=True, slots=True)
class _Slice:
    """The states of an entity in a part of the period.

    Attributes:
        entity_id: The entity.
        encoded: JSON without the brackets.
        last: The time of the last state.
        redaction: The redaction of ``encoded``.

    """

    entity_id: str
    encoded: bytes
    last: float
    redaction: Redaction

    def shown(self, redaction: Redaction) -> bytes:
        """Return the states with the current redaction."""
        if redaction == self.redaction:
            return self.encoded
        states: Any = json_loads(b"[" + self.encoded + b"]")
        redact(self.entity_id, states, redaction)
        return json_bytes(states)[1:-1]


@dataclass(slots=True)
class _Gathered:
    """The slices of a response."""

    lists: dict[str, list[_Slice]] = field(default_factory=dict)
    size: int = 0

    def add(self, item: _Slice) -> None:
        self.lists.setdefault(item.entity_id, []).append(item)
        self.size += len(item.encoded)

    def encoded(self, caller: Caller) -> bytes:
        """Return the lists of the entities that are currently in scope, as one JSON object."""
        members = [
            json_bytes(entity_id) + b":[" + b",".join([item.shown(caller.redaction) for item in slices]) + b"]"
            for entity_id, slices in self.lists.items()
            if caller.home.allows(entity_id)
        ]
        return b"{" + b",".join(members) + b"}"


def are_valid(caller: Caller, entity_ids: Sequence[str]) -> bool:
    """Return whether all strings are valid entity IDs. Raises ``RefusedError`` if there are too many."""
    if len(entity_ids) > _MAX_ENTITIES:
        raise bad_request(f"Invalid entity_ids: {_MAX_ENTITIES} entities are the limit.")
    return all(caller.home.state(item) is not None or valid_entity_id(item) for item in entity_ids)


async def in_period(caller: Caller, query: HistoryQuery, *, has_end: bool) -> bytes:
    """Return the states of each entity in scope that has some, as a JSON object.

    Args:
        caller: The key.
        query: The query.
        has_end: Whether the client set the end of the period.

    Raises:
        RefusedError: The response is too large, or the key was changed in the meantime.

    """
    gathered = _Gathered()
    if _may_have_states(caller, query, has_end=has_end):
        async for item in _slices(lambda: caller, query):
            gathered.add(item)
            if gathered.size > MAX_ANSWER_BYTES:
                raise too_large()
    caller.ensure_unchanged()
    return gathered.encoded(caller)


def too_large() -> Exception:
    """Return the refusal for a response that would be too large."""
    megabytes = MAX_ANSWER_BYTES // 1_048_576
    return bad_request(f"The answer would be larger than {megabytes} MiB. Ask for a shorter period, or for less.")


class HistoryStream(CatchUp):
    """A subscription to the states of entities, from a time in the past onwards."""

    def __init__(self, client: Client, query: HistoryQuery, end: datetime | None) -> None:
        """Create a subscription. The end of the query is ignored."""
        super().__init__(client, query.start, end)
        self._query = query

    @override
    def _listen(self) -> list[CALLBACK_TYPE]:
        return [async_track_state_change_event(self._hass, self._query.entity_ids, self._forward)]

    @callback
    def _forward(self, event: Event[EventStateChangedData]) -> None:
        from homeassistant.components.recorder import history  # noqa: PLC0415 - may not be set up

        old, new = event.data["old_state"], event.data["new_state"]
        if old is None or new is None or not self._client.caller().home.allows(new.entity_id):
            return
        skips = self._query.significant or self._query.minimal
        if not skips or new.state != old.state or new.domain in history.SIGNIFICANT_DOMAINS:
            self._keep(event)

    @override
    async def _send_past(self, start: datetime, end: datetime, part: Part, *, is_first: bool) -> datetime | None:
        initial = self._query.initial_state and part is not Part.REST
        query = replace(self._query, start=start, end=end, initial_state=initial)
        gathered, last, has_sent = _Gathered(), 0.0, False
        if part is not Part.WHOLE or initial or any_changed(self._client.caller(), query):
            async for item in _slices(self._client.caller, query):
                gathered.add(item)
                last = max(last, item.last)
                if self._is_over:
                    return None
                if gathered.size > MAX_EVENT_BYTES:
                    await self._send_states(gathered, start, dt_util.utc_from_timestamp(last))
                    gathered, has_sent = _Gathered(), True
        newest = dt_util.utc_from_timestamp(last) if last else None
        if gathered.size or (is_first and not has_sent):
            await self._send_states(gathered, start, newest or end)
        return newest

    async def _send_states(self, gathered: _Gathered, start: datetime, end: datetime) -> None:
        await self._client.room()
        states = json_fragment(gathered.encoded(self._client.caller()))
        self._client.send({"states": states, "start_time": start.timestamp(), "end_time": end.timestamp()})

    @override
    def _visible(self, events: Sequence[Event[EventStateChangedData]]) -> list[State]:
        return self._allowed([state for event in events if (state := event.data["new_state"]) is not None])

    @override
    def _send_live(self, items: Sequence[State]) -> None:
        redaction, no_attributes = self._client.caller().redaction, self._query.no_attributes
        states: dict[str, list[CompressedState]] = {}
        # The key may have changed since they were filtered.
        for state in self._allowed(items):
            shown = _compressed(state, redaction, no_attributes=no_attributes)
            states.setdefault(state.entity_id, []).append(shown)
        if states:
            self._client.send({"states": states})

    def _allowed(self, states: Sequence[State]) -> list[State]:
        home = self._client.caller().home
        return [state for state in states if home.allows(state.entity_id)]


def _may_have_states(caller: Caller, query: HistoryQuery, *, has_end: bool) -> bool:
    """Return whether the database can have states for the query."""
    oldest = get_instance(caller.hass).states_manager.oldest_ts
    if has_end and (oldest is None or query.end.timestamp() < oldest):
        return False
    return query.initial_state or any_changed(caller, query)


async def _slices(current: Callable[[], Caller], query: HistoryQuery) -> AsyncIterator[_Slice]:
    """Yield the states of the entities in scope: a few entities and a part of the period at a time."""
    hass = current().hass
    recorder = get_instance(hass)
    periods = list(_periods(query, recorder.states_manager.oldest_ts))
    for group in batched(dict.fromkeys(query.entity_ids), _ENTITIES_AT_ONCE, strict=False):
        endings: dict[str, str | None] = {}
        for number, (start, end) in enumerate(periods):
            caller = current()
            allowed = [item for item in group if caller.home.allows(item)]
            if not allowed:
                continue
            initial = query.initial_state and number == 0
            part = replace(query, start=start, end=end, entity_ids=allowed, initial_state=initial)
            for item in await recorder.async_add_executor_job(_read, hass, part, endings, caller.redaction):
                yield item


def _periods(query: HistoryQuery, oldest: float | None) -> Iterator[tuple[datetime, datetime]]:
    """Split the period into parts. Times before the oldest state and times in the future are left out."""
    start, end = query.start, min(query.end, dt_util.utcnow() + _AHEAD)
    if oldest is None or query.end <= query.start:
        return iter([(start, end)])
    start = max(start, dt_util.utc_from_timestamp(oldest) - TICK)
    end = max(start, end)
    return windows(start, end, max(DAY, (end - start) / _MAX_WINDOWS))


def _read(
    hass: HomeAssistant, query: HistoryQuery, endings: dict[str, str | None], redaction: Redaction
) -> list[_Slice]:
    """Read states from the database. Call this in the recorder's executor.

    ``endings`` has the last state of each entity in the previous part, and is updated.
    """
    return [
        _Slice(entity_id, json_bytes(states)[1:-1], states[-1]["lu"], redaction)
        for entity_id, states in read_states(hass, query, endings, redaction).items()
    ]


def _compressed(state: State, redaction: Redaction, *, no_attributes: bool) -> CompressedState:
    """Return a live state in the form of the stored states."""
    from homeassistant.components.recorder.history import NEED_ATTRIBUTE_DOMAINS  # noqa: PLC0415 - may not be set up

    shown: CompressedState = {"s": without_bearer_text(state.state)}
    if not no_attributes or state.domain in NEED_ATTRIBUTE_DOMAINS:
        shown["a"] = redaction.attributes(state.entity_id, state.attributes)
    shown["lu"] = state.last_updated_timestamp
    if state.last_changed != state.last_updated:
        shown["lc"] = state.last_changed_timestamp
    return shown
