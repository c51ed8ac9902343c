"""A session, and its stored form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from .. import values

ACCESS_SECONDS: Final = 1800
"""How long an access token is valid."""
_GRACE_SECONDS: Final = 60
"""A client may use a token right before its end, and the request takes time."""
_MAX_ACCESS_TOKENS: Final = 10
"""The number for each session. Each open page of a browser gets its own token."""
_SHORT_SECONDS: Final = 12 * 3600
"""How long a session lasts that the browser does not remember."""
_UNUSED_SECONDS: Final = 90 * 86_400
"""How long a session lasts that nobody uses."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """The hash of an access token, and the Unix time until which it is valid."""

    digest: str
    until: float


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. Contains only hashes of tokens. Times are Unix times in seconds.

    Attributes:
        id: The ID of the session.
        key_id: The key that signed in.
        opened_by: The hash of the secret that signed in. The session ends with this secret.
        client_id: The OAuth client: the origin of the pages.
        refresh: The hash of the refresh token.
        created: When it signed in.
        last_used: When a token was last issued, or a connection last ended.
        expires: When it ends even if it is used; ``None`` for a session that the browser remembers.
        access: The access tokens that are valid.

    """

    id: str
    key_id: str
    opened_by: str
    client_id: str
    refresh: str
    created: float
    last_used: float
    expires: float | None = None
    access: tuple[AccessToken, ...] = ()

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse a stored session. Raises ``DamagedValueError`` if it is invalid."""
        return cls(
            id=values.field(data, "id", values.text),
            key_id=values.field(data, "key_id", values.text),
            opened_by=values.field(data, "opened_by", values.text),
            client_id=values.field(data, "client_id", values.text),
            refresh=values.field(data, "refresh", values.text),
            created=values.field(data, "created", values.number),
            last_used=values.field(data, "last_used", values.number),
            expires=values.field(data, "expires", values.optional(values.number)),
            access=values.field(data, "access", _access_tokens),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form, the inverse of ``from_mapping``."""
        return {
            "id": self.id,
            "key_id": self.key_id,
            "opened_by": self.opened_by,
            "client_id": self.client_id,
            "refresh": self.refresh,
            "created": self.created,
            "last_used": self.last_used,
            "expires": self.expires,
            "access": [[item.digest, item.until] for item in self.access],
        }

    @staticmethod
    def end_of(now: float, *, remember: bool) -> float | None:
        """Return when a session that begins now ends even if it is used."""
        return None if remember else now + _SHORT_SECONDS

    def is_over(self, now: float) -> bool:
        """Tell whether the session has ended at Unix time ``now``."""
        return (self.expires is not None and now >= self.expires) or now >= self.last_used + _UNUSED_SECONDS

    def with_access(self, digest: str, now: float) -> Self:
        """Return the session with one more access token. The oldest ones are dropped."""
        kept = [item for item in self.access if item.until > now]
        token = AccessToken(digest, now + ACCESS_SECONDS + _GRACE_SECONDS)
        return replace(self, access=(*kept, token)[-_MAX_ACCESS_TOKENS:], last_used=now)

    def accepts(self, digest: str, now: float) -> bool:
        """Tell whether an access token of the session is valid at Unix time ``now``."""
        return not self.is_over(now) and any(item.digest == digest and now < item.until for item in self.access)


def _access_tokens(value: object) -> tuple[AccessToken, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004 - one error type for all invalid values
    return tuple(AccessToken(values.text(digest), values.number(until)) for digest, until in value)
