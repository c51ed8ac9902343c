"""How many requests a key may make."""

import math
from collections.abc import Container
from dataclasses import dataclass
from typing import Final

_SECONDS_PER_MINUTE: Final = 60
_LARGEST_BURST_SHARE: Final = 4
_SMALLEST_BURST: Final = 10


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket: it holds ``burst`` requests and is refilled evenly, per minute."""

    per_minute: int
    burst: int

    @classmethod
    def of(cls, per_minute: int, burst: int | None = None) -> RateLimit | None:
        """Return the limit, ``None`` for 0 per minute: no limit.

        Unless given, the burst is a quarter of a minute's requests, and at least 10.
        """
        if per_minute <= 0:
            return None
        usual = max(_SMALLEST_BURST, per_minute // _LARGEST_BURST_SHARE)
        return cls(per_minute, burst or usual)

    @property
    def interval(self) -> float:
        """Seconds between two requests at an even pace."""
        return _SECONDS_PER_MINUTE / self.per_minute

    @property
    def window(self) -> int:
        """Seconds after which an empty bucket is full again, rounded up."""
        return math.ceil(self.burst * self.interval)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a limiter says to a request.

    ``remaining`` requests may follow at once; the bucket is full again in ``reset`` seconds;
    a request that is refused may be made again in ``retry_after`` seconds.
    """

    limit: RateLimit
    allowed: bool
    remaining: int
    reset: float
    retry_after: float = 0.0

    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers-11, and Retry-After."""
        fields = {
            "RateLimit-Policy": f'"default";q={self.limit.burst};w={self.limit.window}',
            "RateLimit": f'"default";r={self.remaining};t={math.ceil(self.reset)}',
        }
        if not self.allowed:
            fields["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        return fields


class RateLimiter:
    """The generic cell rate algorithm (ITU-T I.371), one number for each key.

    That number is the theoretical arrival time: when the bucket will be full again.
    """

    def __init__(self) -> None:
        """Begin with full buckets."""
        self._full_at: dict[str, float] = {}

    def take(self, key_id: str, limit: RateLimit, now: float) -> Allowance:
        """Take one request from a key's bucket at ``now``, in seconds that never run back."""
        full_at = max(self._full_at.get(key_id, now), now)
        capacity = limit.burst * limit.interval
        used = min(full_at - now, capacity)
        wait = used + limit.interval - capacity
        if wait > 1e-9:  # noqa: PLR2004  what a sum of floats may be off by
            return Allowance(limit, allowed=False, remaining=0, reset=used, retry_after=wait)
        self._full_at[key_id] = now + used + limit.interval
        return self.look(key_id, limit, now)

    def look(self, key_id: str, limit: RateLimit, now: float) -> Allowance:
        """Return what is left in a key's bucket, and take nothing."""
        used = min(max(self._full_at.get(key_id, now) - now, 0.0), limit.burst * limit.interval)
        left = limit.burst - used / limit.interval
        return Allowance(limit, allowed=True, remaining=math.floor(left + 1e-9), reset=used)

    def keys_changed(self, _old: object, new: Container[str]) -> None:
        """Forget the keys that are gone."""
        self._full_at = {key: at for key, at in self._full_at.items() if key in new}
