"""An AppDaemon app that turns on a helper when the lamp changes, and records its states."""

import json
from pathlib import Path
from typing import Any

from appdaemon.plugins.hass import Hass


class ReadingTime(Hass):  # type: ignore[misc] # not installed where types are checked
    """Listens to a lamp."""

    def initialize(self) -> None:
        """Listen to the lamp, to all states, and to all events."""
        self.seen: list[Any] = []
        self.events: list[Any] = []
        self.listen_state(self.anything_changed)
        self.listen_event(self.something_happened)
        self.listen_state(self.lamp_changed, self.args["lamp"], new="on")
        self.log("ReadingTime listens")

    def anything_changed(self, *change: Any, **_: Any) -> None:
        """Keep a change of a state."""
        self.seen.append(change)

    def something_happened(self, *event: Any, **_: Any) -> None:
        """Keep an event."""
        self.events.append(event)

    def lamp_changed(self, *_: Any, **__: Any) -> None:
        """Turn the helper on, and try to switch a lamp elsewhere."""
        self.turn_on(self.args["helper"])
        self.call_service("light/turn_on", entity_id=self.args["other_lamp"])
        self.run_in(self.write_down, 2)

    def write_down(self, **_: Any) -> None:
        """Record the states of the app."""
        held = {
            "states": self.get_state(),
            "services": self.list_services(namespace="default"),
            "config": self.get_plugin_config(),
            "seen": self.seen,
            "events": self.events,
        }
        file = Path(self.args["file"])
        file.with_suffix(".part").write_text(json.dumps(held, default=str), encoding="utf-8")
        file.with_suffix(".part").rename(file)
