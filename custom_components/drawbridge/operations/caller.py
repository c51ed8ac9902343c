"""Who asks for an operation."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..keys import ApiKey, Capability, KeyRing
from ..refusal import Refusal, RefusedError
from ..scope.redaction import Redaction
from .home import ScopedHome


@dataclass(frozen=True, slots=True)
class Caller:
    """A key that was admitted, and Home Assistant as it sees it."""

    key: ApiKey
    home: ScopedHome
    redaction: Redaction
    """What the capabilities leave of the data that is returned."""
    hass: HomeAssistant
    keys: KeyRing

    def may(self, capability: Capability) -> bool:
        """Return whether the key has a capability."""
        return capability in self.key.capabilities

    def ensure_unchanged(self) -> None:
        """Raise ``RefusedError`` if the key was revoked or changed since it was admitted."""
        if self.keys.get(self.key.id) != self.key:
            raise RefusedError(Refusal.KEY_CHANGED)
