"""The configuration of conditions and triggers that a client sends.

Home Assistant's own code evaluates it. Before that, IDs outside the scope are replaced by placeholders that match
nothing. A hidden entity therefore behaves like a missing one, and appears in no error.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.core import valid_entity_id
from homeassistant.helpers.template import Template

from ..refusal import bad_request
from ..scope.references import MAX_TARGET_IDS
from .caller import Caller

_NOBODY: Final = 10**31
"""IDs built from numbers of this size match nothing."""


class Placeholders:
    """Replaces IDs outside the scope by placeholders."""

    def __init__(self, caller: Caller) -> None:
        """Create it for a caller, without placeholders."""
        self._caller = caller
        self._by_name: dict[str, str] = {}
        self.named: set[str] = set()
        """All entities in the configuration."""
        self.seen: set[str] = set()
        """The entities in the configuration that the key sees."""

    @property
    def hidden(self) -> frozenset[str]:
        """The IDs that were replaced."""
        return frozenset(self._by_name)

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
        return self._placeholder(item, domain)

    def attribute(self, name: str) -> str:
        """Return the name of an attribute, or a placeholder if the key may not read it."""
        return self._placeholder(name, "") if self._caller.redaction.covers(name) else name

    def restored(self, text: str) -> str:
        """Return the text of an error, with the client's IDs in place of the placeholders."""
        for name, placeholder in self._by_name.items():
            text = text.replace(placeholder, name)
        return text

    def _placeholder(self, name: str, prefix: str) -> str:
        return self._by_name.setdefault(name, f"{prefix}{_NOBODY + len(self._by_name)}")


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
