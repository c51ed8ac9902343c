"""Sends audit records and sums of reads to the panel."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import batched
from typing import Any, Final

from ..audit.reads import ReadSum
from ..audit.trail import AuditRecord
from ..bridge import Bridge
from .record_json import describe
from .subscribers import Send, Subscribers

_INTERVAL_SECONDS: Final = 0.25
_READS_INTERVALS: Final = 4
"""Sums of reads are sent every this number of intervals."""
MAX_RECORDS_AT_ONCE: Final = 100


class ActivityFeed:
    """Sends new records at most four times a second, and at most 100 at once. Further ones are only counted.

    Sums of reads are sent when they begin, and then every second while they grow.
    """

    def __init__(self, bridge: Bridge) -> None:
        """Create the feed of a bridge."""
        self._bridge = bridge
        self._subscribers = Subscribers()
        self._joining = Subscribers()
        self._task: asyncio.Task[None] | None = None
        self._sent_number = 0
        self._sent_counts: dict[int, int] = {}

    def start(self) -> Callable[[], None]:
        """Return a function that stops the feed, and ends all subscriptions."""

        def stop() -> None:
            if self._task is not None:
                self._task.cancel()
            for subscribers in (self._joining, self._subscribers):
                subscribers.close()

        return stop

    def follow(self, send: Send, limit: int) -> Callable[[], None]:
        """Send the latest records to a client, then new ones. Returns a function that stops it."""
        leave_line = self._joining.add(send)
        welcome = self._bridge.start_task(self._welcome(send, limit), "drawbridge panel records", background=True)

        def stop() -> None:
            leave_line()
            welcome.cancel()
            self._subscribers.remove(send)

        return stop

    async def _welcome(self, send: Send, limit: int) -> None:
        """Send the latest records in pieces, so that the event loop can run in between."""
        # Let the client get the result of its command first.
        await asyncio.sleep(0)
        latest, after = self._bridge.audit.numbered()[-limit:], self._bridge.audit.number
        if not latest:
            send({"records": [], "missed": 0})
        for batch in batched(latest, MAX_RECORDS_AT_ONCE, strict=False):
            send(self._event(batch, 0))
            await asyncio.sleep(0)
        self._joining.remove(send)
        self._subscribers.add(send)
        if self._task is None:
            self._sent_number, self._sent_counts = after, {}
            self._task = self._bridge.start_task(self._run(), "drawbridge panel activity", background=True)
        elif late := self._bridge.audit.numbered(after)[-MAX_RECORDS_AT_ONCE:]:
            send(self._event(late, 0))

    async def _run(self) -> None:
        tick = 0
        try:
            while self._subscribers:
                await asyncio.sleep(_INTERVAL_SECONDS)
                tick += 1
                self._send(with_counts=tick % _READS_INTERVALS == 0)
        finally:
            self._task = None

    def _send(self, *, with_counts: bool) -> None:
        audit, sent, missed = self._bridge.audit, self._sent_number, 0
        new: list[tuple[int, AuditRecord | ReadSum]] = []
        if audit.number > sent:
            new, self._sent_number = audit.numbered(sent)[-MAX_RECORDS_AT_ONCE:], audit.number
            missed = audit.number - sent - len(new)
        if with_counts:
            new = [*self._grown({number for number, _ in new}), *new]
        if new or missed:
            self._subscribers.send(self._event(new, missed))

    def _grown(self, new: set[int]) -> list[tuple[int, ReadSum]]:
        """Return the sums that grew since they were sent."""
        recent = {item.number: item for item in self._bridge.audit.reads.recent()}
        grown = [
            (number, item)
            for number, item in recent.items()
            if number not in new and item.count != self._sent_counts.get(number, 1)
        ]
        self._sent_counts = {number: item.count for number, item in recent.items()}
        return grown[:MAX_RECORDS_AT_ONCE]

    def _event(self, records: Iterable[tuple[int, AuditRecord | ReadSum]], missed: int) -> dict[str, Any]:
        hass = self._bridge.hass
        return {"records": [describe(hass, number, record) for number, record in records], "missed": missed}
