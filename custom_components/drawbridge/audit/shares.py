"""Shares of the audit file, so that a flood of one kind of record does not displace the others."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

from ..limits.rate_limit import RateLimit, RateLimiter
from .trail import AuditRecord

_WRITES_OF_KEY: Final = RateLimit(per_minute=120, burst=1200)
_REFUSALS_OF_CALLER: Final = RateLimit(per_minute=6, burst=30)
_REFUSALS_OF_REASON: Final = RateLimit(per_minute=30, burst=200)
_MAX_CALLERS: Final = 4096
_IPV6_PREFIX: Final = 4


class AuditShares:
    """Decides which records are written, and counts those that are not.

    What a key did has a share for each key. A refusal needs room in the share of its caller (the
    key, else the address; IPv6 addresses share by /64) for its reason, and in the share of the reason itself.
    """

    def __init__(self) -> None:
        """Create full shares."""
        self._callers: OrderedDict[str, RateLimiter] = OrderedDict()
        self._reasons = RateLimiter()
        self._unsaid: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        """Records that were not written since the start, by kind."""

    def __len__(self) -> int:
        """Return how many callers are remembered."""
        return len(self._callers)

    def take(self, record: AuditRecord, now: float) -> bool:
        """Tell whether a record is written at ``now``, in seconds of a steady clock."""
        kind = kind_of(record)
        caller = self._callers.setdefault(_caller(record), RateLimiter())
        self._callers.move_to_end(_caller(record))
        if len(self._callers) > _MAX_CALLERS:
            self._callers.popitem(last=False)
        if record.outcome == "refused":
            taken = caller.take(kind, _REFUSALS_OF_CALLER, now).allowed and self._of_reason(record, now)
        else:
            taken = caller.take("", _WRITES_OF_KEY, now).allowed
        if not taken:
            self.miss(kind)
        return taken

    def miss(self, kind: str) -> None:
        """Count a record that is not written."""
        self.dropped[kind] += 1
        self._unsaid[kind] += 1

    def drain(self) -> Mapping[str, int]:
        """Return how many records of each kind were not written since the last call."""
        unsaid, self._unsaid = self._unsaid, Counter()
        return unsaid

    def _of_reason(self, record: AuditRecord, now: float) -> bool:
        share = f"{kind_of(record)} {record.key_id is None}"
        return self._reasons.take(share, _REFUSALS_OF_REASON, now).allowed


def kind_of(record: AuditRecord) -> str:
    """Return the reason of a refusal, else the outcome."""
    return record.reason or record.outcome


def _caller(record: AuditRecord) -> str:
    if record.key_id is not None:
        return record.key_id
    if ":" not in record.address:
        return record.address
    try:
        return ":".join(ip_address(record.address.partition("%")[0]).exploded.split(":")[:_IPV6_PREFIX])
    except ValueError:
        return record.address
