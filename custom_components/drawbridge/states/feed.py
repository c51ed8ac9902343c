"""The change feed: what changed, encoded once for all that see the same, whatever the transport.

There is one listener for all subscribers. Changes are gathered for up to ``WINDOW_SECONDS`` when they come thick and
fast, and published at once otherwise. A channel serves all subscribers that see the same entities with the same
redaction; it knows which entities it has shown, so a subscriber hears of everything that enters or leaves its scope.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol, override

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.json import json_bytes, json_fragment

from ..scope.redaction import Redaction
from ..scope.resolver import EntityDirectory, LiveScope
from .compressed import compressed_state, difference
from .state_json import StateJson

WINDOW_SECONDS: Final = 0.01
"""Changes of this period may leave together, when there were changes in the period before."""

_MAX_WINDOW_CHANGES: Final = 1024

type EntityFilter = Callable[[str], bool]
type StateChange = Event[EventStateChangedData]


class Shown(NamedTuple):
    """An entity, and its state as the subscriber last heard of it; ``None`` for one that it had not heard of."""

    entity_id: str
    before: State | None


@dataclass(slots=True)
class Batch:
    """What one publication tells the subscribers of a channel.

    Attributes:
        payloads: JSON texts, in order: the events of a subscription.
        shown: The entities that changed, with what was shown of them before, for subscribers that are behind.
        cache: What subscribers made of the payloads, such as frames, for others of the same form.

    """

    payloads: list[bytes]
    shown: list[Shown]
    cache: dict[Any, Any] = field(default_factory=dict)


class Subscriber(Protocol):
    """Somebody whom a channel tells what changed."""

    def deliver(self, batch: Batch) -> None:
        """Take a batch. It is shared: it must not be changed but for its cache."""


class Window:
    """The changes that are published together. Each is encoded once for each redaction."""

    __slots__ = ("_differences", "_events", "changes", "since", "state_json")

    def __init__(self, changes: Sequence[StateChange], since: float, state_json: StateJson) -> None:
        """Create a window of these changes, in order."""
        self.changes = changes
        self.since = since
        self.state_json = state_json
        self._differences: dict[tuple[int, Redaction], bytes] = {}
        self._events: dict[tuple[int, Redaction], bytes] = {}

    def difference(self, number: int, redaction: Redaction) -> bytes:
        """Return a change as a difference: a member of ``c``."""
        found = self._differences.get((number, redaction))
        if found is None:
            data = self.changes[number].data
            old, new = data["old_state"], data["new_state"]
            assert old is not None  # noqa: S101 - only changes of known entities have differences
            assert new is not None  # noqa: S101 - the same
            found = self._differences[number, redaction] = difference(old, new, redaction)
        return found

    def event(self, number: int, redaction: Redaction) -> bytes:
        """Return a change as an event of Home Assistant."""
        found = self._events.get((number, redaction))
        if found is None:
            found = self._events[number, redaction] = _event_json(self.changes[number], redaction, self.state_json)
        return found


class Channel:
    """Subscribers that see the same entities with the same redaction."""

    def __init__(
        self, hass: HomeAssistant, scope: LiveScope, redaction: Redaction, entity_filter: EntityFilter | None
    ) -> None:
        """Create a channel that shows the entities in scope that pass the filter."""
        self._hass = hass
        self.scope = scope
        self.redaction = redaction
        self._filter = entity_filter
        self.subscribers: dict[Subscriber, None] = {}
        self.members = {state.entity_id for state in hass.states.async_all() if self.sees(state.entity_id)}

    def sees(self, entity_id: str) -> bool:
        """Return whether the channel shows an entity, if it has a state."""
        return self.scope.allows(entity_id) and (self._filter is None or self._filter(entity_id))

    def states(self) -> Iterator[State]:
        """Yield the states that the channel shows, in Home Assistant's order."""
        members = self.members
        return (state for state in self._hass.states.async_all() if state.entity_id in members)

    def publish(self, window: Window) -> None:
        """Tell the subscribers of a window of changes."""
        raise NotImplementedError

    def entity_moved(self, entity_id: str) -> None:
        """Take note of an entity whose facts changed, after everything before it was published."""
        raise NotImplementedError

    def _deliver(self, batch: Batch) -> None:
        for subscriber in tuple(self.subscribers):
            subscriber.deliver(batch)


