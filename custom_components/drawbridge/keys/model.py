"""What is known of a key, and how it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

from ..policy.networks import Network, parse_network
from ..policy.rate_limit import RateLimit
from ..policy.scope import NOTHING, Scope

_MAX_OLD_SECRETS: Final = 4


class Capability(StrEnum):
    """What a key may do."""

    READ = "read"
    HISTORY = "history"
    CONTROL = "control"
    SET_STATE = "set_state"
    FIRE_EVENT = "fire_event"
    TEMPLATE = "template"
    IMAGES = "images"
    LOCATION = "location"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """The hash of a secret, and until when it opens.

    ``valid_until`` is a Unix time in seconds, ``None`` for no end.
    """

    digest: str
    valid_until: float | None = None

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Read a stored secret. Raises ``KeyError`` when the digest is missing."""
        return cls(data["digest"], data.get("valid_until"))

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"digest": self.digest, "valid_until": self.valid_until}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A client's key: who it is and what it may do. Holds no secret.

    ``services`` and ``events`` are allow-lists; ``per_minute`` is ``None`` for the bridge's
    own rate limit and 0 for none; times are Unix times in seconds.
    """

    id: str
    name: str
    secrets: tuple[StoredSecret, ...]
    capabilities: frozenset[Capability] = frozenset({Capability.READ})
    scope: Scope = NOTHING
    services: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    expires: float | None = None
    networks: tuple[Network, ...] = ()
    local_only: bool = False
    per_minute: int | None = None
    burst: int | None = None
    cors_origins: frozenset[str] = frozenset()
    enabled: bool = True
    created: float = 0.0
    last_rotated: float | None = None
    learning: bool = False
    """Whether it is recorded what the key is used for, to propose the least that would do."""

    @classmethod
    def from_mapping(cls, key_id: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read a key from the data of its subentry.

        Raises ``AttributeError``, ``KeyError``, ``TypeError`` or ``ValueError`` when the data is not a key's.
        """
        return cls(
            id=key_id,
            name=name,
            secrets=tuple(StoredSecret.from_mapping(item) for item in data["secrets"]),
            capabilities=frozenset(Capability(item) for item in data["capabilities"]),
            scope=Scope.from_mapping(data["scope"]),
            services=frozenset(data.get("services", ())),
            events=frozenset(data.get("events", ())),
            expires=data.get("expires"),
            networks=tuple(parse_network(item) for item in data.get("networks", ())),
            local_only=data.get("local_only", False),
            per_minute=data.get("per_minute"),
            burst=data.get("burst"),
            cors_origins=frozenset(data.get("cors_origins", ())),
            enabled=data.get("enabled", True),
            created=data.get("created", 0.0),
            last_rotated=data.get("last_rotated"),
            learning=data.get("learning", False),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the data of the key's subentry, the inverse of ``from_mapping``."""
        return {
            "secrets": [secret.as_dict() for secret in self.secrets],
            "capabilities": sorted(self.capabilities),
            "scope": self.scope.as_dict(),
            "services": sorted(self.services),
            "events": sorted(self.events),
            "expires": self.expires,
            "networks": [str(item) for item in self.networks],
            "local_only": self.local_only,
            "per_minute": self.per_minute,
            "burst": self.burst,
            "cors_origins": sorted(self.cors_origins),
            "enabled": self.enabled,
            "created": self.created,
            "last_rotated": self.last_rotated,
            "learning": self.learning,
        }

    def rate_limit(self, default_per_minute: int) -> RateLimit | None:
        """Return the key's rate limit, by the bridge's own where it has none; ``None``: no limit."""
        per_minute = default_per_minute if self.per_minute is None else self.per_minute
        return RateLimit.of(per_minute, self.burst) if per_minute else None

    def is_expired(self, now: float) -> bool:
        """Tell whether the key has ended by Unix time ``now``."""
        return self.expires is not None and now >= self.expires

    def rotated(self, digest: str, now: float, overlap: float) -> Self:
        """Return the key with a new secret; the old ones open for ``overlap`` seconds more."""
        until = now + overlap
        old = (
            StoredSecret(item.digest, min(until, item.valid_until or until)) for item in self.secrets[:_MAX_OLD_SECRETS]
        )
        kept = (item for item in old if item.valid_until is not None and item.valid_until > now)
        return replace(self, secrets=(StoredSecret(digest), *kept), last_rotated=now)
