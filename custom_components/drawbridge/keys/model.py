"""The model of a key, and its stored form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self

from .. import values
from ..limits.networks import Network, parse_network
from ..limits.rate_limit import RateLimit
from ..scope.model import NOTHING, Scope, Selection
from .additions import MAX_TEMPORARY, Additions, TemporaryAdditions
from .capability import Capability
from .policy_test import PolicyTest, read_tests
from .thumbprint import stored_thumbprint

DEFAULT_ASK_SECONDS: Final = 60
_MAX_OLD_SECRETS: Final = 4
_SELECTIONS: Final = frozenset(item.name for item in fields(Selection))
_DIGEST: Final = re.compile("[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """The hash of a secret, and how long the secret is valid.

    ``valid_until`` is a Unix time in seconds, or ``None`` if the secret does not expire.
    """

    digest: str
    valid_until: float | None = None

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse a stored secret. Raises ``ValueError`` if it is invalid."""
        return cls(
            values.field(data, "digest", _digest),
            values.field(data, "valid_until", values.optional(values.number), None),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form, the inverse of ``from_mapping``."""
        return {"digest": self.digest, "valid_until": self.valid_until}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key with its permissions. Contains only hashes of secrets.

    ``services``, ``events`` and ``media_hosts`` are allow-lists. ``per_minute`` is ``None`` for the default rate limit
    and 0 for no limit. Times are Unix times in seconds.
    """

    id: str
    name: str
    secrets: tuple[StoredSecret, ...]
    capabilities: frozenset[Capability] = frozenset({Capability.READ})
    scope: Scope = NOTHING
    services: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    media_hosts: frozenset[str] = frozenset()
    dashboards: tuple[str, ...] = ()
    """The paths of the dashboards that the pages show, the first one at the start; empty for one that they build."""
    expires: float | None = None
    networks: tuple[Network, ...] = ()
    local_only: bool = False
    certificate: str | None = None
    """The SHA-256 thumbprint of the client certificate that the key is bound to; ``None`` for no binding."""
    per_minute: int | None = None
    burst: int | None = None
    cors_origins: frozenset[str] = frozenset()
    enabled: bool = True
    created: float = 0.0
    last_rotated: float | None = None
    learning: bool = False
    """Whether the key is in learn mode."""
    ask: frozenset[str] = frozenset()
    """Calls that wait for a person: domains, services and entities, such as ``lock`` or ``lock.back_door``."""
    ask_seconds: int = DEFAULT_ASK_SECONDS
    """How long they wait."""
    approved: frozenset[str] = frozenset()
    """Calls that no longer wait: a service, or a service and an entity with a space between."""
    temporary: tuple[TemporaryAdditions, ...] = ()
    """Permissions that end by themselves. ``in_force`` adds them to the others."""
    tests: tuple[PolicyTest, ...] = ()
    """What an administrator expects of the key. No permission depends on them."""

    @classmethod
    def from_mapping(cls, key_id: str, name: str, data: Mapping[str, Any]) -> Self:
        """Parse the data of a key's subentry.

        Any invalid value raises: a key works only if all of it can be parsed.

        Raises:
            DamagedValueError: A field is missing or invalid.

        """
        return cls(
            id=key_id,
            name=name,
            secrets=values.field(data, "secrets", _secrets),
            capabilities=values.field(data, "capabilities", _capabilities),
            scope=values.field(data, "scope", _scope),
            services=frozenset(values.field(data, "services", values.texts, ())),
            events=frozenset(values.field(data, "events", values.texts, ())),
            media_hosts=frozenset(values.field(data, "media_hosts", values.texts, ())),
            dashboards=tuple(values.field(data, "dashboards", values.texts, ())),
            expires=values.field(data, "expires", values.optional(values.number), None),
            networks=values.field(data, "networks", _networks, ()),
            local_only=values.field(data, "local_only", values.flag, default=False),
            certificate=values.field(data, "certificate", values.optional(stored_thumbprint), None),
            per_minute=values.field(data, "per_minute", values.optional(values.whole), None),
            burst=values.field(data, "burst", values.optional(values.positive_whole), None),
            cors_origins=frozenset(values.field(data, "cors_origins", values.texts, ())),
            enabled=values.field(data, "enabled", values.flag, default=True),
            created=values.field(data, "created", values.number, 0.0),
            last_rotated=values.field(data, "last_rotated", values.optional(values.number), None),
            learning=values.field(data, "learning", values.flag, default=False),
            ask=frozenset(values.field(data, "ask", values.texts, ())),
            ask_seconds=values.field(data, "ask_seconds", values.positive_whole, DEFAULT_ASK_SECONDS),
            approved=frozenset(values.field(data, "approved", values.texts, ())),
            temporary=values.field(data, "temporary", _temporary, ()),
            tests=read_tests(data.get("tests", ())),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the data of the key's subentry, the inverse of ``from_mapping``."""
        return {
            "secrets": [secret.as_dict() for secret in self.secrets],
            "capabilities": sorted(self.capabilities),
            "scope": self.scope.as_dict(),
            "services": sorted(self.services),
            "events": sorted(self.events),
            "media_hosts": sorted(self.media_hosts),
            "dashboards": list(self.dashboards),
            "expires": self.expires,
            "networks": [str(item) for item in self.networks],
            "local_only": self.local_only,
            "certificate": self.certificate,
            "per_minute": self.per_minute,
            "burst": self.burst,
            "cors_origins": sorted(self.cors_origins),
            "enabled": self.enabled,
            "created": self.created,
            "last_rotated": self.last_rotated,
            "learning": self.learning,
            "ask": sorted(self.ask),
            "ask_seconds": self.ask_seconds,
            "approved": sorted(self.approved),
            "temporary": [item.stored() for item in self.temporary],
            "tests": [item.as_dict() for item in self.tests],
        }

    @property
    def permissions(self) -> object:
        """What the key may do. Policy tests depend on nothing else of the key."""
        return self.capabilities, self.scope, self.services, self.temporary

    def rate_limit(self, default_per_minute: int) -> RateLimit | None:
        """Return the rate limit of the key, or the default if it has none; ``None`` for no limit."""
        per_minute = default_per_minute if self.per_minute is None else self.per_minute
        return RateLimit.of(per_minute, self.burst)

    def is_expired(self, now: float) -> bool:
        """Tell whether the key has expired at Unix time ``now``."""
        return self.expires is not None and now >= self.expires

    def with_additions(self, added: Additions) -> Self:
        """Return the key with more permissions.

        Actions and events are added only where the key has a list of them, or where the capability is added with them:
        otherwise, an added action would restrict the key to it, and an added capability would open an old list.
        """
        may_control, may_fire = Capability.CONTROL in self.capabilities, Capability.FIRE_EVENT in self.capabilities
        useless = set() if added.services else {Capability.CONTROL}
        useless |= set() if added.events else {Capability.FIRE_EVENT}
        gained = added.capabilities - self.capabilities - useless
        services, events = self.services, self.events
        if may_control:
            services = services | added.services if services else services
        elif Capability.CONTROL in gained:
            services = added.services
        if may_fire or Capability.FIRE_EVENT in gained:
            events = events | added.events if may_fire else added.events
        include = replace(self.scope.include, entities=self.scope.include.entities | added.entities)
        return replace(
            self,
            capabilities=self.capabilities | gained,
            scope=replace(self.scope, include=include) if added.entities else self.scope,
            services=services,
            events=events,
        )

    def with_temporary(self, added: TemporaryAdditions, now: float) -> Self:
        """Return the key with further permissions that end by themselves. Those that have ended are dropped.

        Raises:
            ValueError: There are too many.

        """
        kept = tuple(item for item in self.temporary if item.until > now)
        if len(kept) >= MAX_TEMPORARY:
            msg = f"a key has at most {MAX_TEMPORARY} temporary permissions"
            raise ValueError(msg)
        return replace(self, temporary=(*kept, added))

    def in_force(self, now: float) -> Self:
        """Return the key with the temporary permissions that have not ended at Unix time ``now``.

        The result is for decisions only. It must never be stored: the stored key has its own permissions apart.
        """
        kept = tuple(item for item in self.temporary if item.until > now)
        if kept == self.temporary == ():
            return self
        merged = Additions(
            frozenset().union(*(item.capabilities for item in kept)),
            frozenset().union(*(item.entities for item in kept)),
            frozenset().union(*(item.services for item in kept)),
            frozenset().union(*(item.events for item in kept)),
        )
        return replace(self.with_additions(merged), temporary=kept)

    def rotated(self, digest: str, now: float, overlap: float) -> Self:
        """Return the key with a new secret. The old ones stay valid for ``overlap`` seconds."""
        until = now + overlap
        old = (
            StoredSecret(item.digest, min(until, item.valid_until or until)) for item in self.secrets[:_MAX_OLD_SECRETS]
        )
        kept = (item for item in old if item.valid_until is not None and item.valid_until > now)
        return replace(self, secrets=(StoredSecret(digest), *kept), last_rotated=now)


def _digest(value: object) -> str:
    digest = values.text(value)
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a digest")
    return digest


def _secrets(value: object) -> tuple[StoredSecret, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("not a list")  # noqa: TRY004 - one error type for all invalid values
    return tuple(StoredSecret.from_mapping(item) for item in value)


def _temporary(value: object) -> tuple[TemporaryAdditions, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("not a list")  # noqa: TRY004 - one error type for all invalid values
    return tuple(TemporaryAdditions.from_mapping(item) for item in value)


def _capabilities(value: object) -> frozenset[Capability]:
    return frozenset(map(Capability, values.texts(value)))


def _networks(value: object) -> tuple[Network, ...]:
    return tuple(map(parse_network, values.texts(value)))


def _scope(value: object) -> Scope:
    """Parse a scope. An unknown selection raises, because ignoring an exclusion would widen the scope."""
    stored = values.mapping(value)
    values.field(stored, "everything", values.flag, default=False)
    for part in ("include", "exclude"):
        selection = values.field(stored, part, values.mapping, {})
        for name in selection:
            values.field(selection, name, values.texts)
        if not selection.keys() <= _SELECTIONS:
            raise ValueError("unknown selection")
    return Scope.from_mapping(stored)