class EntityChannel(Channel):
    """Publishes differences of states, in the form of ``subscribe_entities``."""

    @override
    def publish(self, window: Window) -> None:
        """Tell the subscribers of a window of changes: each, in order, as few messages as possible."""
        events = _EntityEvents()
        members, redaction = self.members, self.redaction
        for number, change in enumerate(window.changes):
            data = change.data
            entity_id, old, new = data["entity_id"], data["old_state"], data["new_state"]
            if new is not None and self.sees(entity_id):
                if old is not None and entity_id in members:
                    events.changed(entity_id, window.difference(number, redaction), old)
                else:
                    members.add(entity_id)
                    events.added(entity_id, compressed_state(new, redaction))
            elif entity_id in members:
                members.discard(entity_id)
                events.removed(entity_id, old)
        if events.shown:
            self._deliver(Batch(events.payloads(), events.shown))

    @override
    def entity_moved(self, entity_id: str) -> None:
        """Show or withdraw an entity that entered or left the scope."""
        state = self._hass.states.get(entity_id)
        sees, shown = state is not None and self.sees(entity_id), entity_id in self.members
        if sees == shown:
            return
        events = _EntityEvents()
        if sees and state is not None:
            self.members.add(entity_id)
            events.added(entity_id, compressed_state(state, self.redaction))
        else:
            self.members.discard(entity_id)
            events.removed(entity_id, state)
        self._deliver(Batch(events.payloads(), events.shown))

    def snapshot(self) -> bytes:
        """Return all states that the channel shows, as the members of ``a``, without braces."""
        redaction = self.redaction
        return b",".join([compressed_state(state, redaction) for state in self.states()])


class EventChannel(Channel):
    """Publishes changes of states as events, in the form of ``state_changed``."""

    @override
    def publish(self, window: Window) -> None:
        """Tell the subscribers of those changes whose entity was in scope before, or is new."""
        payloads, shown, members = [], [], self.members
        for number, change in enumerate(window.changes):
            data = change.data
            entity_id, new = data["entity_id"], data["new_state"]
            if new is None:
                is_seen = entity_id in members
                members.discard(entity_id)
            else:
                is_seen = self.sees(entity_id) and (entity_id in members or data["old_state"] is None)
                if is_seen:
                    members.add(entity_id)
            if is_seen:
                payloads.append(window.event(number, self.redaction))
                shown.append(Shown(entity_id, data["old_state"]))
        if payloads:
            self._deliver(Batch(payloads, shown))

    @override
    def entity_moved(self, entity_id: str) -> None:
        """Follow an entity into the scope or out of it.

        The event of a state that is gone may still come: Home Assistant renames an entity before it tells of that.
        """
        if not self.sees(entity_id):
            self.members.discard(entity_id)
        elif self._hass.states.get(entity_id) is not None:
            self.members.add(entity_id)


