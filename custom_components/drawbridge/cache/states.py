"""Responses for "all states": one view for each scope, built from segments, never stale."""

import asyncio
import math
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant

from ..encoding.codecs import CODINGS, Block, Coding, Payload
from ..encoding.negotiation import IDENTITY
from ..scope.model import Scope
from ..scope.redaction import Redaction
from ..scope.resolver import EntityDirectory
from ..states.index import StateIndex
from ..states.state_json import StateJson
from ..telemetry.recorder import CacheRecorder
from .segments import Segment, SegmentGroup, SegmentPool, WriteState
from .steps import run_until
from .views import StateView

_SLICE_SECONDS: Final = 0.0015
"""How long a request may build before it yields to the event loop."""

_MAX_SLICES: Final = 1000
_WARM_PAUSE_SECONDS: Final = 0.005
_WARM_SHARE: Final = 0.75
_MEASURE_INTERVAL_SECONDS: Final = 5.0
_FIRST_CODING: Final = "gzip"


type ViewKey = tuple[Scope, Redaction]
"""The key of a view: a scope, and the redaction of its states."""


class Answer(Enum):
    """The immediate result of a request for a view, if it is not the body."""

    NOT_MODIFIED = auto()
    """The client has the current body."""
    PENDING = auto()
    """Building the body takes too long for one request: build it in slices."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``ttl`` is the time in seconds after which events are no longer trusted, ``max_bytes`` the maximum size."""

    enabled: bool
    ttl: float
    max_bytes: int


