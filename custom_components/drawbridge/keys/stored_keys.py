"""Loads the keys of the config entry into the key ring."""

import time
from dataclasses import replace
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from ..const import SUBENTRY_TYPE_API_KEY
from ..log import get_logger
from ..scope.model import Scope
from ..values import DamagedValueError
from .ending import EndTimer
from .model import ApiKey
from .ring import KeyRing

_LOGGER: Final = get_logger(__name__)


class StoredKeys:
    """The keys as the config entry stores them.

    The key ring has the same keys with their temporary permissions, and without the invalid ones.
    """

    def __init__(self, entry: ConfigEntry[Any], ring: KeyRing) -> None:
        """Create a loader from a config entry into a ring. The ring is empty before ``load``."""
        self._entry = entry
        self._ring = ring
        self._ends = EndTimer(self.load)
        self.damaged: dict[str, tuple[str, str]] = {}
        """The name and the invalid field of each key that cannot be read and is disabled, by ID."""
        self.origins: frozenset[str] = frozenset()
        """The allowed origins of all enabled keys."""

    def load(self) -> None:
        """Replace the keys of the ring, now and whenever a temporary permission ends."""
        subentries = self._entry.get_subentries_of_type(SUBENTRY_TYPE_API_KEY)
        # Equal scopes share one object, so that look-ups compare by identity.
        scopes: dict[Scope, Scope] = {}
        self.damaged, now = {}, time.time()
        read = [key.in_force(now) for item in subentries if (key := self._read(item)) is not None]
        self._ring.replace(replace(key, scope=scopes.setdefault(key.scope, key.scope)) for key in read)
        self._ends.set(self._ring)
        self.origins = frozenset().union(*(key.cors_origins for key in self._ring if key.enabled))

    def stop(self) -> None:
        """Stop waiting for the end of temporary permissions."""
        self._ends.stop()

    def get(self, key_id: str) -> ApiKey | None:
        """Return a key without temporary permissions; ``None`` if it is invalid or does not exist."""
        subentry = self.subentry(key_id)
        return None if subentry is None or key_id in self.damaged else self._read(subentry)

    def subentry(self, key_id: str) -> ConfigSubentry | None:
        """Return the subentry of a key, which exists even if a value of the key is invalid."""
        found = self._entry.subentries.get(key_id)
        return found if found is not None and found.subentry_type == SUBENTRY_TYPE_API_KEY else None

    def _read(self, subentry: ConfigSubentry) -> ApiKey | None:
        """Parse a key. An invalid one is disabled, and does not affect other keys."""
        try:
            return ApiKey.from_mapping(subentry.subentry_id, subentry.title, subentry.data)
        except DamagedValueError as err:
            self.damaged[subentry.subentry_id] = (subentry.title, err.field)
            _LOGGER.error("The API key '%s' is disabled because its field '%s' is invalid", subentry.title, err.field)  # noqa: TRY400
            return None
