"""Subscribes to the events that a key sees: to state changes at the feed, and to all others at the hub."""

from collections.abc import Collection
from typing import Final

from homeassistant.const import EVENT_STATE_CHANGED, MATCH_ALL

from ..keys import Capability
from ..states.channels import EventChannel, Subscriber
from ..states.feed import ChangeFeed
from .caller import Caller
from .event_hub import EventGroup, EventHub

ALL_TYPES: Final = frozenset({str(MATCH_ALL)})


class EventFollower:
    """Sends the events that a key sees to one subscriber, and adapts to changes of the key."""

    def __init__(self, feed: ChangeFeed, hub: EventHub, types: Collection[str], subscriber: Subscriber) -> None:
        """Create a follower of these types of events, or of all. It receives nothing before ``follow``."""
        self._feed, self._hub = feed, hub
        self._types = frozenset(types)
        self._subscriber = subscriber
        self._channel: EventChannel | None = None
        self._group: EventGroup | None = None

    @property
    def wants_states(self) -> bool:
        """Whether changes of states are among the types."""
        return not self._types.isdisjoint({EVENT_STATE_CHANGED, MATCH_ALL})

    def follow(self, caller: Caller) -> None:
        """Send the events that a caller sees from now on, and no others."""
        if not caller.may(Capability.READ):
            self.stop()
            return
        channel = group = None
        if self.wants_states:
            channel = self._feed.events(caller.home.scope, caller.redaction)
            self._feed.join(channel, self._subscriber)
        if others := self._types - {EVENT_STATE_CHANGED}:
            group = self._hub.join(caller, others, self._subscriber)
        self._replace(channel, group)

    async def ready(self) -> None:
        """Wait until no event can be missed."""
        while (group := self._group) is not None:
            await self._hub.ready(group)
            if group is self._group:
                return

    def stop(self) -> None:
        """Stop sending events."""
        self._replace(None, None)

    def _replace(self, channel: EventChannel | None, group: EventGroup | None) -> None:
        """Replace the current subscriptions by new ones."""
        old_channel, self._channel = self._channel, channel
        old_group, self._group = self._group, group
        if old_channel is not None and old_channel is not channel:
            self._feed.leave(old_channel, self._subscriber)
        if old_group is not None and old_group is not group:
            self._hub.leave(old_group, self._subscriber)
