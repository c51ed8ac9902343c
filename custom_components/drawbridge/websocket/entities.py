"""The subscription of ``subscribe_entities``: a snapshot, then differences, which are merged for slow clients."""

import asyncio
from typing import TYPE_CHECKING, Final

from ..keys import Capability
from ..operations.caller import Caller
from ..scope.model import NOTHING
from ..states.channels import Batch, EntityChannel, EntityFilter
from ..states.entity_events import Shown
from .frames import deflated, message_frame, wrapped_block, wrapped_text
from .outbox import event_frames

if TYPE_CHECKING:
    from .command import Request

_AT_ONCE: Final = 128
"""Up to this number of entities, states are sent at once instead of in a shared snapshot."""


class EntitySubscription:
    """Sends a client the states of the entities that its key sees."""

    def __init__(
        self,
        request: Request,
        entity_filter: EntityFilter | None,
        filter_key: object,
    ) -> None:
        """Create a subscription to the entities that pass a filter. Equal filters have equal keys."""
        self._connection = request.connection
        self._number = request.id
        self._filter = entity_filter
        self._filter_key = filter_key
        bridge = self._connection.bridge
        self._feed, self._snapshots, self._live = bridge.feed, bridge.snapshots, bridge.recorder.live
        self._outbox = self._connection.outbox
        self._behind = bridge.new_conflation()
        self._is_waiting = False
        self._is_live = False
        self._is_over = False
        self._task: asyncio.Task[None] | None = None
        self._channel = self._find_channel(request.caller)
        self._feed.join(self._channel, self)

    def start(self) -> None:
        """Send the snapshot, and then every change."""
        if len(self._channel.members) <= _AT_ONCE:
            body = self._channel.snapshot()
            self._send_snapshot(message_frame(_opened(self._number) + body + _CLOSING, self._outbox.form.window_bits))
            self._go_live()
            return
        self._task = self._connection.bridge.start_task(self._start_shared(), "drawbridge subscription")

    def stop(self) -> None:
        """Stop sending."""
        self._is_over = True
        self._feed.leave(self._channel, self)
        self._outbox.forget(self._resume)
        if self._task is not None:
            self._task.cancel()

    def deliver(self, batch: Batch) -> None:
        """Send a batch, or keep one difference for each entity until the client catches up."""
        if not self._is_live:
            return
        if self._is_waiting or not self._outbox.send_batch(batch, self._number):
            self._conflate(batch)
        else:
            self._live.events += len(batch.shown)

    def key_changed(self, caller: Caller) -> None:
        """Follow the key to another scope or redaction: withdraw what it no longer sees, and show what it sees now."""
        old, new = self._channel, self._find_channel(caller)
        if new is old:
            return
        self._channel = new
        self._feed.join(new, self)
        self._feed.leave(old, self)
        if not self._is_live:
            return
        for entity_id in old.members - new.members:
            self._behind.add(Shown(entity_id, old.state(entity_id)))
        for entity_id in new.members - old.members:
            self._behind.add(Shown(entity_id, None))
        if old.redaction != new.redaction:
            for entity_id in old.members & new.members:
                self._behind.replace(entity_id)
        self._resume_or_wait()

    async def _start_shared(self) -> None:
        """Send a shared snapshot, and then the changes since it was built."""
        while not self._is_over:
            channel = self._channel
            snapshot = self._snapshots.of(channel)
            bits = self._outbox.form.window_bits
            if bits:
                frame = wrapped_block(_opened(self._number), await snapshot.compressed(deflated, bits), _CLOSING)
            else:
                await snapshot.wait()
                frame = wrapped_text(_opened(self._number), snapshot.body, _CLOSING)
            self._feed.flush()
            if self._channel is not channel:
                continue
            if self._is_over:
                return
            self._send_snapshot(*frame)
            if payloads := snapshot.changes.payloads(channel):
                self._outbox.send_frame(event_frames(payloads, self._number, self._outbox.form))
            self._go_live()
            return

    def _send_snapshot(self, *frame: bytes) -> None:
        self._live.events += 1
        self._outbox.send_frame(*frame)

    def _go_live(self) -> None:
        self._is_live = True

    def _find_channel(self, caller: Caller) -> EntityChannel:
        """Return the channel for the key's view. It is empty if the key may no longer read."""
        scope = caller.home.scope if caller.may(Capability.READ) else caller.resources.directory.live(NOTHING)
        return self._feed.entities(scope, caller.redaction, self._filter, self._filter_key)

    def _conflate(self, batch: Batch) -> None:
        merged = self._behind.merged
        for shown in batch.shown:
            self._behind.add(shown)
        self._live.conflated += self._behind.merged - merged
        self._resume_or_wait()

    def _resume_or_wait(self) -> None:
        if not self._resume() and not self._is_waiting:
            self._is_waiting = True
            self._outbox.wait_for_room(self._resume)

    def _resume(self) -> bool:
        """Send the pending changes, if there is room. Return whether nothing is pending."""
        if self._is_over:
            return True
        if self._outbox.is_behind:
            return False
        # The states below are current, so publish all earlier changes first.
        self._feed.flush()
        self._is_waiting = False
        changed = len(self._behind)
        payloads = self._behind.take(self._channel)
        if payloads:
            self._live.events += changed
            self._outbox.send_frame(event_frames(payloads, self._number, self._outbox.form))
        return True


def _opened(number: int) -> bytes:
    return b'{"id":%d,"type":"event","event":{"a":{' % number


_CLOSING: Final = b"}}}"
