"""All caches of the bridge, and the events that outdate them."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import (
    EVENT_COMPONENT_LOADED,
    EVENT_CORE_CONFIG_UPDATE,
    EVENT_HOMEASSISTANT_STARTED,
    EVENT_SERVICE_REGISTERED,
    EVENT_SERVICE_REMOVED,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util.event_type import EventType

from ..keys import ApiKey
from ..options import Options
from ..scope.redaction import Redaction
from ..scope.resolver import EntityDirectory
from ..telemetry.recorder import Recorder
from .documents import DocumentCache
from .states import Limits, StateCache, ViewKey

_SERVICE_EVENTS: Final[tuple[str, ...]] = (EVENT_SERVICE_REGISTERED, EVENT_SERVICE_REMOVED, EVENT_COMPONENT_LOADED)
_CONFIG_EVENTS: Final[tuple[EventType[Any] | str, ...]] = (
    EVENT_CORE_CONFIG_UPDATE,
    EVENT_COMPONENT_LOADED,
    EVENT_HOMEASSISTANT_STARTED,
)


class Caches:
    """The caches of states, services and configuration."""

    def __init__(self, hass: HomeAssistant, directory: EntityDirectory, recorder: Recorder) -> None:
        """Create empty caches."""
        self.states = StateCache(hass, directory, recorder.cache("states"))
        self.services = DocumentCache(hass, recorder.cache("services"), _SERVICE_EVENTS)
        self.config = DocumentCache(hass, recorder.cache("config"), _CONFIG_EVENTS)
        self._hass = hass
        self._wanted: frozenset[ViewKey] = frozenset()
        self._warming: asyncio.Task[None] | None = None
        self._warm_again = False

    def start(self) -> CALLBACK_TYPE:
        """Follow Home Assistant's events until the returned function is called."""
        stops = (
            self.states.start(self.warm),
            self.services.start(),
            self.config.start(),
            async_at_started(self._hass, self._started),
        )

        def stop() -> None:
            for item in stops:
                item()
            if self._warming is not None:
                self._warming.cancel()

        return stop

    def configure(self, options: Options) -> None:
        """Apply the options."""
        on = options.cache_enabled
        self.states.configure(Limits(enabled=on, ttl=options.cache_ttl_states, max_bytes=options.cache_size))
        self.services.configure(options.cache_ttl_services if on else 0)
        self.config.configure(options.cache_ttl_config if on else 0)

    def keys_changed(self, _old: object, new: Mapping[str, ApiKey]) -> None:
        """Drop the views that no key needs any longer, and build the new ones."""
        self._wanted = frozenset((key.scope, Redaction.of(key.capabilities)) for key in new.values())
        self.states.retain(self._wanted)
        if self._hass.is_running:
            self.warm()

    def clear(self) -> None:
        """Drop every answer. The next request builds it again."""
        for cache in (self.states, self.services, self.config):
            cache.clear()

    def warm(self) -> None:
        """Build the views of all keys, in the background."""
        if self._warming is not None:
            self._warm_again = True
            return
        self._warming = self._hass.async_create_background_task(self._warm(), "drawbridge warm", eager_start=False)

    def holds(self) -> dict[str, dict[str, float | None]]:
        """Return the number of entries, the size and the age of each cache."""
        states = self.states
        documents = {"services": self.services, "config": self.config}
        enabled = {"enabled": states.limits.enabled}
        return {
            "states": {
                **enabled,
                "entries": len(states),
                "bytes": states.size,
                "age": states.age if len(states) else None,
                "warm_seconds": states.warm_seconds,
            },
            **{
                name: {**enabled, "entries": len(item), "bytes": item.size, "age": item.age, "warm_seconds": None}
                for name, item in documents.items()
            },
        }

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self.warm()

    async def _warm(self) -> None:
        try:
            self._warm_again = True
            while self._warm_again:
                self._warm_again = False
                await self.states.warm(lambda: self._wanted)
        finally:
            self._warming = None
