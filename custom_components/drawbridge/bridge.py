"""The bridge: owns the keys, the caches and the telemetry of a config entry."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import __version__ as HOME_ASSISTANT_VERSION
from homeassistant.core import CALLBACK_TYPE, HomeAssistant

from .cache.directory import EntityDirectory
from .cache.states import StateCache
from .const import SUBENTRY_TYPE_API_KEY
from .keys import ApiKey, KeyRing
from .telemetry.health import Health
from .telemetry.loop_lag import LoopLag
from .telemetry.recorder import Recorder
from .telemetry.snapshot import Surroundings, snapshot

type DrawbridgeConfigEntry = ConfigEntry[Bridge]


class Bridge:
    """All that a request needs, and all that lives as long as the config entry is loaded."""

    def __init__(self, hass: HomeAssistant, version: str) -> None:
        """Build a bridge into Home Assistant. ``version`` is the integration's own."""
        self.hass = hass
        self.keys = KeyRing()
        self.recorder = Recorder()
        self.directory = EntityDirectory(hass)
        self.state_recorder = self.recorder.cache("states")
        self.states = StateCache(hass, self.directory, self.state_recorder)
        self._version = version
        self._loop_lag = LoopLag(hass.loop, self.recorder.window.lag)

    def start(self) -> CALLBACK_TYPE:
        """Follow Home Assistant until the function returned is called."""
        # The directory first: what it has forgotten, the cache must not ask for again.
        stops = (self.directory.start(), self.states.start(), self._loop_lag.stop)
        self._loop_lag.start()

        def stop() -> None:
            for item in stops:
                item()

        return stop

    def load_keys(self, entry: DrawbridgeConfigEntry) -> None:
        """Take over the keys of the config entry; what is not theirs is dropped."""
        keys = [
            ApiKey.from_mapping(item.subentry_id, item.title, item.data)
            for item in entry.get_subentries_of_type(SUBENTRY_TYPE_API_KEY)
        ]
        scopes = {key.scope for key in keys}
        self.keys.replace(keys)
        self.directory.retain(scopes)
        self.states.retain(scopes)
        self.recorder.counters.retain_keys({key.id for key in keys})

    def health(self) -> Health:
        """Return the health score of the last five minutes."""
        return self.recorder.health(running=self.hass.is_running)

    def snapshot(self) -> dict[str, Any]:
        """Return the bridge's own metrics as one JSON document."""
        about = Surroundings(
            version=self._version,
            home_assistant_version=HOME_ASSISTANT_VERSION,
            running=self.hass.is_running,
            keys=self.keys,
            caches={"states": {"entries": len(self.states), "bytes": self.states.size}},
        )
        return snapshot(self.recorder, about)
