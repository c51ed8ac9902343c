"""The answers to "all states": one view for each scope, made piece by piece, never stale."""

import asyncio
import math
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant

from ..encoding.codecs import CODINGS, Coding, Payload
from ..encoding.negotiation import IDENTITY
from ..policy.scope import Scope
from ..states.index import Ledger
from ..telemetry.recorder import CacheRecorder
from .directory import EntityDirectory
from .scrub import StateJson
from .segments import Bundle, Leaf, SharedNodes, Write
from .views import StateView

_SLICE: Final = 0.0015
"""Seconds for which a request may build before it lets others go first."""

_MAX_SLICES: Final = 1000
_PAUSE: Final = 0.005
_WARM_SHARE: Final = 0.75
_MEASURE_EVERY: Final = 5.0
_FIRST_CODING: Final = "gzip"


type ViewKey = tuple[Scope, bool]
"""What a view shows: a scope, and whether picture links are left in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """For how many seconds events alone are trusted, and how many bytes may be kept."""

    enabled: bool
    ttl: float
    max_bytes: int


class StateCache:
    """The views in use, bounded in bytes: those used longest ago are let go first.

    A view is made for each scope, with picture links and without, and shared by all keys that have
    the same. What it is made of is shared further: see ``nodes``.
    """

    def __init__(self, hass: HomeAssistant, directory: EntityDirectory, recorder: CacheRecorder) -> None:
        """Keep views of the states in Home Assistant."""
        self.recorder = recorder
        self.limits = Limits(enabled=True, ttl=300, max_bytes=64 << 20)
        self.warm_seconds: float | None = None
        self._hass = hass
        self._directory = directory
        self.ledger = Ledger(hass, directory)
        self._views: dict[ViewKey, StateView] = {}
        self.json = StateJson()
        self._nodes = {images: SharedNodes(self._writer(images=images)) for images in (False, True)}
        self._nonce = secrets.token_hex(4)
        self._made = 0
        self._coding = CODINGS[_FIRST_CODING]
        self._trusted_since = time.monotonic()
        self._measured = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._on_expiry: Callable[[], None] = lambda: None

    def start(self, on_expiry: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow state changes until the function returned is called.

        ``on_expiry`` is called whenever the TTL has emptied the cache.
        """
        self._on_expiry = on_expiry
        stop_ledger = self.ledger.start()
        self._schedule()

        def stop() -> None:
            stop_ledger()
            if self._timer is not None:
                self._timer.cancel()

        return stop

    def configure(self, limits: Limits) -> None:
        """Take over limits; what is prepared is let go where it may not be kept any longer."""
        if limits == self.limits:
            return
        self.limits = limits
        if not limits.enabled:
            self.clear()
        if self._timer is not None:
            self._schedule()
        self._fit()

    def __len__(self) -> int:
        """Return the number of views that have something prepared."""
        return sum(view.holds_bodies for view in self._views.values())

    @property
    def size(self) -> int:
        """Bytes held by all views, what they share counted once.

        Without the plain states that they are made of, which Home Assistant keeps as well.
        """
        views = self._views.values()
        bundles = {bundle for view in views for bundle in view.bundles()}
        leaves = {leaf for bundle in bundles for leaf in bundle.leaves}
        holders: Iterable[StateView | Bundle | Leaf] = (*views, *bundles, *leaves)
        parts = {part for holder in holders for part in holder.kept()}
        return sum({id(piece): len(piece) for part in parts for piece in part.pieces}.values())

    @property
    def age(self) -> float:
        """Seconds for which events alone have been trusted."""
        return time.monotonic() - self._trusted_since

    def view(self, scope: Scope, *, images: bool) -> StateView:
        """Return the view of a scope, with picture links or without."""
        key = (scope, images)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = self._new_view(scope, images=images)
        return view

    def retain(self, wanted: Iterable[ViewKey]) -> None:
        """Drop every other view."""
        self._views = {key: view for key in wanted if (view := self._views.get(key)) is not None}

    def clear(self) -> None:
        """Let go of everything that is prepared."""
        for view in self._views.values():
            view.clear()

    def validate(self, view: StateView) -> bool:
        """Bring a view's validator up to date; tell whether a moment was enough for it."""
        return view.is_current or view.advance(time.monotonic() + _SLICE)

    def body(self, view: StateView, coding: Coding) -> Payload | None:
        """Return the body of a view that ``validate`` brought up to date; ``None`` when it takes too long."""
        now, prepared = time.monotonic(), True
        body = view.body(coding)
        if body is None:
            prepared = view.is_prepared(coding)
            body = view.build(coding, now + _SLICE)
        if body is not None:
            self._answered(view, coding, now, hit=prepared)
        return body

    async def body_in_slices(self, view: StateView, coding: Coding) -> Payload:
        """Return the body of a view as it is now, and let others run in between."""
        prepared = view.is_prepared(coding)
        body = await self._build(view, coding)
        self._answered(view, coding, time.monotonic(), hit=prepared)
        return body

    def direct(self, scope: Scope, *, images: bool) -> bytes:
        """Return the states of a scope as plain JSON, made from the state machine and kept nowhere."""
        allows, encode = self._directory.live(scope).allows, self.json.encode
        states = (encode(item, images=images) for item in self._hass.states.async_all() if allows(item.entity_id))
        return b"".join((b"[", b",".join(states), b"]"))

    def revalidated(self) -> None:
        """Count an answer that the client still had."""
        self.recorder.asked(hit=True, revalidated=True)

    async def warm(self, wanted: Iterable[ViewKey]) -> None:
        """Prepare the views that have nothing prepared, as far as there is room.

        In the coding that clients asked for last, and with long pauses: nobody waits for it.
        """
        if not self.limits.enabled:
            return
        started = time.monotonic()
        for scope, images in wanted:
            view = self.view(scope, images=images)
            if not view.holds_bodies and self.size < self.limits.max_bytes * _WARM_SHARE:
                await self._build(view, self._coding, _PAUSE)
        self.warm_seconds = time.monotonic() - started

    def _answered(self, view: StateView, coding: Coding, now: float, *, hit: bool) -> None:
        view.used = now
        self.recorder.asked(hit=hit)
        if coding.name != IDENTITY:
            self._coding = coding
        if not hit or now - self._measured > _MEASURE_EVERY:
            self._fit()

    def _new_view(self, scope: Scope, *, images: bool) -> StateView:
        self._made += 1
        name = f"{self._nonce}.{self._made}"
        live, nodes = self._directory.live(scope), self._nodes[images]
        return StateView(name, live, self.ledger, nodes, self.recorder.invalidated)

    def _writer(self, *, images: bool) -> Write:
        find, encode = self._hass.states.get, self.json.encode

        def write(entity_id: str) -> bytes | None:
            state = find(entity_id)
            return encode(state, images=images) if state is not None else None

        return write

    def _fit(self) -> None:
        """Let go of bodies, and of what they are made of, until what is kept fits."""
        self._measured = time.monotonic()
        size = self.size
        for view in sorted(self._views.values(), key=attrgetter("used")):
            for coding in view.codings():
                if size <= self.limits.max_bytes:
                    return
                view.drop(coding)
                self.recorder.evicted()
                size = self.size

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._hass.loop.call_later(self.limits.ttl, self._expire)

    def _expire(self) -> None:
        """Trust events no longer: begin anew, as if some had been lost."""
        self._trusted_since = time.monotonic()
        self._directory.forget()
        self.ledger.distrust()
        self.clear()
        self._schedule()
        self._on_expiry()

    async def _build(self, view: StateView, coding: Coding, pause: float = 0.0) -> Payload:
        """Return the body of a view, built in slices; kept unless the cache was turned off meanwhile.

        Others go first: who asks has had a slice already.
        """
        try:
            for _ in range(_MAX_SLICES):
                await asyncio.sleep(pause)
                if (body := view.build(coding, time.monotonic() + _SLICE)) is not None:
                    return body
            # Changes come faster than they can be taken in: this once, the others wait.
            return view.build(coding, math.inf) or Payload.of()
        finally:
            if not self.limits.enabled:
                view.clear()
