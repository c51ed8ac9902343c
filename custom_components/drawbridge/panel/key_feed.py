"""Sends the list of keys to the panel whenever it changes."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from ..bridge import Bridge
from .key_json import describe, describe_damaged
from .sizes import ScopeSizes
from .subscribers import Send, Subscribers

_INTERVAL_SECONDS: Final = 1.0


class KeyFeed:
    """Compares the list of keys every second while a client follows it, and sends it after a change.

    A change of a key is sent at once, if the last event was at least a second ago.
    """

    def __init__(self, bridge: Bridge, sizes: ScopeSizes) -> None:
        """Create the feed of a bridge."""
        self._bridge = bridge
        self._sizes = sizes
        self._subscribers = Subscribers()
        self._new = Subscribers()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._sent: list[dict[str, Any]] | None = None

    def start(self) -> Callable[[], None]:
        """Follow the keys. Returns a function that stops it, and ends all subscriptions."""
        unsubscribe = self._bridge.keys.subscribe(self._keys_changed)

        def stop() -> None:
            unsubscribe()
            if self._task is not None:
                self._task.cancel()
            for subscribers in (self._new, self._subscribers):
                subscribers.close()

        return stop

    def follow(self, send: Send) -> Callable[[], None]:
        """Send the list to a client, now and after each change. Returns a function that stops it."""
        stops = self._new.add(send), self._subscribers.add(send)
        self._changed.set()
        if self._task is None:
            self._task = self._bridge.start_task(self._run(), "drawbridge panel keys", background=True)

        def stop() -> None:
            for item in stops:
                item()

        return stop

    def _keys_changed(self, _old: object, _new: object) -> None:
        self._changed.set()

    async def _run(self) -> None:
        # Let the client get the result of its command before the first event.
        await asyncio.sleep(0)
        try:
            while self._subscribers:
                self._changed.clear()
                if await self._send():
                    await asyncio.sleep(_INTERVAL_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_INTERVAL_SECONDS):
                        await self._changed.wait()
        finally:
            self._task = self._sent = None

    async def _send(self) -> bool:
        """Send the list to new clients, and to all clients if it changed. Returns whether it was sent."""
        keys = await self._list()
        event: Mapping[str, Any] = {"keys": keys}
        new, self._new = self._new, Subscribers()
        if has_changed := keys != self._sent:
            self._subscribers.send(event)
        else:
            new.send(event)
        self._sent = keys
        return has_changed

    async def _list(self) -> list[dict[str, Any]]:
        bridge = self._bridge
        keys = list(bridge.keys)
        self._sizes.keep({key.scope for key in keys})
        listed = [describe(bridge, key, await self._sizes.of(key.scope)) for key in keys]
        damaged = [describe_damaged(key_id, *about) for key_id, about in bridge.stored_keys.damaged.items()]
        return sorted((*listed, *damaged), key=lambda item: (item["name"].casefold(), item["id"]))
