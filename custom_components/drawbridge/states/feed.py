"""The change feed: publishes state changes, encoded once for all subscribers with the same view, to all transports.

One listener serves all subscribers. When changes are frequent, they are collected for up to ``WINDOW_SECONDS``;
otherwise they are published at once. A channel serves all subscribers that see the same entities with the same
redaction.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..scope.redaction import Redaction
from ..scope.resolver import EntityDirectory, LiveScope
from .channels import Channel, EntityChannel, EntityFilter, EventChannel, Subscriber
from .state_json import StateJson
from .window import StateChange, Window

WINDOW_SECONDS: Final = 0.01
"""Changes within this period after a publication are published together.

The period begins when the publication is complete. So a publication to many subscribers, which takes long, leaves time
for other work, and the next one has more changes.
"""

_MAX_WINDOW_CHANGES: Final = 1024


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
        window = Window(changes, self._pending_since, self._state_json)
        self._is_publishing = True
        try:
            for channel in tuple(self._channels.values()):
                channel.publish(window)
        finally:
            self._is_publishing = False
        self._flushed_at = self._hass.loop.time()
        self._published(self._flushed_at - window.since)

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
