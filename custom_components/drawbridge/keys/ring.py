"""The key ring: finds the key that a secret belongs to."""

import hmac
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from ..log import get_logger
from .model import ApiKey, StoredSecret
from .secret import LENGTH, digest, is_well_formed

_LOGGER: Final = get_logger(__name__)

type KeyListener = Callable[[Mapping[str, ApiKey], Mapping[str, ApiKey]], None]
"""Called after a change with the old and the new keys, by ID."""


class AuthFailure(StrEnum):
    """Why authentication failed: a metric label and a reason in the audit trail."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    DISABLED = "disabled"
    CHANGED = "changed"
    """The key changed while the request was in progress."""
    SESSION_OVER = "session_over"
    """The session of a browser has ended."""

    @property
    def is_guess(self) -> bool:
        """Tell whether the failure may be a guess, which counts towards the lock-out.

        A secret that was valid before is not a guess.
        """
        return self in {AuthFailure.AMBIGUOUS, AuthFailure.MALFORMED, AuthFailure.UNKNOWN}


class _Opening:
    """The key of a secret, and how long the secret is valid."""

    __slots__ = ("digest", "key", "until")

    def __init__(self, key: ApiKey, secret: StoredSecret) -> None:
        self.key = key
        self.digest = secret.digest
        self.until = min(math.inf if end is None else end for end in (key.expires, secret.valid_until))


class KeyRing:
    """All keys, by the hash of their secrets.

    The look-up uses SHA-256, so its timing reveals information only about a hash, which a client
    cannot choose. The comparison that follows takes constant time.
    """

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        """Create a ring of keys."""
        self._listeners: list[KeyListener] = []
        self._by_id: Mapping[str, ApiKey] = {}
        self.replace(keys)

    def __iter__(self) -> Iterator[ApiKey]:
        """Iterate over the keys."""
        return iter(self._by_id.values())

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._by_id)

    def get(self, key_id: str) -> ApiKey | None:
        """Return the key with an ID."""
        return self._by_id.get(key_id)

    def replace(self, keys: Iterable[ApiKey]) -> None:
        """Replace all keys, and notify the listeners."""
        old, self._by_id = self._by_id, {key.id: key for key in keys}
        self._by_digest = {secret.digest: _Opening(key, secret) for key in self for secret in key.secrets}
        for listener in tuple(self._listeners):
            try:
                listener(old, self._by_id)
            except Exception:
                # The other listeners must still be notified.
                _LOGGER.exception("Unexpected error after a change of the keys")

    def subscribe(self, listener: KeyListener) -> Callable[[], None]:
        """Call a listener after each change, in order of subscription. Returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def authenticate(self, secret: str, now: float) -> ApiKey | AuthFailure:
        """Return the key of a secret at Unix time ``now``, or the failure."""
        if len(secret) != LENGTH or not secret.isascii():
            return AuthFailure.MALFORMED
        found = self.find(digest(secret), now)
        if found is AuthFailure.UNKNOWN and not is_well_formed(secret):
            # Verify the checksum only on a miss: it costs as much as the look-up.
            return AuthFailure.MALFORMED
        return found

    def find(self, presented: str, now: float) -> ApiKey | AuthFailure:
        """Return the key of a secret with this hash at Unix time ``now``, or the failure."""
        found = self._by_digest.get(presented)
        if found is None or not hmac.compare_digest(found.digest, presented):
            return AuthFailure.UNKNOWN
        if now >= found.until:
            return AuthFailure.EXPIRED
        return found.key if found.key.enabled else AuthFailure.DISABLED
