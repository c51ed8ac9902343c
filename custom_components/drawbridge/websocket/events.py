"""The subscription of ``subscribe_events``."""

from typing import TYPE_CHECKING

from ..operations.caller import Caller
from ..operations.event_following import EventFollower
from ..states.channels import Batch

if TYPE_CHECKING:
    from .command import Request


class EventSubscription:
    """Sends a client the events that its key sees."""

    def __init__(self, request: Request, event_type: str) -> None:
        """Create a subscription to an event type, or to all. Nothing is sent before ``start``."""
        connection = request.connection
        bridge = connection.bridge
        self._number = request.id
        self._feed, self._live = bridge.feed, bridge.recorder.live
        self._outbox = connection.outbox
        self._follower = EventFollower(bridge.feed, bridge.events, (event_type,), self)
        self._is_live = False
        self.key_changed(request.caller)

    async def ready(self) -> None:
        """Wait until no event can be missed."""
        await self._follower.ready()

    def start(self) -> None:
        """Start sending events."""
        self._feed.flush()
        self._is_live = True

    def stop(self) -> None:
        """Stop sending events."""
        self._is_live = False
        self._follower.stop()

    def deliver(self, batch: Batch) -> None:
        """Send a batch. The queue is bounded: the connection is closed if too much is waiting."""
        if self._is_live:
            self._live.events += len(batch.payloads)
            self._outbox.queue_batch(batch, self._number)

    def key_changed(self, caller: Caller) -> None:
        """Follow the key to what it sees now."""
        self._follower.follow(caller)
