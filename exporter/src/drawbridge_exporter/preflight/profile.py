"""The load profile: the load that the bridge is expected to carry, sent at fixed rates.

    seconds: 30
    states: 20          # GET /api/states a second
    deltas: 20          # GET /api/states?since=CURSOR a second
    entities: 10        # GET /api/states/{entity_id} a second
    subscriptions: 5    # WebSockets that are connected all the time
    writes:             # optional: calls of a service a second
      per_second: 1
      service: input_boolean.toggle
      entity_id: input_boolean.load_test

The load is open-loop: requests are sent at fixed times, without waiting for earlier responses. A request's
duration counts from the time at which it was due, so that delays are not hidden when the bridge stalls.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..config.values import seconds as parse_seconds, whole_number
from ..config.yamlfile import ConfigFileError, YamlFile, YamlValue

_MAX_RATE: Final = 1000


@dataclass(frozen=True, slots=True)
class Writes:
    """Calls of a service for one entity, per second."""

    per_second: int
    service: str
    entity_id: str


@dataclass(frozen=True, slots=True)
class LoadProfile:
    """Requests per second by kind, and the number of connected WebSockets."""

    seconds: float
    states: int = 0
    deltas: int = 0
    entities: int = 0
    subscriptions: int = 0
    writes: Writes | None = None

    @property
    def per_second(self) -> int:
        """The total requests per second."""
        return self.states + self.deltas + self.entities + (self.writes.per_second if self.writes else 0)


def read_profile(path: str) -> LoadProfile:
    """Return the profile of a file.

    Raises:
        ValueError: The file is invalid. It names all problems with their lines.

    """
    file = YamlFile(Path(path))
    try:
        root = file.root()
        members = root.mapping(("seconds", "states", "deltas", "entities", "subscriptions", "writes"))
        rate = whole_number(0, _MAX_RATE)
        counts = {name: value.read(rate, 0) for name, value in members.items() if name not in {"seconds", "writes"}}
        duration = members["seconds"].read(parse_seconds(1, 3600), 30.0) if "seconds" in members else 30.0
        profile = LoadProfile(duration, **counts, writes=_writes(members["writes"]) if "writes" in members else None)
        if not profile.per_second and file.is_sound:
            root.problem("has no requests. Set states, deltas, entities or writes.")
        file.check()
    except ConfigFileError as error:
        raise ValueError(str(error)) from error
    return profile


def _writes(value: YamlValue) -> Writes:
    members = value.mapping(("per_second", "service", "entity_id"))
    for needed in ("per_second", "service", "entity_id"):
        if needed not in members:
            value.problem(f"has no {needed}.")
            return Writes(0, "", "")
    return Writes(
        members["per_second"].read(whole_number(1, _MAX_RATE), 1),
        members["service"].text(),
        members["entity_id"].text(),
    )
