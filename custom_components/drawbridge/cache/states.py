"""The answer to "all states", prepared once for each scope, with picture links and without."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback

from ..policy.scope import Scope
from ..telemetry.recorder import CacheRecorder
from .directory import EntityDirectory, LiveScope
from .scrub import StateJson

_ETAG_BYTES: Final = 12

type ViewKey = tuple[Scope, bool]
"""What a view shows: a scope, and whether picture links are left in."""


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON array of states and its weak validator."""

    content: bytes
    etag: str


class StateView:
    """The states of one scope. Built when asked for, dropped when one of them changes."""

    def __init__(
        self, hass: HomeAssistant, scope: LiveScope, encode: Callable[[State], bytes], recorder: CacheRecorder
    ) -> None:
        """Prepare the states of a scope, each encoded as JSON by ``encode``."""
        self._hass = hass
        self._scope = scope
        self._encode = encode
        self._recorder = recorder
        self._body: Body | None = None

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self._body.content) if self._body is not None else 0

    def body(self) -> Body:
        """Return the states in scope, as Home Assistant itself writes them."""
        self._recorder.asked(hit=self._body is not None)
        if self._body is None:
            self._body = self._build()
        return self._body

    def _build(self) -> Body:
        allows = self._scope.allows
        states = (self._encode(state) for state in self._hass.states.async_all() if allows(state.entity_id))
        content = b"".join((b"[", b",".join(states), b"]"))
        digest = hashlib.blake2b(content, digest_size=_ETAG_BYTES).hexdigest()
        return Body(content, f'W/"{digest}"')

    def entity_changed(self, entity_id: str) -> None:
        """Drop the answer when the entity is part of it."""
        if self._body is not None and self._scope.allows(entity_id):
            self.invalidate()

    def invalidate(self) -> None:
        """Drop the answer."""
        if self._body is not None:
            self._body = None
            self._recorder.invalidated()


class StateCache:
    """One view for each scope in use, with picture links or without, so bounded by the number of keys."""

    def __init__(self, hass: HomeAssistant, directory: EntityDirectory, recorder: CacheRecorder) -> None:
        """Keep views of the states in Home Assistant."""
        self._hass = hass
        self._directory = directory
        self._recorder = recorder
        self._views: dict[ViewKey, StateView] = {}
        self.json = StateJson()
        directory.listen(self._entity_moved)

    def start(self) -> CALLBACK_TYPE:
        """Follow state changes until the function returned is called."""
        return self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._state_changed)

    def __len__(self) -> int:
        """Return the number of views."""
        return len(self._views)

    @property
    def size(self) -> int:
        """Bytes held by all views."""
        return sum(view.size for view in self._views.values())

    def view(self, scope: Scope, *, images: bool) -> StateView:
        """Return the view of a scope, with picture links or without."""
        found = self._views.get((scope, images))
        if found is None:
            live, encode = self._directory.live(scope), partial(self.json.encode, images=images)
            found = self._views[scope, images] = StateView(self._hass, live, encode, self._recorder)
        return found

    def retain(self, scopes: set[Scope]) -> None:
        """Drop the views of every other scope."""
        self._views = {key: view for key, view in self._views.items() if key[0] in scopes}

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        for view in self._views.values():
            view.entity_changed(event.data["entity_id"])

    def _entity_moved(self, _entity_id: str) -> None:
        # It may have left a scope as well as entered it, so no verdict can tell.
        for view in self._views.values():
            view.invalidate()
