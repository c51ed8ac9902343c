"""What a person should look at: keys that end, keys that nobody uses, options that weaken."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ..keys import ApiKey
from ..limits.origins import ANY_ORIGIN
from ..options import Options

_DAY: Final = 86_400
SOON: Final = 7 * _DAY
UNUSED: Final = 90 * _DAY


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    ``kind`` is also the translation key; ``key_id`` names the key it is about, if any;
    ``placeholders`` go into its words. Times are Unix times in seconds.
    """

    kind: str
    key_id: str | None = None
    placeholders: dict[str, str] = field(default_factory=dict)
    moment: float | None = None

    @property
    def id(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}_{self.key_id}" if self.key_id is not None else self.kind


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What is known of a key besides itself."""

    last_used: float | None
    plain_address: str | None
    """From where outside the local network it was used without TLS, if it was."""
    sees_any: bool
    """Whether an entity is in its scope now."""


def about_key(key: ApiKey, facts: KeyFacts, now: float) -> Iterator[Finding]:
    """Yield what there is to say about a key at ``now``. One that is disabled is left in peace."""
    if not key.enabled:
        return
    name = {"name": key.name}
    if key.is_expired(now):
        yield Finding("key_expired", key.id, name, key.expires)
        return
    if key.is_expired(now + SOON):
        yield Finding("key_expires_soon", key.id, name, key.expires)
    if now - max(facts.last_used or 0.0, key.created) > UNUSED:
        yield Finding("key_unused", key.id, {**name, "days": str(UNUSED // _DAY)})
    if facts.plain_address is not None and not key.local_only:
        yield Finding("plain_http", key.id, name)
    if key.scope.matches_anything and not facts.sees_any:
        yield Finding("scope_matches_nothing", key.id, name)


def about_options(options: Options) -> Iterator[Finding]:
    """Yield the options that weaken what the bridge protects."""
    if ANY_ORIGIN in options.cors_origins:
        yield Finding("any_origin")
    if options.per_minute == 0:
        yield Finding("no_rate_limit")


@dataclass(slots=True)
class LowScore:
    """Remembers since when the health score is low. Times are in seconds of a steady clock."""

    threshold: float
    patience: float
    _since: float | None = None

    def lasts(self, score: float, now: float) -> bool:
        """Take a score at ``now``, and tell whether it has been low for longer than the patience."""
        if score >= self.threshold:
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since >= self.patience
