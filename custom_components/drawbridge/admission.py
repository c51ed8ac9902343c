"""Admits connections and operations, for all transports."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import is_cloud_connection

from .door import Door
from .keys import ApiKey, AuthFailure, Capability, KeyRing, digest
from .limits.lockout import Lockouts
from .limits.networks import Address, contains, is_local
from .limits.rate_limit import Allowance, RateLimiter
from .operations.declaration import Access
from .options import Options
from .refusal import Refusal, RefusedError
from .sessions import Grant, Session, Sessions, is_access_token
from .telemetry.counters import Counters

_REFUSALS: Final = {failure: Refusal[f"KEY_{failure.name}"] for failure in AuthFailure}

GUESSES: Final = frozenset(_REFUSALS[failure] for failure in AuthFailure if failure.is_guess)
"""The refusals that may be caused by guesses."""


@dataclass(frozen=True, slots=True)
class Client:
    """Where a client comes from.

    Attributes:
        remote: The client's address as text, taken from trusted proxies if any; ``None`` for a local socket.
        address: The same, parsed.
        door: The door through which it came in.
        certificate: The SHA-256 thumbprint of its verified certificate, in lower-case hex. Only the listener has any.

    """

    remote: str | None
    address: Address | None
    door: Door = Door.HOME_ASSISTANT
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """What a live connection depends on.

    Attributes:
        digest: The hash of the key's secret.
        session_id: The session that opened it; ``None`` if the key itself did.

    """

    digest: str
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Decides whether a client may connect with a key, and whether the key may run an operation.

    Refusals are returned, not raised, because they are expected and returning is faster.
    """

    hass: HomeAssistant
    keys: KeyRing
    sessions: Sessions
    lockouts: Lockouts
    rate_limiter: RateLimiter
    counters: Counters
    options: Callable[[], Options]

    def authenticate(self, secret: str | AuthFailure, client: Client) -> ApiKey | RefusedError:
        """Return the valid key of a secret, or a refusal.

        At the listener, the secret may be an access token of a session, which then acts for its key.

        A valid key is admitted from a locked-out address too, so that a client cannot lock out others behind the same
        address. It does not end the lock-out, because its holder could otherwise keep guessing other keys.
        """
        if isinstance(secret, AuthFailure):
            return self._fail(secret, client)
        now = time.time()
        if client.door is Door.LISTENER and is_access_token(secret):
            return self._admit(self.sessions.authenticate(secret, now), client, now)
        return self._admit(self.keys.authenticate(secret, now), client, now)

    def authenticate_again(self, signed_in: Grant | Session, client: Client) -> ApiKey | RefusedError:
        """Return the key of a code or a session that is presented, or a refusal."""
        now = time.time()
        return self._admit(self.sessions.key_of(signed_in.key_id, signed_in.opened_by, now), client, now)

    def authenticate_link(self, may_have: Callable[[ApiKey], bool], client: Client) -> ApiKey | RefusedError:
        """Return the first key with a session whose pages may have a link that is opened from here, or a refusal."""
        now = time.time()
        for key in self.keys:
            is_signed_in = client.door is Door.LISTENER and self.sessions.has_any(key.id, now)
            if is_signed_in and self.check_client(key, client) is None and may_have(key):
                return self._admit(key, client, now)
        return self._fail(AuthFailure.MISSING, client)

    def credential_of_pages(self, key: ApiKey) -> Credential:
        """Return what a live connection depends on that pages of a key opened by a link: the key's latest session."""
        sessions = self.sessions.of_key(key.id)
        latest = max(sessions, key=lambda item: item.last_used, default=None)
        return Credential("") if latest is None else Credential(latest.opened_by, latest.id)

    def credential(self, secret: str) -> Credential:
        """Return what a live connection depends on that this secret opened."""
        session = self.sessions.of_access_token(secret) if is_access_token(secret) else None
        return Credential(digest(secret)) if session is None else Credential(session.opened_by, session.id)

    def locked_out(self, client: Client) -> RefusedError | None:
        """Refuse a client whose address is locked out, before it presents a key."""
        if client.address is None:
            return None
        remaining = self.lockouts.remaining(client.address, time.monotonic())
        return RefusedError(Refusal.LOCKED_OUT, retry_after=int(remaining) + 1) if remaining else None

    def check_client(self, key: ApiKey, client: Client) -> RefusedError | None:
        """Refuse a key that this client may not use: it is bound to another certificate, or its address is wrong."""
        if key.certificate is not None and key.certificate != client.certificate:
            return RefusedError(Refusal.CERTIFICATE, {"key": key.name})
        if not (key.local_only or key.networks) or self._may_use_from(key, client.address):
            return None
        return RefusedError(Refusal.NETWORK, {"key": key.name})

    def limit_rate(self, key: ApiKey) -> Allowance | None:
        """Count a request against the rate limit of the key. Returns ``None`` if the key has no limit.

        Requests over the limit are counted here. The transport refuses them with ``over_limit``.
        """
        if (limit := key.rate_limit(self.options().per_minute)) is None:
            return None
        allowance = self.rate_limiter.take(key.id, limit, time.monotonic())
        if not allowance.allowed:
            self.counters.rate_limited[key.id] += 1
        return allowance

    def over_limit(self, key: ApiKey) -> RefusedError:
        """Return the refusal of a request over the key's rate limit."""
        limit = key.rate_limit(self.options().per_minute)
        per_minute = limit.per_minute if limit is not None else 0
        return RefusedError(Refusal.RATE_LIMITED, {"key": key.name, "per_minute": per_minute})

    def authorize(self, key: ApiKey, capability: Capability | Access) -> RefusedError | None:
        """Refuse an operation for which the key does not have the capability."""
        if capability in key.capabilities or isinstance(capability, Access):
            return None
        return RefusedError(Refusal.CAPABILITY, {"key": key.name, "capability": capability.value})

    def _may_use_from(self, key: ApiKey, address: Address | None) -> bool:
        if key.local_only and (is_cloud_connection(self.hass) or (address is not None and not is_local(address))):
            return False
        return not key.networks or (address is not None and contains(key.networks, address))

    def _admit(self, key: ApiKey | AuthFailure, client: Client, now: float) -> ApiKey | RefusedError:
        if isinstance(key, AuthFailure):
            return self._fail(key, client)
        self.counters.key_used(key.id, now, client.remote)
        return key

    def _fail(self, failure: AuthFailure, client: Client) -> RefusedError:
        self.counters.auth_failures[failure] += 1
        # A locked-out address gets the same refusal for every failure, and failures do not extend the lock-out.
        if (locked_out := self.locked_out(client)) is not None:
            return locked_out
        if client.address is not None and failure.is_guess:
            self.lockouts.failed(client.address, time.monotonic())
        return RefusedError(_REFUSALS[failure])
