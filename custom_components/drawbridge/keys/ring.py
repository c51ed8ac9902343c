"""Who does a secret belong to?"""

import hmac
from collections.abc import Iterable, Iterator
from enum import StrEnum

from .model import ApiKey, StoredSecret
from .secret import digest, is_well_formed


class AuthFailure(StrEnum):
    """Why a request is not let in, as a metric label and in the audit trail."""

    MISSING = "missing"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"


class KeyRing:
    """All keys, found by the hash of what a client presents.

    The look-up is by SHA-256, so what its time reveals is about a hash that a client
    cannot choose; the comparison that follows takes the same time for every digest.
    """

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        """Hold the given keys."""
        self.replace(keys)

    def __iter__(self) -> Iterator[ApiKey]:
        """Iterate over the keys."""
        return iter(self._keys)

    def replace(self, keys: Iterable[ApiKey]) -> None:
        """Hold these keys and no others, from the next look-up on."""
        self._keys = tuple(keys)
        self._by_digest: dict[str, tuple[ApiKey, StoredSecret]] = {
            secret.digest: (key, secret) for key in self._keys for secret in key.secrets
        }

    def authenticate(self, secret: str, now: float) -> ApiKey | AuthFailure:
        """Return the key that a secret opens at Unix time ``now``, or why none."""
        if not is_well_formed(secret):
            return AuthFailure.MALFORMED
        presented = digest(secret)
        found = self._by_digest.get(presented)
        if found is None:
            return AuthFailure.UNKNOWN
        key, stored = found
        if not hmac.compare_digest(stored.digest, presented):
            return AuthFailure.UNKNOWN
        if stored.valid_until is not None and now >= stored.valid_until:
            return AuthFailure.UNKNOWN
        return key
