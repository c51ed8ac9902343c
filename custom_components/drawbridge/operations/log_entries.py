"""Filters logbook entries by scope."""

from collections.abc import Callable, Collection, Container, Mapping
from typing import Any, Final

from ..scope.references import TooDeepError, find_references

_CAUSE: Final = "context_"
_WHO: Final = "context_user_id"
_TEXTS: Final = ("message", "source", "context_message", "context_source", "context_name", "context_entity_id_name")


class LogFilter:
    """Removes data outside the scope from logbook entries.

    An entry is visible if it is about an entity in scope. Its cause (the ``context_…`` members) is removed if it is an
    entity or a script outside the scope, or if it is unknown. Texts that contain the ID of a hidden entity are removed.
    """

    def __init__(
        self,
        in_scope: Callable[[str], bool],
        domains: Container[str],
        *,
        everything: bool = False,
        hidden_domain: str | None = None,
        hidden_users: Collection[str] = (),
    ) -> None:
        """Create a filter for a scope.

        Args:
            in_scope: Returns whether an entity is in scope.
            domains: The domains that an entity ID can have. They must not depend on hidden entities: whether a text
                is removed would reveal them.
            everything: Whether entries that are about no entity are visible.
            hidden_domain: The domain of the bridge. Its entries, events and actions are always hidden, because they
                reveal other keys.
            hidden_users: The users that represent other keys. They are removed as causes.

        """
        self._hidden_domain = hidden_domain
        self._hidden_users = hidden_users
        self._everything = everything
        self._in_scope = in_scope
        self._domains = domains
        self._found: dict[str, bool] = {}

    def entry(self, entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the visible part of an entry; ``None`` if the entry is hidden."""
        entity_id = entry.get("entity_id")
        if self._hidden_domain is not None and entry.get("domain") == self._hidden_domain:
            return None
        if not (self._in_scope(entity_id) if isinstance(entity_id, str) else self._everything):
            return None
        removed = {name for name in _TEXTS if name in entry and self._names_others(entry[name])}
        if entry.get(_WHO) in self._hidden_users:
            removed.add(_WHO)
        if not self._may_know_cause(entry):
            removed.update(name for name in entry if name.startswith(_CAUSE) and name != _WHO)
        # Most entries are shown whole.
        return {name: value for name, value in entry.items() if name not in removed} if removed else entry

    def _may_know_cause(self, entry: Mapping[str, Any]) -> bool:
        if self._hidden_domain is not None and self._is_of_hidden(entry):
            return False
        entity_id = entry.get("context_entity_id")
        if entity_id is not None:
            return isinstance(entity_id, str) and self._in_scope(entity_id)
        domain, service = entry.get("context_domain"), entry.get("context_service")
        if domain is None or self._everything:
            return True
        # A cause that is a script has the name of the script. A cause without an entity can be any event.
        return service is not None and (domain != "script" or self._in_scope(f"{domain}.{service}"))

    def _is_of_hidden(self, entry: Mapping[str, Any]) -> bool:
        domain, event = self._hidden_domain, str(entry.get("context_event_type") or "")
        return entry.get("context_domain") == domain or event.startswith(f"{domain}_")

    def _names_others(self, text: object) -> bool:
        """Return whether a text contains the ID of a hidden entity. Names are repeated, so results are kept."""
        if not isinstance(text, str):
            return self._find_others(text)
        if text not in self._found:
            self._found[text] = self._find_others(text)
        return self._found[text]

    def _find_others(self, text: object) -> bool:
        try:
            found = find_references(text, self._domains)
        except TooDeepError:
            return True
        return not all(self._in_scope(item) for item in found.entities)
