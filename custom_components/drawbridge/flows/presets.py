"""What the usual kinds of client need."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..keys import Capability


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of client: what it may do to begin with, and what has to be asked."""

    capabilities: frozenset[Capability]
    steps: tuple[str, ...]
    """The steps of the flow that such a key cannot do without, in their order."""
    per_minute: int | None = None
    learning: bool = False
    needs_actions: bool = False
    """Whether the actions that it may call must be listed."""


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "dashboard": Preset(frozenset({Capability.READ, Capability.HISTORY, Capability.IMAGES}), ("scope",)),
        "remote": Preset(frozenset({Capability.READ, Capability.CONTROL}), ("scope",)),
        "prometheus": Preset(frozenset({Capability.METRICS}), ()),
        "agent": Preset(
            frozenset({Capability.READ, Capability.CONTROL}),
            ("scope", "abilities"),
            per_minute=120,
            needs_actions=True,
        ),
        "learn": Preset(
            frozenset({Capability.READ, Capability.HISTORY, Capability.CONTROL}), ("scope",), learning=True
        ),
        "custom": Preset(frozenset({Capability.READ}), ("scope", "abilities")),
    }
)