class ChangeFeed:
    """Follows all changes of states, and publishes them to the channels that have subscribers."""

    def __init__(
        self,
        hass: HomeAssistant,
        directory: EntityDirectory,
        state_json: StateJson,
        published: Callable[[float], None],
    ) -> None:
        """Create a feed; ``start`` makes it follow Home Assistant.

        ``published`` is told the seconds from the first change of a publication until it was handed out.
        """
        self._published = published
        self._hass = hass
        self._directory = directory
        self._state_json = state_json
        self._channels: dict[tuple[Any, ...], Channel] = {}
        self._pending: list[StateChange] = []
        self._pending_since = 0.0
        self._flushed_at = 0.0
        self._handle: asyncio.Handle | None = None
        self._stop_listening: CALLBACK_TYPE | None = None
        self._is_publishing = False

    def start(self) -> CALLBACK_TYPE:
        """Follow the registries until the returned function is called."""
        stop = self._directory.listen(self._entity_moved)

        def stop_all() -> None:
            stop()
            self._channels.clear()
            self._idle()

        return stop_all

    def __len__(self) -> int:
        """Return the number of channels."""
        return len(self._channels)

    def entities(
        self, scope: LiveScope, redaction: Redaction, entity_filter: EntityFilter | None, filter_key: object
    ) -> EntityChannel:
        """Return the channel of differences. Filters with equal keys let the same entities pass."""
        return self._channel(EntityChannel, scope, redaction, entity_filter, filter_key)

    def events(self, scope: LiveScope, redaction: Redaction) -> EventChannel:
        """Return the channel of events."""
        return self._channel(EventChannel, scope, redaction, None, None)

    def join(self, channel: Channel, subscriber: Subscriber) -> None:
        """Tell a subscriber of everything that happens from now on."""
        channel.subscribers[subscriber] = None

    def leave(self, channel: Channel, subscriber: Subscriber) -> None:
        """Tell a subscriber nothing more."""
        channel.subscribers.pop(subscriber, None)
        if not channel.subscribers:
            self._channels = {key: item for key, item in self._channels.items() if item is not channel}
        if not self._channels:
            self._idle()

    def flush(self) -> None:
        """Publish all changes so far."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if not self._pending or self._is_publishing:
            return
        changes, self._pending = self._pending, []
        self._flushed_at = self._hass.loop.time()
        window = Window(changes, self._pending_since, self._state_json)
        self._is_publishing = True
        try:
            for channel in tuple(self._channels.values()):
                channel.publish(window)
        finally:
            self._is_publishing = False
        self._published(self._hass.loop.time() - window.since)

    def _channel[T: Channel](
        self,
        kind: type[T],
        scope: LiveScope,
        redaction: Redaction,
        entity_filter: EntityFilter | None,
        filter_key: object,
    ) -> T:
        self.flush()
        key = kind, scope.scope, redaction, filter_key
        channel = self._channels.get(key)
        if channel is None or channel.scope is not scope:
            channel = self._channels[key] = kind(self._hass, scope, redaction, entity_filter)
        if self._stop_listening is None:
            self._stop_listening = self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._state_changed)
        assert isinstance(channel, kind)  # noqa: S101 - the kind is part of the key
        return channel

    def _idle(self) -> None:
        """Stop listening: there is nobody to tell."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._pending.clear()

    @callback
    def _state_changed(self, event: StateChange) -> None:
        self._pending.append(event)
        if self._handle is not None:
            if len(self._pending) >= _MAX_WINDOW_CHANGES:
                self.flush()
            return
        loop = self._hass.loop
        now = self._pending_since = loop.time()
        due = self._flushed_at + WINDOW_SECONDS
        self._handle = loop.call_soon(self._flush_due) if due <= now else loop.call_at(due, self._flush_due)

    def _flush_due(self) -> None:
        self._handle = None
        self.flush()

    def _entity_moved(self, entity_id: str) -> None:
        self.flush()
        for channel in tuple(self._channels.values()):
            channel.entity_moved(entity_id)


class _EntityEvents:
    """Gathers changes into as few events as possible, without losing one or their order.

    An event holds changes of one kind, and of each entity one at most.
    """

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self._groups: list[tuple[str, dict[str, bytes]]] = []

    def added(self, entity_id: str, text: bytes) -> None:
        """Add an entity that appeared; ``text`` is its state with its id."""
        self._add("a", entity_id, text)
        self.shown.append(Shown(entity_id, None))

    def changed(self, entity_id: str, text: bytes, old: State) -> None:
        """Add a difference, with its id."""
        self._add("c", entity_id, text)
        self.shown.append(Shown(entity_id, old))

    def removed(self, entity_id: str, old: State | None) -> None:
        """Add an entity that is gone."""
        self._add("r", entity_id, json_bytes(entity_id))
        self.shown.append(Shown(entity_id, old))

    def payloads(self) -> list[bytes]:
        """Return the events."""
        return [entity_event(kind, texts.values()) for kind, texts in self._groups]

    def _add(self, kind: str, entity_id: str, text: bytes) -> None:
        if not self._groups or self._groups[-1][0] != kind or entity_id in self._groups[-1][1]:
            self._groups.append((kind, {}))
        self._groups[-1][1][entity_id] = text


def entity_event(kind: str, texts: Iterable[bytes]) -> bytes:
    """Return an event of ``subscribe_entities`` of a kind: ``a``, ``c`` or ``r``."""
    opening, closing = (b"[", b"]") if kind == "r" else (b"{", b"}")
    return b"".join((b'{"', kind.encode(), b'":', opening, b",".join(texts), closing, b"}"))


def _event_json(event: StateChange, redaction: Redaction, state_json: StateJson) -> bytes:
    old, new = event.data["old_state"], event.data["new_state"]
    data = {
        "entity_id": event.data["entity_id"],
        "old_state": None if old is None else json_fragment(state_json.encode_once(old, redaction)),
        "new_state": None if new is None else json_fragment(state_json.encode(new, redaction)),
    }
    return json_bytes({**event.as_dict(), "data": data})
