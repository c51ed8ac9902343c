"""Client-supplied conditions and triggers: simple ones, without templates, on entities in scope.

Home Assistant's own code evaluates them. Before that, IDs outside the scope are replaced by placeholders that match
nothing. A hidden entity therefore behaves like a missing one, and appears in no error.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback, valid_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.template import Template

from ..keys import Capability
from ..refusal import RefusedError, bad_request
from ..scope.references import MAX_TARGET_IDS
from .caller import Caller

_NOBODY: Final = 10**31
"""IDs built from numbers of this size match nothing."""


class Disguise:
    """Replaces IDs outside the scope by placeholders."""

    def __init__(self, caller: Caller) -> None:
        """Create a disguise for a caller."""
        self._caller = caller
        self._stand_ins: dict[str, str] = {}
        self.named: set[str] = set()
        """All entities in the configuration."""
        self.seen: set[str] = set()
        """The entities in the configuration that the key sees."""

    @property
    def hidden(self) -> frozenset[str]:
        """The IDs that were replaced."""
        return frozenset(self._stand_ins)

    def entity(self, item: str) -> str:
        """Return the ID of an entity or of its registry entry, or a placeholder. Raises ``RefusedError``."""
        entity_id = item if valid_entity_id(item) else self._caller.home.registered(item)
        if entity_id is not None:
            self.named.add(entity_id)
            if len(self.named) > MAX_TARGET_IDS:
                raise bad_request(f"More than {MAX_TARGET_IDS} entities are named.")
            if self._caller.home.allows(entity_id):
                self.seen.add(entity_id)
                return item
        domain = f"{item.partition('.')[0]}." if "." in item else ""
        return self._stand_in(item, domain)

    def attribute(self, name: str) -> str:
        """Return the name of an attribute, or a placeholder if the key may not read it."""
        return self._stand_in(name, "") if self._caller.redaction.covers(name) else name

    def restored(self, text: str) -> str:
        """Return the text of an error, with the client's IDs in place of the placeholders."""
        for name, stand_in in self._stand_ins.items():
            text = text.replace(stand_in, name)
        return text

    def _stand_in(self, name: str, prefix: str) -> str:
        return self._stand_ins.setdefault(name, f"{prefix}{_NOBODY + len(self._stand_ins)}")


class Watch:
    """A long-running evaluation that belongs to a subscription and depends on the key's scope."""

    def __init__(self, current: Callable[[], Caller]) -> None:
        """Create a watch for the caller that ``current`` returns."""
        self.current = current
        self.disguise = Disguise(current())
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
        if entity_id in self.disguise.named:
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


def has_template(value: object) -> bool:
    """Return whether a validated value contains a template."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, Template):
            return True
        if isinstance(item, Mapping):
            stack += [*item, *item.values()]
        elif isinstance(item, list | tuple):
            stack += item
    return False


def listed(value: Any) -> Iterable[Any]:  # noqa: ANN401 - any JSON value
    """Return a value as a list, in the way Home Assistant reads its configuration."""
    return value if isinstance(value, list) else [value]


def _nothing() -> None:
    """Do nothing."""
