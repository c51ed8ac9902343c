"""The event stream: server-sent events for as long as the client reads and the key may.

The id of an event is a cursor: all changes of states before it were sent, so a client that reconnects with it gets
those after it. Other events are not kept, so they are sent to whom is connected alone, and carry the id of the last
change of a state.
"""

import asyncio
from collections.abc import Collection
from itertools import islice
from typing import Final, override

from aiohttp import hdrs, web

from ..keys import ApiKey
from ..operations import narrowing, states
from ..operations.event_following import ALL_TYPES, EventFollower
from ..states.channels import Batch
from .call import Call
from .headers import add_headers
from .live import LiveResponse, counted
from .security_headers import NO_STORE

TRANSPORT: Final = "stream"
PING: Final = b"data: ping\n\n"
_PING_SECONDS: Final = 50
_RETRY: Final = b"retry: 5000\n\n"
_MAX_PENDING_BYTES: Final = 1_048_576
"""A client for which more than this waits gets changes of states conflated."""
_MAX_WAITING_BYTES: Final = 4_194_304
_MAX_WAITING: Final = 4096
_MAX_CONFLATED: Final = 256
"""States of entities that are encoded and sent together."""
_UNKNOWN_ID: Final = "0"
"""The id of an event before which nothing is known: a client that reconnects with it starts over."""
_LAST_EVENT_ID: Final = "Last-Event-ID"


class EventStream(LiveResponse):
    """One stream of a client.

    A change of a state that cannot be sent yet is conflated with later ones of the same entity. Other events wait, and
    the stream ends when too many do.
    """

    def __init__(self, call: Call, types: Collection[str]) -> None:
        """Create the stream of a request. ``types`` are the types of events that the client asks for, none for all."""
        super().__init__(call)
        self._bridge = call.bridge
        self._follower = EventFollower(call.bridge.feed, call.bridge.events, types or ALL_TYPES, self)
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._behind: dict[str, None] = {}
        self._news = asyncio.Event()
        self._last_id = ""
        self._is_over = False

    @property
    @override
    def pending_bytes(self) -> int:
        return self._waiting_bytes + super().pending_bytes

    async def serve(self) -> web.StreamResponse:
        """Send events until the client or the key is gone."""
        response = web.StreamResponse(headers={hdrs.CACHE_CONTROL: NO_STORE})
        with counted(self._bridge, self, TRANSPORT):
            try:
                await self._serve(response)
            except ConnectionError:
                pass
            finally:
                self._stop()
        return response

    async def _serve(self, response: web.StreamResponse) -> None:
        add_headers(self._call, response)
        response.content_type = "text/event-stream"
        if self._call.request.method == hdrs.METH_HEAD:
            await response.prepare(self._call.request)
            return
        # What happens from now on waits until the response has begun.
        self._start()
        await response.prepare(self._call.request)
        await self._follower.ready()
        await self._write(response)

    # --- What happens

    def deliver(self, batch: Batch) -> None:
        """Take events. They are encoded once for all streams that see the same."""
        if self._is_over:
            return
        if not batch.shown:
            self._add([(self._last_id, payload) for payload in batch.payloads])
            return
        if self._behind or self._waiting_bytes + sum(map(len, batch.payloads)) > _MAX_PENDING_BYTES:
            self._bridge.recorder.live.conflated += sum(item.entity_id in self._behind for item in batch.shown)
            self._behind.update(dict.fromkeys(item.entity_id for item in batch.shown))
            self._news.set()
            return
        # All streams of the batch see the same, so the cursor is the same for all.
        after = batch.cache.get(TRANSPORT)
        if after is None:
            after = batch.cache[TRANSPORT] = narrowing.cursor(self._caller())
        *others, last = batch.payloads
        self._add([*((self._last_id, payload) for payload in others), (after, last)])

    def _add(self, events: list[tuple[str, bytes]]) -> None:
        """Let events wait to be sent. The id of one is the cursor after it."""
        if len(self._waiting) + len(events) > _MAX_WAITING or self._waiting_bytes > _MAX_WAITING_BYTES:
            self._bridge.recorder.live.dropped += 1
            self.end("The client reads too slowly.")
            return
        for number, payload in events:
            text = _event(payload, number)
            self._waiting.append(text)
            self._waiting_bytes += len(text)
            self._last_id = number
        self._bridge.recorder.live.events += len(events)
        self._news.set()

    def _start(self) -> None:
        """Follow everything from now on, after what has changed since the client was last connected."""
        self._bridge.feed.flush()
        self._last_id = narrowing.cursor(self._caller())
        self._waiting += [_RETRY, PING]
        self._news.set()
        last = self._call.request.headers.get(_LAST_EVENT_ID)
        if last and self._follower.wants_states:
            self._catch_up(last)
        self._follower.follow(self._caller())

    def _catch_up(self, last: str) -> None:
        """Send what has changed since a cursor, or everything where that is no longer known.

        Until all of it was sent, events carry an id with which a client that reconnects gets the rest.
        """
        caller = self._caller()
        changes = narrowing.changes_since(caller, last)
        if changes is None:
            self._last_id = _UNKNOWN_ID
            self._waiting.append(b"event: reset\nid: %s\ndata: {}\n\n" % _UNKNOWN_ID.encode())
            changes = [state.entity_id for state in caller.home.states()]
        else:
            self._last_id = last
        self._behind = dict.fromkeys(changes)

    # --- Writing

    async def _write(self, response: web.StreamResponse) -> None:
        while not self._is_over:
            try:
                async with asyncio.timeout(_PING_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                await response.write(PING)
                continue
            self._news.clear()
            text = b"".join(self._waiting)
            self._waiting, self._waiting_bytes = [], len(text)
            await response.write(text)
            self._waiting_bytes -= len(text)
            self._send_conflated()

    def _send_conflated(self) -> None:
        """Send the states of some of those entities that changed while the client did not read.

        The last of them has the cursor of this moment. The others keep the id of what was sent before.
        """
        if not self._behind:
            return
        self._bridge.feed.flush()
        caller = self._caller()
        events, size = [], 0
        for entity_id in tuple(islice(self._behind, _MAX_CONFLATED)):
            del self._behind[entity_id]
            if caller.home.allows(entity_id):
                payload = states.as_event(caller, entity_id)
                events.append((self._last_id, payload))
                size += len(payload)
                if size > _MAX_PENDING_BYTES:
                    break
        if not self._behind:
            self._last_id = narrowing.cursor(caller)
            if events:
                events[-1] = self._last_id, events[-1][1]
        self._add(events)

    # --- The key

    def change_key(self, key: ApiKey) -> None:
        """Use the changed key. The client is not informed about entities that are no longer in scope."""
        self._key = key
        caller = self._caller()
        if (refused := self._bridge.admission.authorize(key, states.LIST.capability)) is not None:
            self.end(refused.message)
            return
        self._follower.follow(caller)

    def end(self, reason: str, *, going_away: bool = False) -> None:  # noqa: ARG002 - a stream has no place for it
        """End the stream."""
        self._is_over = True
        self._waiting.clear()
        self._behind.clear()
        self._news.set()
        self._drop_unread()

    def _stop(self) -> None:
        self._is_over = True
        self._follower.stop()


def _event(payload: bytes, number: str) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (number.encode(), payload)
