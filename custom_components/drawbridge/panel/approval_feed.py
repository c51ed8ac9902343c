"""Sends the calls that wait for a person to the panel."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..approvals.model import Pending, Requested
from ..bridge import Bridge
from ..keys import key_input
from ..keys.key_input import KeyInputError
from .record_json import named
from .subscribers import Send, Subscribers

_MAX_NAMED: Final = 50


class ApprovalFeed:
    """Sends the list of calls that wait, now and after each change. The list is short: see ``MAX_PENDING``."""

    def __init__(self, bridge: Bridge) -> None:
        """Create the feed of a bridge."""
        self._bridge = bridge
        self._subscribers = Subscribers()

    def start(self) -> Callable[[], None]:
        """Follow the calls that wait. Returns a function that stops it, and ends all subscriptions."""
        unsubscribe = self._bridge.approvals.subscribe(lambda *_: self.refresh())

        def stop() -> None:
            unsubscribe()
            self._subscribers.close()

        return stop

    def follow(self, send: Send) -> Callable[[], None]:
        """Send the list to a client, now and after each change. Returns a function that stops it."""
        leave = self._subscribers.add(send)
        # The client gets the result of its command first.
        welcome = asyncio.get_running_loop().call_soon(lambda: send(self._event()))

        def stop() -> None:
            welcome.cancel()
            leave()

        return stop

    def refresh(self) -> None:
        """Send the list to all clients."""
        if self._subscribers:
            self._subscribers.send(self._event())

    def _event(self) -> dict[str, Any]:
        return {"requests": [self._describe(pending) for pending in self._bridge.approvals]}

    def _describe(self, pending: Pending) -> dict[str, Any]:
        return {
            "id": pending.id,
            "key_id": pending.key_id,
            "key_name": pending.key_name,
            "calls": [_call(self._bridge.hass, call) for call in pending.calls],
            "asked_at": pending.asked_at,
            "until": pending.until,
            "seconds_left": max(0.0, pending.until - time.time()),
            "always": self._always(pending),
        }

    def _always(self, pending: Pending) -> list[dict[str, str | None]] | None:
        """Return what a permanent approval adds to the key, or ``None`` if the key cannot hold that many."""
        key = self._bridge.keys.get(pending.key_id)
        if key is None:
            return None
        try:
            added = key_input.with_approved(key, pending.items).approved - key.approved
        except KeyInputError:
            return None
        pairs = (item.partition(" ") for item in sorted(added))
        return [{"action": action, "entity_id": entity_id or None} for action, _, entity_id in pairs]


def _call(hass: HomeAssistant, call: Requested) -> dict[str, Any]:
    entities = sorted(call.entities)
    return {
        "action": call.service,
        "entities": named(hass, entities[:_MAX_NAMED]),
        "more": max(0, len(entities) - _MAX_NAMED),
    }
