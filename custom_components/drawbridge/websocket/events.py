"""The subscription of ``subscribe_events``: state changes from the feed, all other events from the hub."""

from typing import TYPE_CHECKING

from homeassistant.const import EVENT_STATE_CHANGED, MATCH_ALL

from ..keys import Capability
from ..operations.caller import Caller
from ..operations.event_hub import EventGroup
from ..states.feed import Batch, EventChannel

if TYPE_CHECKING:
    from .command import Request


class EventSubscription:
    """Sends a client the events that its key sees."""

    def __init__(self, request: Request, event_type: str) -> None:
        """Create a subscription to an event type, or to all. Nothing is sent before ``start``."""
        connection = request.connection
        bridge = connection.bridge
        self._number = request.id
        self._type = event_type
        self._feed, self._hub, self._live = bridge.feed, bridge.events, bridge.recorder.live
        self._outbox = connection.outbox
        self._channel: EventChannel | None = None
        self._group: EventGroup | None = None
        self._is_live = False
        self.key_changed(request.caller)

    async def ready(self) -> None:
        """Wait until no event can be missed."""
        if self._group is not None:
            await self._hub.ready(self._group)

    def start(self) -> None:
        """Start sending events."""
        self._feed.flush()
        self._is_live = True

    def stop(self) -> None:
        """Stop sending events."""
        self._is_live = False
        self._follow(None, None)

    def deliver(self, batch: Batch) -> None:
        """Send a batch. The queue is bounded: the connection is closed if too much is waiting."""
        if self._is_live:
            self._live.events += len(batch.payloads)
            self._outbox.queue_batch(batch, self._number)

    def key_changed(self, caller: Caller) -> None:
        """Switch to the events that the changed key sees."""
        if not caller.may(Capability.READ):
            self._follow(None, None)
            return
        channel = group = None
        if self._type in {EVENT_STATE_CHANGED, MATCH_ALL}:
            channel = self._feed.events(caller.home.scope, caller.redaction)
            self._feed.join(channel, self)
        if self._type != EVENT_STATE_CHANGED:
            group = self._hub.join(caller, self._type, self)
        self._follow(channel, group)

    def _follow(self, channel: EventChannel | None, group: EventGroup | None) -> None:
        """Switch from the current channel and group to new ones."""
        old_channel, self._channel = self._channel, channel
        old_group, self._group = self._group, group
        if old_channel is not None and old_channel is not channel:
            self._feed.leave(old_channel, self)
        if old_group is not None and old_group is not group:
            self._hub.leave(old_group, self)
