"""Who does a secret belong to?"""

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
"""Called after a change with the keys before and now, by their ids."""


class AuthFailure(StrEnum):
    """Why a request is not let in, as a metric label and in the audit trail."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    DISABLED = "disabled"
    CHANGED = "changed"
    """While the request was in progress."""

    @property
    def is_guess(self) -> bool:
        """Tell whether it may have been a guess, so that the address is to be watched.

        Who presents a secret that was right once guesses nothing.
        """
        return self in {AuthFailure.AMBIGUOUS, AuthFailure.MALFORMED, AuthFailure.UNKNOWN}


class _Opening:
    """What a secret opens, and until when."""

    __slots__ = ("digest", "key", "until")

    def __init__(self, key: ApiKey, secret: StoredSecret) -> None:
        self.key = key
        self.digest = secret.digest
        self.until = min(math.inf if end is None else end for end in (key.expires, secret.valid_until))


class KeyRing:
    """All keys, found by the hash of what a client presents.

    The look-up is by SHA-256, so what its time reveals is about a hash that a client
    cannot choose; the comparison that follows takes the same time for every digest.
    """

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        """Hold the given keys."""
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
        """Return the key with an id."""
        return self._by_id.get(key_id)

    def replace(self, keys: Iterable[ApiKey]) -> None:
        """Hold these keys and no others, from the next look-up on, and tell the listeners."""
        old, self._by_id = self._by_id, {key.id: key for key in keys}
        self._by_digest = {secret.digest: _Opening(key, secret) for key in self for secret in key.secrets}
        for listener in tuple(self._listeners):
            try:
                listener(old, self._by_id)
            except Exception:
                # The others must still learn of a key that is gone.
                _LOGGER.exception("Unexpected error after a change of the keys")

    def subscribe(self, listener: KeyListener) -> Callable[[], None]:
        """Call a listener after each change, in the order of subscription, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def authenticate(self, secret: str, now: float) -> ApiKey | AuthFailure:
        """Return the key that a secret opens at Unix time ``now``, or why none."""
        if len(secret) != LENGTH or not secret.isascii():
            return AuthFailure.MALFORMED
        presented = digest(secret)
        found = self._by_digest.get(presented)
        if found is None or not hmac.compare_digest(found.digest, presented):
            # The form is asked of those alone that open nothing: to look at it costs as much as to look them up.
            return AuthFailure.UNKNOWN if is_well_formed(secret) else AuthFailure.MALFORMED
        if now >= found.until:
            return AuthFailure.EXPIRED
        return found.key if found.key.enabled else AuthFailure.DISABLED
