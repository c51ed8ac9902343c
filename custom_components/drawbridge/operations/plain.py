"""Conditions and triggers of clients: plain ones, without templates, about what a key sees.

Home Assistant's own code evaluates them. Before it does, ids that nothing has stand in place of what the key does not
see, so that a hidden entity is to them what a missing one is, and is found in no error.
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
"""Ids made of such numbers are those of nothing."""


class Disguise:
    """Stands nothing in place of what a key does not see."""

    def __init__(self, caller: Caller) -> None:
        """Disguise what a caller does not see."""
        self._caller = caller
        self._stand_ins: dict[str, str] = {}
        self.named: set[str] = set()
        """All entities that were named."""
        self.seen: set[str] = set()
        """Those of them that the key sees."""

    @property
    def hidden(self) -> frozenset[str]:
        """What was disguised."""
        return frozenset(self._stand_ins)

    def entity(self, item: str) -> str:
        """Return an id of an entity, or of its entry in the registry, or a stand-in. Raises ``RefusedError``."""
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
        """Return the name of an attribute, or a stand-in for one that the key does not read."""
        return self._stand_in(name, "") if self._caller.redaction.covers(name) else name

    def restored(self, text: str) -> str:
        """Return an error with the names that the client used."""
        for name, stand_in in self._stand_ins.items():
            text = text.replace(stand_in, name)
        return text

    def _stand_in(self, name: str, prefix: str) -> str:
        return self._stand_ins.setdefault(name, f"{prefix}{_NOBODY + len(self._stand_ins)}")


class Watch:
    """Something that goes on for as long as its subscription, and depends on what the key sees."""

    def __init__(self, current: Callable[[], Caller]) -> None:
        """Watch for the caller that ``current`` returns."""
        self.current = current
        self.disguise = Disguise(current())
        self.is_over = False
        self._stop_listening: Callable[[], None] = _nothing

    @property
    def hass(self) -> HomeAssistant:
        """Home Assistant."""
        return self.current().hass

    def follow(self) -> None:
        """Look again whenever an entity that was named moves into the scope or out of it."""
        self._stop_listening = self.current().resources.directory.listen(self._moved)

    def key_changed(self, caller: Caller) -> None:
        """Look again with the key as it is now."""
        del caller
        self._look_again()

    def stop(self) -> None:
        """End."""
        self.is_over = True
        self._stop_listening()
        self.detach()

    def may_go_on(self, capability: Capability) -> bool:
        """Return whether the key still has a capability."""
        return not self.is_over and self.current().may(capability)

    def detach(self) -> None:
        """Follow nothing any more."""
        raise NotImplementedError

    async def attach(self) -> None:
        """Follow what there is to follow for the key as it is now."""
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
            # What was accepted once is not any more, such as an id of an entity that was removed.
            self.detach()


def has_template(value: object) -> bool:
    """Return whether there is a template anywhere in what a schema returned."""
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
    """Return a value as a list, as Home Assistant reads its configuration."""
    return value if isinstance(value, list) else [value]


def _nothing() -> None:
    """Do nothing."""
