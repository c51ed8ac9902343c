"""The change feed: publishes state changes, encoded once for all subscribers with the same view, to all transports.

One listener serves all subscribers. When changes are frequent, they are collected for up to ``WINDOW_SECONDS``;
otherwise they are published at once. A channel serves all subscribers that see the same entities with the same
redaction. It knows which entities it has shown, so that subscribers are informed when entities enter or leave the
scope.
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
"""Changes within this period can be published together, if there were changes in the period before."""

_MAX_WINDOW_CHANGES: Final = 1024

STATE_CHANGED: Final = str(EVENT_STATE_CHANGED)
"""The type of the events of an ``EventChannel``."""

type Encode = Callable[[int], bytes]
type EntityFilter = Callable[[str], bool]
type StateChange = Event[EventStateChangedData]


class Shown(NamedTuple):
    """An entity, and its state as last sent to the subscribers; ``None`` if it was not sent before."""

    entity_id: str
    before: State | None


@dataclass(slots=True)
class Batch:
    """One publication to the subscribers of a channel.

    Attributes:
        payloads: The events of a subscription as JSON, in order.
        shown: The changed entities with their previously sent states, for subscribers that are behind.
        cache: Data derived from the payloads, such as frames, shared by subscribers of the same form.

    """

    payloads: list[bytes]
    shown: list[Shown]
    cache: dict[Any, Any] = field(default_factory=dict)


class Subscriber(Protocol):
    """Receives the batches of a channel."""

    def deliver(self, batch: Batch) -> None:
        """Receive a batch. It is shared, so only its cache may be changed."""


class Window:
    """Changes that are published together. Each is encoded once for each redaction."""

    __slots__ = ("_differences", "_events", "changes", "since", "state_json")

    def __init__(self, changes: Sequence[StateChange], since: float, state_json: StateJson) -> None:
        """Create a window of changes, in order."""
        self.changes = changes
        self.since = since
        self.state_json = state_json
        self._differences: dict[Redaction, dict[int, bytes]] = {}
        self._events: dict[Redaction, dict[int, bytes]] = {}

    def differences(self, redaction: Redaction) -> Encode:
        """Return a function that encodes a change, by its number, as a difference: a member of ``c``."""
        kept = self._differences.setdefault(redaction, {})

        def encode(number: int) -> bytes:
            found = kept.get(number)
            if found is None:
                data = self.changes[number].data
                old, new = data["old_state"], data["new_state"]
                assert old is not None  # noqa: S101 - only changes of known entities have differences
                assert new is not None  # noqa: S101 - the same
                found = kept[number] = difference(old, new, redaction)
            return found

        return encode

    def events(self, redaction: Redaction) -> Encode:
        """Return a function that encodes a change, by its number, as a Home Assistant event."""
        kept = self._events.setdefault(redaction, {})

        def encode(number: int) -> bytes:
            found = kept.get(number)
            if found is None:
                found = kept[number] = _event_json(self.changes[number], redaction, self.state_json)
            return found

        return encode


class Channel:
    """Subscribers that see the same entities with the same redaction."""

    def __init__(
        self, hass: HomeAssistant, scope: LiveScope, redaction: Redaction, entity_filter: EntityFilter | None
    ) -> None:
        """Create a channel for the entities in scope that pass the filter."""
        self._hass = hass
        self.scope = scope
        self.redaction = redaction
        self._filter = entity_filter
        self.subscribers: dict[Subscriber, None] = {}
        self.members = {state.entity_id for state in hass.states.async_all() if self.sees(state.entity_id)}

    def sees(self, entity_id: str) -> bool:
        """Return whether the channel shows an entity, if it has a state."""
        return self.scope.allows(entity_id) and (self._filter is None or self._filter(entity_id))

    def state(self, entity_id: str) -> State | None:
        """Return the state of an entity that the channel has shown."""
        return self._hass.states.get(entity_id)

    def states(self) -> Iterator[State]:
        """Yield the states that the channel shows, in Home Assistant's order."""
        members = self.members
        return (state for state in self._hass.states.async_all() if state.entity_id in members)

    def publish(self, window: Window) -> None:
        """Publish a window of changes to the subscribers."""
        raise NotImplementedError

    def entity_moved(self, entity_id: str) -> None:
        """Process an entity whose facts changed. All earlier changes have been published."""
        raise NotImplementedError

    def _deliver(self, batch: Batch) -> None:
        for subscriber in tuple(self.subscribers):
            subscriber.deliver(batch)


