"""Conditions and triggers that are evaluated for as long as a client subscribes to them."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..keys import Capability
from ..refusal import RefusedError
from .automation_config import Placeholders
from .caller import Caller


class Watch:
    """A long-running evaluation that belongs to a subscription and depends on the key's scope."""

    def __init__(self, current: Callable[[], Caller]) -> None:
        """Create a watch for the caller that ``current`` returns."""
        self.current = current
        self.placeholders = Placeholders(current())
        self.is_over = False
        self._stop_listening: Callable[[], None] = _nothing

    @property
    def hass(self) -> HomeAssistant:
        """Home Assistant."""
        return self.current().hass

    def follow(self) -> None:
        """Restart the evaluation whenever one of the entities enters or leaves the scope."""
        self._stop_listening = self.current().resources.directory.listen(self._moved)

    def key_changed(self, caller: Caller) -> None:
        """Restart the evaluation with the changed key."""
        del caller
        self._look_again()

    def stop(self) -> None:
        """Stop the evaluation."""
        self.is_over = True
        self._stop_listening()
        self.detach()

    def may_go_on(self, capability: Capability) -> bool:
        """Return whether the key still has a capability."""
        return not self.is_over and self.current().may(capability)

    def detach(self) -> None:
        """Stop listening to changes."""
        raise NotImplementedError

    async def attach(self) -> None:
        """Start listening to changes, for the current key."""
        raise NotImplementedError

    @callback
    def _moved(self, entity_id: str) -> None:
        if entity_id in self.placeholders.named:
            self._look_again()

    def _look_again(self) -> None:
        if not self.is_over:
            self.hass.async_create_task(self._attach_again(), "drawbridge watch", eager_start=True)

    async def _attach_again(self) -> None:
        try:
            await self.attach()
        except HomeAssistantError, RefusedError:
            # A configuration that was valid can become invalid, for example when an entity is removed.
            self.detach()


def _nothing() -> None:
    """Do nothing."""
