"""A snapshot of the states of a channel, shared by all subscribers that join while few of its states have changed."""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.core import HomeAssistant

from .channels import Batch, EntityChannel
from .compressed import compressed_state
from .conflation import Conflation
from .feed import ChangeFeed

_SLICE_SECONDS: Final = 0.002
_SLICE_ENTITIES: Final = 64
_AT_ONCE_BYTES: Final = 16_384
_MAX_UNUSED_SECONDS: Final = 30.0
_MAX_CHANGED_SHARE: Final = 32
"""A new snapshot is built when more than one in 32 of its entities have changed. It keeps the texts of the others."""

type Compress = Callable[[bytes, int], bytes]
"""Compresses a text for a window of 2^n bytes."""


class Snapshot:
    """The states of a channel as the members of ``a``, and the changes since each of them was read."""

    def __init__(
        self, hass: HomeAssistant, feed: ChangeFeed, channel: EntityChannel, previous: Snapshot | None = None
    ) -> None:
        """Create a snapshot; ``start`` fills it. ``previous`` is a snapshot that still follows the same channel."""
        self._hass = hass
        self._feed = feed
        self.channel = channel
        self.changes = Conflation(hass)
        self.body = b""
        self.used = hass.loop.time()
        self._planned: frozenset[str] = frozenset()
        self._texts: dict[str, bytes] = {}
        self._kept = previous.current_texts() if previous is not None else {}
        self._compressed: dict[int, asyncio.Future[bytes]] = {}
        self._built: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow the channel, and build in slices."""
        self._planned = frozenset(self.channel.members)
        self._feed.join(self.channel, self)
        self._built = self._hass.async_create_task(self._build(), "drawbridge snapshot", eager_start=True)

    def stop(self) -> None:
        """Stop following the channel. Waiting subscribers get the snapshot as it is."""
        self._feed.leave(self.channel, self)

    @property
    def is_outdated(self) -> bool:
        """Whether building a new snapshot is cheaper than sending the changes."""
        return len(self.changes) * _MAX_CHANGED_SHARE > len(self._planned) + _SLICE_ENTITIES

    def current_texts(self) -> dict[str, bytes]:
        """Return the texts of the entities that have not changed since they were read."""
        return {entity_id: text for entity_id, text in self._texts.items() if not self.changes.holds(entity_id)}

    def deliver(self, batch: Batch) -> None:
        """Record changes of entities that were already read or did not exist. All others are still to be read."""
        for shown in batch.shown:
            if shown.entity_id in self._texts or shown.entity_id not in self._planned:
                self.changes.add(shown)
            else:
                self._kept.pop(shown.entity_id, None)

    async def wait(self) -> None:
        """Wait until all states were read."""
        if self._built is not None:
            await asyncio.shield(self._built)

    async def compressed(self, compress: Compress, window_bits: int) -> bytes:
        """Return the compressed body. It is compressed once for all clients with a window of this size."""
        await self.wait()
        future = self._compressed.get(window_bits)
        if future is None:
            future = self._compressed[window_bits] = self._hass.loop.create_future()
            if len(self.body) <= _AT_ONCE_BYTES:
                future.set_result(compress(self.body, window_bits))
            else:
                work = self._hass.async_add_executor_job(compress, self.body, window_bits)
                work.add_done_callback(lambda done: _pass_on(done, future))
        return await asyncio.shield(future)

    async def _build(self) -> None:
        loop, texts, kept = self._hass.loop, self._texts, self._kept
        channel, redaction, get = self.channel, self.channel.redaction, self._hass.states.get
        until = loop.time() + _SLICE_SECONDS
        for number, state in enumerate(tuple(channel.states())):
            if number % _SLICE_ENTITIES == 0 and loop.time() > until:
                await asyncio.sleep(0)
                self._feed.flush()
                until = loop.time() + _SLICE_SECONDS
            entity_id = state.entity_id
            current = get(entity_id)
            if current is None or entity_id not in channel.members:
                texts[entity_id] = b""
            else:
                texts[entity_id] = kept.get(entity_id) or compressed_state(current, redaction)
        self._kept = {}
        self.body = b",".join(filter(None, texts.values()))


class Snapshots:
    """The latest snapshot of each channel that was joined in the last 30 seconds."""

    def __init__(self, hass: HomeAssistant, feed: ChangeFeed) -> None:
        """Create an empty collection."""
        self._hass = hass
        self._feed = feed
        self._latest: dict[EntityChannel, Snapshot] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Return the number of snapshots that are kept."""
        return len(self._latest)

    def of(self, channel: EntityChannel) -> Snapshot:
        """Return a snapshot of a channel. It may still be in progress."""
        found = self._latest.get(channel)
        if found is None or found.is_outdated:
            previous, found = found, Snapshot(self._hass, self._feed, channel, found)
            self._latest[channel] = found
            found.start()
            if previous is not None:
                previous.stop()
        found.used = self._hass.loop.time()
        if self._timer is None:
            self._timer = self._hass.loop.call_later(_MAX_UNUSED_SECONDS, self._drop_unused)
        return found

    def clear(self) -> None:
        """Drop all snapshots."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for snapshot in self._latest.values():
            snapshot.stop()
        self._latest.clear()

    def _drop_unused(self) -> None:
        self._timer = None
        oldest = self._hass.loop.time() - _MAX_UNUSED_SECONDS
        for channel, snapshot in tuple(self._latest.items()):
            if snapshot.is_outdated or snapshot.used <= oldest:
                snapshot.stop()
                del self._latest[channel]
        if self._latest:
            self._timer = self._hass.loop.call_later(_MAX_UNUSED_SECONDS, self._drop_unused)


def _pass_on(done: asyncio.Future[bytes], future: asyncio.Future[bytes]) -> None:
    if future.done():
        return
    if done.cancelled():
        future.cancel()
    elif (error := done.exception()) is not None:
        future.set_exception(error)
    else:
        future.set_result(done.result())
