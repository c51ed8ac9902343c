"""Limits how many states a key can create."""

from collections.abc import Callable, Container
from typing import Final

MAX_CREATED_STATES: Final = 100


class CreatedStates:
    """The existing states that each key has created. Limited for each key."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self._by_key: dict[str, set[str]] = {}

    def reserve(self, key_id: str, entity_id: str, exists: Callable[[str], bool]) -> bool:
        """Count a state that a key will create. Returns ``False`` if the key has reached its limit.

        States that no longer exist are not counted.
        """
        created = self._by_key.setdefault(key_id, set())
        if len(created) >= MAX_CREATED_STATES:
            created = self._by_key[key_id] = {item for item in created if exists(item)}
        if len(created) >= MAX_CREATED_STATES:
            return False
        created.add(entity_id)
        return True

    def keys_changed(self, _old: object, new: Container[str]) -> None:
        """Drop deleted keys."""
        self._by_key = {key_id: created for key_id, created in self._by_key.items() if key_id in new}