class StateCache:
    """The views in use, bounded in bytes: the least recently used are evicted first.

    There is a view for each scope and redaction, shared by all keys that have the same. Views share their segments
    with one another.
    """

    def __init__(self, hass: HomeAssistant, directory: EntityDirectory, recorder: CacheRecorder) -> None:
        """Create an empty cache of the states in Home Assistant."""
        self.recorder = recorder
        self.limits = Limits(enabled=True, ttl=300, max_bytes=64 << 20)
        self.warm_seconds: float | None = None
        self._hass = hass
        self._directory = directory
        self.index = StateIndex(hass, directory)
        self._views: dict[ViewKey, StateView] = {}
        self.json = StateJson()
        self._pools: dict[Redaction, SegmentPool] = {}
        self._nonce = secrets.token_hex(4)
        self._views_created = 0
        self._coding = CODINGS[_FIRST_CODING]
        self._trusted_since = time.monotonic()
        self._measured = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._on_expiry: Callable[[], None] = lambda: None

    def start(self, on_expiry: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow state changes until the returned function is called.

        ``on_expiry`` is called when the TTL expires and the cache is cleared.
        """
        self._on_expiry = on_expiry
        stop_index = self.index.start()
        self._schedule()

        def stop() -> None:
            stop_index()
            if self._timer is not None:
                self._timer.cancel()

        return stop

    def configure(self, limits: Limits) -> None:
        """Apply limits, and drop what exceeds them."""
        if limits == self.limits:
            return
        self.limits = limits
        if not limits.enabled:
            self.clear()
        if self._timer is not None:
            self._schedule()
        self._evict()

    def __len__(self) -> int:
        """Return the number of views that have bodies."""
        return sum(view.holds_bodies for view in self._views.values())

    @property
    def size(self) -> int:
        """The size of all views in bytes. Shared parts count once.

        The unencoded states that segments are built from do not count, because Home Assistant keeps them anyway.
        """
        return sum({id(piece): len(piece) for block in self._blocks() for piece in block.pieces}.values())

    @property
    def age(self) -> float:
        """The number of seconds since the cache was last rebuilt from scratch."""
        return time.monotonic() - self._trusted_since

    def view(self, scope: Scope, redaction: Redaction) -> StateView:
        """Return the view of a scope with a redaction."""
        key = (scope, redaction)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = self._create_view(scope, redaction)
        return view

    def retain(self, wanted: Iterable[ViewKey]) -> None:
        """Drop all views except for these."""
        self._views = {key: view for key in wanted if (view := self._views.get(key)) is not None}

    def clear(self) -> None:
        """Drop all bodies."""
        for view in self._views.values():
            view.clear()

    def respond(self, view: StateView, coding: Coding, holds: Callable[[str], bool]) -> Payload | Answer:
        """Answer a request for a view within one slice of time.

        Args:
            view: The requested view.
            coding: The content coding of the response.
            holds: Returns whether the client has the body with an ETag.

        """
        now = time.monotonic()
        if not (view.is_current or run_until(view.advance(), now + _SLICE_SECONDS)):
            return Answer.PENDING
        if holds(view.etag):
            self.recorder.asked(hit=True, revalidated=True)
            return Answer.NOT_MODIFIED
        prepared, payload = True, view.body(coding)
        if payload is None:
            prepared = view.is_prepared(coding)
            payload = run_until(view.build(coding), now + _SLICE_SECONDS)
        if payload is None:
            return Answer.PENDING
        self._answered(view, coding, now, hit=prepared)
        return payload

    async def body_in_slices(self, view: StateView, coding: Coding) -> Payload:
        """Return the current body of a view, and yield to the event loop while it is built."""
        prepared = view.is_prepared(coding)
        body = await self._build(view, coding)
        self._answered(view, coding, time.monotonic(), hit=prepared)
        return body

    def direct(self, scope: Scope, redaction: Redaction) -> bytes:
        """Return the states of a scope as plain JSON, built from the state machine without caching."""
        self.recorder.bypassed()
        allows, encode = self._directory.live(scope).allows, self.json.encode
        states = (encode(item, redaction) for item in self._hass.states.async_all() if allows(item.entity_id))
        return b"".join((b"[", b",".join(states), b"]"))

    async def warm(self, wanted: Callable[[], Collection[ViewKey]]) -> None:
        """Build the views that have no body, within the size limit.

        They are built in the coding that was last requested, with long pauses, because no client is waiting. ``wanted``
        is called again before each view, so that no view is built for a key that was revoked in the meantime.
        """
        if not self.limits.enabled:
            return
        started = time.monotonic()
        for key in wanted():
            if key not in wanted():
                continue
            view = self.view(*key)
            if not view.holds_bodies and self.size < self.limits.max_bytes * _WARM_SHARE:
                await self._build(view, self._coding, _WARM_PAUSE_SECONDS)
        self.warm_seconds = time.monotonic() - started

    def _answered(self, view: StateView, coding: Coding, now: float, *, hit: bool) -> None:
        view.last_used = now
        self.recorder.asked(hit=hit)
        if coding.name != IDENTITY:
            self._coding = coding
        if not hit or now - self._measured > _MEASURE_INTERVAL_SECONDS:
            self._evict()

    def _create_view(self, scope: Scope, redaction: Redaction) -> StateView:
        self._views_created += 1
        name = f"{self._nonce}.{self._views_created}"
        live, pool = self._directory.live(scope), self._pool(redaction)
        return StateView(name, live, self.index, pool, self.recorder.invalidated)

    def _pool(self, redaction: Redaction) -> SegmentPool:
        pool = self._pools.get(redaction)
        if pool is None:
            pool = self._pools[redaction] = SegmentPool(self._writer(redaction))
        return pool

    def _writer(self, redaction: Redaction) -> WriteState:
        find, encode = self._hass.states.get, self.json.encode_once

        def write(entity_id: str) -> bytes | None:
            state = find(entity_id)
            return encode(state, redaction) if state is not None else None

        return write

    def _blocks(self) -> Iterator[Block]:
        """Yield every block, once for each part that holds it."""
        views = self._views.values()
        groups = {group for view in views for group in view.groups()}
        segments = {segment for group in groups for segment in group.segments}
        holders: Iterable[StateView | SegmentGroup | Segment] = (*views, *groups, *segments)
        for holder in holders:
            yield from holder.kept()

    def _evict(self) -> None:
        """Drop bodies and their blocks until the rest fits into the limit."""
        self._measured = time.monotonic()
        if (excess := self.size - self.limits.max_bytes) <= 0:
            return
        holders = Counter(id(piece) for block in self._blocks() for piece in block.pieces)
        for view in sorted(self._views.values(), key=attrgetter("last_used")):
            for coding in view.codings():
                if excess <= 0:
                    return
                # Keep a reference until the end, so that no other piece gets the same `id()`.
                dropped = [piece for block in view.drop(coding) for piece in block.pieces]
                holders.subtract(map(id, dropped))
                freed = {id(piece): len(piece) for piece in dropped if not holders[id(piece)]}
                excess -= sum(freed.values())
                self.recorder.evicted()

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._hass.loop.call_later(self.limits.ttl, self._expire)

    def _expire(self) -> None:
        """Clear the cache, in case events were lost."""
        self._trusted_since = time.monotonic()
        self._directory.forget()
        self.index.distrust()
        self.clear()
        self._schedule()
        self._on_expiry()

    async def _build(self, view: StateView, coding: Coding, pause_seconds: float = 0.0) -> Payload:
        """Return the body of a view, built in slices.

        It yields first, because the request has already used a slice. A body that is finished after the cache was
        turned off is not kept.
        """
        try:
            for _ in range(_MAX_SLICES):
                await asyncio.sleep(pause_seconds)
                if (body := run_until(view.build(coding), time.monotonic() + _SLICE_SECONDS)) is not None:
                    return body
            # Changes arrive faster than they can be applied: finish once without yielding.
            return run_until(view.build(coding), math.inf) or Payload.of()
        finally:
            if not self.limits.enabled:
                view.clear()
