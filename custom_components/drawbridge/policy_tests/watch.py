"""Watches the policy tests of all keys: one can fail without a change of its key, as when an entity is moved."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import EVENT_SERVICE_REGISTERED, EVENT_SERVICE_REMOVED
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started

from ..keys import ApiKey, KeyRing
from ..scope.resolver import EntityDirectory
from .evaluation import Result, Status, evaluate
from .home import HomeParts

_SETTLE_SECONDS: Final = 1.0
_INTERVAL: Final = timedelta(minutes=10)
_EVENTS: Final[tuple[Any, ...]] = (
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    ar.EVENT_AREA_REGISTRY_UPDATED,
    EVENT_SERVICE_REGISTERED,
    EVENT_SERVICE_REMOVED,
)


class PolicyWatch:
    """Keeps the results of policy tests that do not pass.

    It evaluates the tests a second after a change of a key, a registry or the actions, and every ten minutes.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        directory: EntityDirectory,
        keys: KeyRing,
        stored_key: Callable[[str], ApiKey | None],
    ) -> None:
        """Create the watch of a bridge. ``stored_key`` returns a key without its temporary permissions."""
        self._hass = hass
        self._home = HomeParts(hass, directory)
        self._keys = keys
        self._stored_key = stored_key
        self._listeners: list[CALLBACK_TYPE] = []
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self.failing: Mapping[str, tuple[Result, ...]] = {}
        """The results that are not passed, by the ID of the key. Empty until Home Assistant has started."""

    def start(self) -> CALLBACK_TYPE:
        """Start watching. Returns a function that stops it."""
        stops = (
            # Before Home Assistant has started, entities may be missing.
            async_at_started(self._hass, self._check_soon),
            *(self._hass.bus.async_listen(item, self._check_soon) for item in _EVENTS),
            async_track_time_interval(self._hass, self._check_soon, _INTERVAL, cancel_on_shutdown=True),
            self._stop,
        )

        def stop() -> None:
            for item in stops:
                item()

        return stop

    def subscribe(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when the results change. Returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def keys_changed(self, old: Mapping[str, ApiKey], new: Mapping[str, ApiKey]) -> None:
        """Evaluate the tests soon, unless no key had or has any."""
        if any(key.tests for key in (*old.values(), *new.values())):
            self._check_soon()

    @callback
    def _check_soon(self, _cause: object = None) -> None:
        has_tests = bool(self.failing) or any(key.tests for key in self._keys)
        if has_tests and self._hass.is_running and self._timer is None:
            self._timer = self._hass.loop.call_later(_SETTLE_SECONDS, self._check)

    def _check(self) -> None:
        self._timer = None
        if self._task is not None:
            # The one that runs may have missed the change.
            self._check_soon()
            return
        self._task = self._hass.async_create_background_task(self._run(), "drawbridge policy tests", eager_start=False)

    async def _run(self) -> None:
        try:
            failing: dict[str, tuple[Result, ...]] = {}
            for key_id in [key.id for key in self._keys if key.tests]:
                if (key := self._stored_key(key_id)) is not None:
                    results = await evaluate(self._home, key, time.time())
                    failing[key_id] = tuple(item for item in results if item.status is not Status.PASSED)
            failing = {key_id: results for key_id, results in failing.items() if results}
        finally:
            self._task = None
        if failing != self.failing:
            self.failing = failing
            for listener in tuple(self._listeners):
                listener()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            self._task.cancel()
