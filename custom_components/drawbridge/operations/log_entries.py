"""What a scope sees of a logbook entry."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from ..scope.references import TooDeepError, find_references

_CAUSE: Final = "context_"
_WHO: Final = "context_user_id"
_TEXTS: Final = ("message", "source", "context_message", "context_source", "context_name", "context_entity_id_name")


class LogFilter:
    """Takes out of logbook entries what is not in scope.

    An entry must be about an entity in scope. Its cause (``context_…``) is left out whole when it is another entity
    or a script that is not in scope, or cannot be told; its texts, when they name such an entity.
    """

    def __init__(
        self,
        in_scope: Callable[[str], bool],
        domains: Collection[str],
        *,
        everything: bool = False,
        hidden_domain: str | None = None,
        hidden_users: Collection[str] = (),
    ) -> None:
        """Filter for a scope.

        Args:
            in_scope: Tells whether an entity is in scope.
            domains: The domains that an entity id can have.
            everything: Whether the scope also sees what is about no entity.
            hidden_domain: A domain whose entries, events and actions no key sees: the bridge's own, which
                tell of other keys.
            hidden_users: The users of other keys, who are left out as causes.

        """
        self._hidden_domain = hidden_domain
        self._hidden_users = hidden_users
        self._everything = everything
        self._in_scope = in_scope
        self._domains = domains

    def entry(self, entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what is seen of an entry; ``None`` for nothing."""
        entity_id = entry.get("entity_id")
        if self._hidden_domain is not None and entry.get("domain") == self._hidden_domain:
            return None
        if not (self._in_scope(entity_id) if isinstance(entity_id, str) else self._everything):
            return None
        hides_cause = not self._may_know_cause(entry)
        return {
            name: value
            for name, value in entry.items()
            if not (hides_cause and name.startswith(_CAUSE) and name != _WHO)
            and not (name == _WHO and value in self._hidden_users)
            and not (name in _TEXTS and self._names_others(value))
        }

    def _may_know_cause(self, entry: Mapping[str, Any]) -> bool:
        if self._hidden_domain is not None and self._is_of_hidden(entry):
            return False
        entity_id = entry.get("context_entity_id")
        if entity_id is not None:
            return isinstance(entity_id, str) and self._in_scope(entity_id)
        domain, service = entry.get("context_domain"), entry.get("context_service")
        if domain is None or self._everything:
            return True
        # A script is called by its own name. An event without an entity may tell of anything.
        return service is not None and (domain != "script" or self._in_scope(f"{domain}.{service}"))

    def _is_of_hidden(self, entry: Mapping[str, Any]) -> bool:
        domain, event = self._hidden_domain, str(entry.get("context_event_type") or "")
        return entry.get("context_domain") == domain or event.startswith(f"{domain}_")

    def _names_others(self, text: object) -> bool:
        try:
            found = find_references(text, self._domains)
        except TooDeepError:
            return True
        return not all(self._in_scope(item) for item in found.entities)