class EntityChannel(Channel):
    """Publishes differences of states, in the form of ``subscribe_entities``."""

    @override
    def publish(self, window: Window) -> None:
        """Publish a window of changes to each subscriber in order, with as few messages as possible."""
        events = _EntityEvents()
        members, redaction, encode = self.members, self.redaction, window.differences(self.redaction)
        for number, change in enumerate(window.changes):
            data = change.data
            entity_id, old, new = data["entity_id"], data["old_state"], data["new_state"]
            if new is not None and self.sees(entity_id):
                if old is not None and entity_id in members:
                    events.changed(entity_id, encode(number), old)
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
        """Show or remove an entity that entered or left the scope."""
        state = self._hass.states.get(entity_id)
        if state is None:
            # The next event informs about its removal.
            return
        sees = self.sees(entity_id)
        if sees == (entity_id in self.members):
            return
        events = _EntityEvents()
        if sees:
            self.members.add(entity_id)
            events.added(entity_id, compressed_state(state, self.redaction))
        else:
            self.members.discard(entity_id)
            events.removed(entity_id, state)
        self._deliver(Batch(events.payloads(), events.shown))

    def snapshot(self) -> bytes:
        """Return the states of the channel as the members of ``a``, without braces."""
        redaction = self.redaction
        return b",".join([compressed_state(state, redaction) for state in self.states()])


class EventChannel(Channel):
    """Publishes changes of states as events, in the form of ``state_changed``."""

    @override
    def publish(self, window: Window) -> None:
        """Publish the changes of entities that were in scope before, or are new."""
        payloads, shown, members = [], [], self.members
        encode = window.events(self.redaction)
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
                payloads.append(encode(number))
                shown.append(Shown(entity_id, data["old_state"]))
        if payloads:
            self._deliver(Batch(payloads, shown))

    @override
    def entity_moved(self, entity_id: str) -> None:
        """Process an entity that entered or left the scope."""
        if self._hass.states.get(entity_id) is None:
            # The next event informs about its removal.
            return
        if self.sees(entity_id):
            self.members.add(entity_id)
        else:
            self.members.discard(entity_id)


class ChangeFeed:
    """Follows all state changes, and publishes them to the channels that have subscribers."""

    def __init__(
        self,
        hass: HomeAssistant,
        directory: EntityDirectory,
        state_json: StateJson,
        published: Callable[[float], None],
    ) -> None:
        """Create a feed; ``start`` makes it follow Home Assistant.

        ``published`` is called with the delay in seconds between the first change and its publication.
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
        """Return the channel of differences. Equal filters have equal keys."""
        return self._channel(EntityChannel, scope, redaction, entity_filter, filter_key)

    def events(self, scope: LiveScope, redaction: Redaction) -> EventChannel:
        """Return the channel of events."""
        return self._channel(EventChannel, scope, redaction, None, None)

    def join(self, channel: Channel, subscriber: Subscriber) -> None:
        """Subscribe to everything that happens from now on."""
        channel.subscribers[subscriber] = None

    def leave(self, channel: Channel, subscriber: Subscriber) -> None:
        """Unsubscribe."""
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
        """Stop listening, because there are no subscribers."""
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
    """Collects changes into as few events as possible, without losing a change or the order.

    An event contains changes of one kind, and at most one for each entity.
    """

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self._groups: list[tuple[str, dict[str, bytes]]] = []

    def added(self, entity_id: str, text: bytes) -> None:
        """Add an entity that appeared. ``text`` is its state with its ID."""
        self._add("a", entity_id, text)
        self.shown.append(Shown(entity_id, None))

    def changed(self, entity_id: str, text: bytes, old: State) -> None:
        """Add a difference with the ID of its entity."""
        self._add("c", entity_id, text)
        self.shown.append(Shown(entity_id, old))

    def removed(self, entity_id: str, old: State | None) -> None:
        """Add a removed entity."""
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
    """Return an event of ``subscribe_entities`` of one kind: ``a``, ``c`` or ``r``."""
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
