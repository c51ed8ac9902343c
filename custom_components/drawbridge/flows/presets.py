"""Presets for common kinds of client."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..keys import Capability


@dataclass(frozen=True, slots=True)
class Preset:
    """The defaults for a kind of client, and the steps of the flow that it needs."""

    capabilities: frozenset[Capability]
    steps: tuple[str, ...]
    """The required steps of the flow, in order."""
    per_minute: int | None = None
    learning: bool = False
    needs_actions: bool = False
    """Whether the key needs a list of actions."""


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "dashboard": Preset(frozenset({Capability.READ, Capability.HISTORY, Capability.IMAGES}), ("scope",)),
        "tablet": Preset(
            frozenset(
                {Capability.READ, Capability.CONTROL, Capability.HISTORY, Capability.IMAGES, Capability.DASHBOARD}
            ),
            ("tablet",),
        ),
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
