"""Presets for common kinds of client."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..keys import ApiKey, Capability

_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Preset:
    """The defaults for a kind of client, and the steps of the flow that it needs."""

    capabilities: frozenset[Capability]
    steps: tuple[str, ...]
    """The required steps of the flow, in order."""
    per_minute: int | None = None
    burst: int | None = None
    learning: bool = False
    needs_actions: bool = False
    """Whether the key needs a list of actions."""
    days: int | None = None
    """The proposed lifetime of the key; ``None`` proposes that it never expires."""
    client: str = "curl"
    """The client whose configuration is shown first."""

    def new_key(self, now: float) -> ApiKey:
        """Return a key with these defaults, without a name and a secret."""
        return ApiKey(
            "",
            "",
            (),
            self.capabilities,
            per_minute=self.per_minute,
            burst=self.burst,
            learning=self.learning,
            expires=None if self.days is None else now + self.days * _DAY_SECONDS,
        )


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "dashboard": Preset(
            frozenset({Capability.READ, Capability.HISTORY, Capability.IMAGES}), ("scope",), client="homepage"
        ),
        "tablet": Preset(
            frozenset(
                {Capability.READ, Capability.CONTROL, Capability.HISTORY, Capability.IMAGES, Capability.DASHBOARD}
            ),
            ("tablet",),
            # A page sends about 42 commands while it loads, and is incomplete if one is refused. After a restart of
            # Home Assistant, all sessions of a key, at most 20, come back at once.
            per_minute=1000,
            burst=1200,
            days=7,
        ),
        "remote": Preset(frozenset({Capability.READ, Capability.CONTROL}), ("scope",)),
        "prometheus": Preset(frozenset({Capability.METRICS}), (), client="exporter"),
        "agent": Preset(
            frozenset({Capability.READ, Capability.CONTROL}),
            ("scope", "abilities"),
            per_minute=120,
            needs_actions=True,
            days=30,
            client="mcp",
        ),
        "learn": Preset(
            frozenset({Capability.READ, Capability.HISTORY, Capability.CONTROL}), ("scope",), learning=True
        ),
        "custom": Preset(frozenset({Capability.READ}), ("scope", "abilities")),
    }
)
