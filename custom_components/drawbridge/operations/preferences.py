"""The preferences that Home Assistant's pages store for a user: here, for a key."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..keys import ApiKey
from ..refusal import bad_request

MAX_NAMES: Final = 32
MAX_NAME_CHARACTERS: Final = 64
MAX_BYTES: Final = 16_384
"""For all preferences of a key together."""

type Listener = Callable[[str, Any], None]
"""Called with the name and the new value of a preference."""


class Preferences:
    """The preferences of all keys, limited in number and size for each key."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self._by_key: dict[str, dict[str, Any]] = {}
        self._listeners: dict[str, list[Listener]] = {}

    def load(self, stored: Mapping[str, Mapping[str, Any]]) -> None:
        """Take over stored preferences."""
        self._by_key = {key_id: dict(items) for key_id, items in stored.items()}

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return the stored form."""
        return {key_id: dict(items) for key_id, items in self._by_key.items()}

    def of_key(self, key_id: str) -> Mapping[str, Any]:
        """Return the preferences of a key."""
        return self._by_key.get(key_id, {})

    def put(self, key_id: str, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Store a preference of a key.

        Raises:
            RefusedError: The key has too many, or they are too large.

        """
        changed = {**self.of_key(key_id), name: value}
        if len(name) > MAX_NAME_CHARACTERS or len(changed) > MAX_NAMES or len(json.dumps(changed)) > MAX_BYTES:
            raise bad_request("There are too many preferences, or they are too large.")
        self._by_key[key_id] = changed
        for listener in tuple(self._listeners.get(key_id, ())):
            listener(name, value)

    def listen(self, key_id: str, listener: Listener) -> Callable[[], None]:
        """Call a listener after each change of a key's preferences, until the returned function is called."""
        self._listeners.setdefault(key_id, []).append(listener)

        def stop() -> None:
            listeners = self._listeners.get(key_id, [])
            listeners.remove(listener)
            if not listeners:
                self._listeners.pop(key_id, None)

        return stop

    def keys_changed(self, _old: Mapping[str, ApiKey], new: Mapping[str, ApiKey]) -> None:
        """Drop the preferences of removed keys."""
        for key_id in self._by_key.keys() - new.keys():
            del self._by_key[key_id]
