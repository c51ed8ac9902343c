"""Distributes all events except state changes to the subscribers that may see them.

One listener serves all subscribers. Subscribers of keys with the same view form a group: an event is filtered once for
each group, and encoded once for all groups with the same result. State changes are distributed by the change feed.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, MATCH_ALL
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from ..scope.model import Scope
from ..states.channels import Batch, Subscriber
from .caller import Caller
from .event_filter import Data, EventFilter, event_json
from .visible_registries import SUBJECTS, Change, Effect, VisibleRegistries


class EventGroup:
    """Subscribers of keys that see the same events."""

    def __init__(self, caller: Caller, registries: VisibleRegistries) -> None:
        """Create a group for keys with the same view as a caller."""
        self.registries = registries
        self.filter = EventFilter(caller, registries)
        self.subscribers: dict[Subscriber, frozenset[str]] = {}

    def wanting(self, event_type: str) -> list[Subscriber]:
        """Return the subscribers of a type of event."""
        return [item for item, wanted in self.subscribers.items() if event_type in wanted or MATCH_ALL in wanted]


class EventHub:
    """Distributes events to groups of subscribers."""

    def __init__(self, hass: HomeAssistant, flush: Callable[[], None]) -> None:
        """Create a hub. ``flush`` publishes all pending state changes, to preserve the order of events."""
        self._hass = hass
        self._flush = flush
        self._groups: dict[Hashable, EventGroup] = {}
        self._registries: dict[Scope, VisibleRegistries] = {}
        self._builds: dict[VisibleRegistries, asyncio.Task[None]] = {}
        self._stop_listening: CALLBACK_TYPE | None = None

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self._groups)

    def join(self, caller: Caller, types: frozenset[str], subscriber: Subscriber) -> EventGroup:
        """Send a subscriber the events of some types, or of all types, that a caller sees.

        Removals from registries are reported only after ``ready`` has returned.
        """
        key = caller.key
        sees = key.scope, key.capabilities, key.services, key.events, key.media_hosts, key.dashboards
        group = self._groups.get(sees)
        registries = self._registries_of(caller)
        if group is None or group.registries is not registries:
            group = self._groups[sees] = EventGroup(caller, registries)
        group.subscribers[subscriber] = types
        if MATCH_ALL in types or not types.isdisjoint(SUBJECTS):
            self._build(registries)
        if self._stop_listening is None:
            self._stop_listening = self._hass.bus.async_listen(MATCH_ALL, self._fired)
        return group

    async def ready(self, group: EventGroup) -> None:
        """Wait until the view that a group has of the registries is complete, or until the group is empty."""
        if (build := self._builds.get(group.registries)) is not None:
            await asyncio.wait((build,))
            if not build.cancelled():
                build.result()

    def leave(self, group: EventGroup, subscriber: Subscriber) -> None:
        """Unsubscribe."""
        group.subscribers.pop(subscriber, None)
        if group.subscribers:
            return
        self._groups = {key: item for key, item in self._groups.items() if item is not group}
        used = {item.registries for item in self._groups.values()}
        self._registries = {scope: registries for scope, registries in self._registries.items() if registries in used}
        for registries in self._builds.keys() - used:
            self._builds.pop(registries).cancel()
        if not self._groups:
            self._stop()

    def close(self) -> None:
        """Unsubscribe everyone."""
        self._groups.clear()
        self._registries.clear()
        for build in self._builds.values():
            build.cancel()
        self._builds.clear()
        self._stop()

    def _stop(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    def _registries_of(self, caller: Caller) -> VisibleRegistries:
        """Return the caller's view of the registries. Creates a new one if its scope was dropped in the meantime."""
        scope = caller.home.scope
        registries = self._registries.get(scope.scope)
        if registries is None or registries.scope is not scope:
            registries = self._registries[scope.scope] = VisibleRegistries(self._hass, scope)
        return registries

    def _build(self, registries: VisibleRegistries) -> None:
        if registries not in self._builds:
            work = registries.build()
            self._builds[registries] = self._hass.async_create_background_task(work, "drawbridge registries")

    @callback
    def _fired(self, event: Event[Any]) -> None:
        if event.event_type == EVENT_STATE_CHANGED:
            return
        effects: dict[VisibleRegistries, Effect] = {}
        if event.event_type in SUBJECTS:
            effects = {registries: registries.note(event) for registries in self._builds}
        publication = _Publication(event, self._flush)
        for group in tuple(self._groups.values()):
            effect = effects.get(group.registries)
            for change in effect.entered if effect is not None else ():
                publication.publish_change(group, change)
            publication.publish(group, effect)
            for change in effect.left if effect is not None else ():
                publication.publish_change(group, change)


class _Publication:
    """Distributes one event. It is encoded once for all groups with the same result."""

    def __init__(self, event: Event[Any], flush: Callable[[], None]) -> None:
        self._event = event
        self._flush = flush
        self._batches: list[tuple[str, Data, Batch]] = []

    def publish(self, group: EventGroup, effect: Effect | None) -> None:
        """Send the event to the subscribers of a group, if it is visible to them."""
        event = self._event
        wanting = group.wanting(str(event.event_type))
        if not wanting or (event.event_type in SUBJECTS and effect is None):
            return
        data = group.filter.data(event, effect)
        if data is not None:
            self._deliver(wanting, str(event.event_type), data)

    def publish_change(self, group: EventGroup, change: Change) -> None:
        """Send the subscribers of a group the items that have become visible or invisible because of the event."""
        if wanting := group.wanting(change.event_type):
            self._deliver(wanting, change.event_type, change.data)

    def _deliver(self, wanting: list[Subscriber], event_type: str, data: Data) -> None:
        if (batch := self._batch(event_type, data)) is None:
            return
        self._flush()
        for subscriber in wanting:
            subscriber.deliver(batch)

    def _batch(self, event_type: str, data: Data) -> Batch | None:
        for known_type, known, batch in self._batches:
            if known_type == event_type and (known is data or known == data):
                return batch
        try:
            payload = event_json(self._event, event_type, data)
        except TypeError, ValueError:
            return None
        batch = Batch([payload], [])
        self._batches.append((event_type, data, batch))
        return batch
