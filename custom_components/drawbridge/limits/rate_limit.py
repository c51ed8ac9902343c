"""Limits the request rate of each key."""

import math
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_SECONDS_PER_MINUTE: Final = 60
_DEFAULT_BURST_DIVISOR: Final = 4
_MIN_DEFAULT_BURST: Final = 10
_MAX_LIMITS: Final = 256


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket with room for ``burst`` requests, refilled at ``per_minute``."""

    per_minute: int
    burst: int

    @staticmethod
    @lru_cache(maxsize=_MAX_LIMITS)
    def of(per_minute: int, burst: int | None = None) -> RateLimit | None:
        """Return the limit, or ``None`` (no limit) for 0 requests per minute.

        The default burst is a quarter of the requests per minute, but at least 10.
        """
        if per_minute <= 0:
            return None
        usual = max(_MIN_DEFAULT_BURST, per_minute // _DEFAULT_BURST_DIVISOR)
        return RateLimit(per_minute, burst or usual)

    @property
    def interval(self) -> float:
        """Seconds between two requests at an even rate."""
        return _SECONDS_PER_MINUTE / self.per_minute

    @property
    def window(self) -> int:
        """Seconds until an empty bucket is full, rounded up."""
        return math.ceil(self.burst * self.interval)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The result of a rate limit check.

    ``remaining`` is the number of requests left in the bucket. The bucket is full again after ``reset`` seconds.
    A refused request can be retried after ``retry_after`` seconds.
    """

    limit: RateLimit
    allowed: bool
    remaining: int
    reset: float
    retry_after: float = 0.0

    def headers(self) -> dict[str, str]:
        """Return the headers of draft-ietf-httpapi-ratelimit-headers-11, and Retry-After."""
        fields = {
            "RateLimit-Policy": f'"default";q={self.limit.burst};w={self.limit.window}',
            "RateLimit": f'"default";r={self.remaining};t={math.ceil(self.reset)}',
        }
        if not self.allowed:
            fields["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        return fields


class RateLimiter:
    """The generic cell rate algorithm (ITU-T I.371), one number for each key.

    The number is the theoretical arrival time: when the bucket will be full again.
    """

    def __init__(self) -> None:
        """Create a limiter with full buckets."""
        self._full_at: dict[str, float] = {}

    def take(self, key_id: str, limit: RateLimit, now: float) -> Allowance:
        """Take a request from a key's bucket at ``now``, in seconds of a monotonic clock."""
        full_at = max(self._full_at.get(key_id, now), now)
        capacity = limit.burst * limit.interval
        used = min(full_at - now, capacity)
        wait = used + limit.interval - capacity
        if wait > 1e-9:  # noqa: PLR2004  rounding error of floats
            return Allowance(limit, allowed=False, remaining=0, reset=used, retry_after=wait)
        self._full_at[key_id] = now + used + limit.interval
        return self.look(key_id, limit, now)

    def look(self, key_id: str, limit: RateLimit, now: float) -> Allowance:
        """Return the state of a key's bucket without taking a request."""
        used = min(max(self._full_at.get(key_id, now) - now, 0.0), limit.burst * limit.interval)
        left = limit.burst - used / limit.interval
        return Allowance(limit, allowed=True, remaining=math.floor(left + 1e-9), reset=used)

    def keys_changed(self, _old: object, new: Container[str]) -> None:
        """Drop deleted keys."""
        self._full_at = {key: at for key, at in self._full_at.items() if key in new}
