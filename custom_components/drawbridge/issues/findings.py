"""Finds problems with keys and options that an administrator should know about."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ..keys import ApiKey
from ..limits.origins import ANY_ORIGIN
from ..options import Options
from ..telemetry.listener import ListenerStatus, ends_soon

_DAY_SECONDS: Final = 86_400
SOON_SECONDS: Final = 7 * _DAY_SECONDS
UNUSED_SECONDS: Final = 90 * _DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that an administrator should know about.

    Attributes:
        kind: The kind of problem, which is also the translation key.
        key_id: The ID of the key that has the problem, if any.
        placeholders: The placeholders of the text.
        moment: The time that the text names, in seconds since the Unix epoch.

    """

    kind: str
    key_id: str | None = None
    placeholders: dict[str, str] = field(default_factory=dict)
    moment: float | None = None

    @property
    def id(self) -> str:
        """The ID of the issue."""
        return f"{self.kind}_{self.key_id}" if self.key_id is not None else self.kind


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Facts about a key that are not part of it."""

    last_used: float | None
    plain_address: str | None
    """The address outside the local network from which the key was sent without TLS, if any."""
    sees_any: bool
    """Whether any entity is in the scope of the key."""


def about_key(key: ApiKey, facts: KeyFacts, now: float) -> Iterator[Finding]:
    """Yield the problems of a key at ``now``. A disabled key has none."""
    if not key.enabled:
        return
    name = {"name": key.name}
    if key.is_expired(now):
        yield Finding("key_expired", key.id, name, key.expires)
        return
    if key.is_expired(now + SOON_SECONDS):
        yield Finding("key_expires_soon", key.id, name, key.expires)
    if now - max(facts.last_used or 0.0, key.created) > UNUSED_SECONDS:
        yield Finding("key_unused", key.id, {**name, "days": str(UNUSED_SECONDS // _DAY_SECONDS)})
    if facts.plain_address is not None and not key.local_only:
        yield Finding("plain_http", key.id, name)
    if key.scope.matches_anything and not facts.sees_any:
        yield Finding("scope_matches_nothing", key.id, name)


def next_expiry(expiries: Iterable[float | None], now: float) -> float:
    """Return the next time after ``now`` at which a key expires or is about to; infinity if there is none."""
    known = [item for item in expiries if item is not None]
    return min((item for end in known for item in (end - SOON_SECONDS, end) if item > now), default=math.inf)


def about_options(options: Options) -> Iterator[Finding]:
    """Yield the options that weaken security."""
    if ANY_ORIGIN in options.cors_origins:
        yield Finding("any_origin")
    if options.per_minute == 0:
        yield Finding("no_rate_limit")


def about_listener(listener: ListenerStatus, now: float) -> Iterator[Finding]:
    """Yield the problems of the listener at ``now``."""
    if listener.problem is not None:
        yield Finding(listener.problem, placeholders=dict(listener.placeholders))
    begins, ends = listener.certificate_begins, listener.certificate_ends
    if begins is None or ends is None:
        return
    if listener.keeps_certificate:
        yield Finding("listener_certificate_kept", moment=ends)
    if now >= ends:
        yield Finding("listener_certificate_expired", moment=ends)
    elif now < begins:
        yield Finding("listener_certificate_not_yet_valid", moment=begins)
    elif ends_soon(begins, ends, now):
        yield Finding("listener_certificate_ends_soon", moment=ends)


@dataclass(slots=True)
class LowScore:
    """Tracks how long the health score has been low. Times are in seconds of a monotonic clock."""

    threshold: float
    patience: float
    _since: float | None = None

    def lasts(self, score: float, now: float) -> bool:
        """Record a score at ``now``, and tell whether the score has been low for longer than the patience."""
        if score >= self.threshold:
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since >= self.patience
