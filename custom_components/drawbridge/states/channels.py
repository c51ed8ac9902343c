"""Channels: the subscribers that see the same entities with the same redaction.

A channel knows which entities it has shown, so that subscribers are informed when entities enter or leave the scope.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, override

from homeassistant.core import HomeAssistant, State

from ..scope.redaction import Redaction
from ..scope.resolver import LiveScope
from .compressed import compressed_state
from .entity_events import EntityEvents, Shown
from .window import Window

type EntityFilter = Callable[[str], bool]


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
        events = EntityEvents()
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
        events = EntityEvents()
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
