"""What is known of a key, and how it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from ..policy.scope import Scope


class Capability(StrEnum):
    """What a key may do."""

    READ = "read"
    CONTROL = "control"
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
    """A client's key: who it is and what it may do. Holds no secret."""

    id: str
    name: str
    secrets: tuple[StoredSecret, ...]
    capabilities: frozenset[Capability] = frozenset({Capability.READ})
    scope: Scope = Scope()

    @classmethod
    def from_mapping(cls, key_id: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read a key from the data of its subentry.

        Raises ``KeyError``, ``TypeError`` or ``ValueError`` when the data is not a key's.
        """
        return cls(
            id=key_id,
            name=name,
            secrets=tuple(StoredSecret.from_mapping(item) for item in data["secrets"]),
            capabilities=frozenset(Capability(item) for item in data["capabilities"]),
            scope=Scope.from_mapping(data["scope"]),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the data of the key's subentry, the inverse of ``from_mapping``."""
        return {
            "secrets": [secret.as_dict() for secret in self.secrets],
            "capabilities": sorted(self.capabilities),
            "scope": self.scope.as_dict(),
        }
