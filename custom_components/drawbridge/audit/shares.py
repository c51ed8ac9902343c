"""Rate limits for kinds of audit records, so that a flood of one kind does not displace others."""

import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, Self

from ..limits.rate_limit import RateLimit, RateLimiter
from .trail import AuditRecord

_MAX_CALLERS: Final = 4096
_IPV6_PREFIX: Final = 4


@dataclass(frozen=True, slots=True)
class ShareLimits:
    """The limits of each share.

    Attributes:
        writes_of_key: Writes of one key in all domains.
        writes_of_domain: Additional writes of one key to one domain, when the limit above is reached.
        refusals_of_caller: Refusals of one caller for one reason.
        refusals_of_reason: Refusals for one reason, for all keys together and for all other callers together.

    """

    writes_of_key: RateLimit
    writes_of_domain: RateLimit
    refusals_of_caller: RateLimit
    refusals_of_reason: RateLimit


FILE_LIMITS: Final = ShareLimits(
    writes_of_key=RateLimit(per_minute=120, burst=1200),
    writes_of_domain=RateLimit(per_minute=2, burst=20),
    refusals_of_caller=RateLimit(per_minute=6, burst=30),
    refusals_of_reason=RateLimit(per_minute=30, burst=200),
)
"""The limits of the audit file."""

EVENT_LIMITS: Final = ShareLimits(
    writes_of_key=RateLimit(per_minute=1200, burst=200),
    writes_of_domain=RateLimit(per_minute=12, burst=10),
    refusals_of_caller=RateLimit(per_minute=60, burst=30),
    refusals_of_reason=RateLimit(per_minute=120, burst=60),
)
"""The limits of audit events, which a recorder writes to a database."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The common properties of records that were dropped and only counted."""

    refused: bool
    kind: str
    key_id: str | None
    key_name: str | None
    domain: str

    @classmethod
    def of(cls, record: AuditRecord) -> Self:
        """Return the properties of a record."""
        return cls(record.outcome == "refused", record.kind, record.key_id, record.key_name, record.domain)

    def as_dict(self, count: int) -> dict[str, Any]:
        """Return a summary record for ``count`` records."""
        return {
            "time": time.time(),
            "outcome": "not_written",
            "reason": self.kind,
            "key_id": self.key_id,
            "key_name": self.key_name,
            "target": self.domain or None,
            "count": count,
        }


class AuditShares:
    """Limits audit records, and counts those that exceed their share.

    Each key has a share for its writes, and a small additional share for each domain, so that a flood in one domain
    cannot hide writes to another. A refusal counts against the share of its caller for its reason, and against the
    share of the reason. A caller is a key or an address; IPv6 addresses are grouped by /64.
    """

    def __init__(self, limits: ShareLimits = FILE_LIMITS) -> None:
        """Create unused shares."""
        self._limits = limits
        self._keys: OrderedDict[str, RateLimiter] = OrderedDict()
        self._anonymous: OrderedDict[str, RateLimiter] = OrderedDict()
        self._reasons = RateLimiter()
        self._unsaid: Counter[Missing] = Counter()
        self.dropped: Counter[str] = Counter()
        """The number of dropped records since the start, by kind; 0 for a kind without dropped records."""

    def __len__(self) -> int:
        """Return the number of callers that are kept."""
        return len(self._keys) + len(self._anonymous)

    def take(self, record: AuditRecord, now: float) -> bool:
        """Tell whether a record is within its share at ``now``, in seconds of a monotonic clock."""
        self.dropped[record.kind] += 0
        take = self._take_refusal if record.outcome == "refused" else self._take_write
        if not (taken := take(record, now)):
            self.miss(Missing.of(record))
        return taken

    def miss(self, item: Missing) -> None:
        """Count a record that is not written."""
        self.dropped[item.kind] += 1
        self._unsaid[item] += 1

    def say_again(self, item: Missing, count: int) -> None:
        """Include these records in the next ``drain``."""
        self._unsaid[item] += count

    def drain(self) -> Mapping[Missing, int]:
        """Return the number of records not written since the last call."""
        unsaid, self._unsaid = self._unsaid, Counter()
        return unsaid

    def _take_write(self, record: AuditRecord, now: float) -> bool:
        caller, limits = self._caller(record), self._limits
        return (
            caller.take("", limits.writes_of_key, now).allowed
            or caller.take(f"writes {record.domain}", limits.writes_of_domain, now).allowed
        )

    def _take_refusal(self, record: AuditRecord, now: float) -> bool:
        caller, limits = self._caller(record), self._limits
        share = f"{record.kind} {record.key_id is None}"
        return (
            caller.take(record.kind, limits.refusals_of_caller, now).allowed
            and self._reasons.take(share, limits.refusals_of_reason, now).allowed
        )

    def _caller(self, record: AuditRecord) -> RateLimiter:
        if record.key_id is not None:
            return _remembered(self._keys, record.key_id)
        return _remembered(self._anonymous, _network(record.address))


def _remembered(callers: OrderedDict[str, RateLimiter], name: str) -> RateLimiter:
    caller = callers.setdefault(name, RateLimiter())
    callers.move_to_end(name)
    if len(callers) > _MAX_CALLERS:
        callers.popitem(last=False)
    return caller


def _network(address: str) -> str:
    if ":" not in address:
        return address
    try:
        return ":".join(ip_address(address.partition("%")[0]).exploded.split(":")[:_IPV6_PREFIX])
    except ValueError:
        return address
