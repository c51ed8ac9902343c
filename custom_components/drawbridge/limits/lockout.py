"""Locks out addresses that send too many invalid keys."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from .networks import Address, bucket

_FREE_FAILURES: Final = 5
_FIRST_DELAY_SECONDS: Final = 1.0
_MAX_DELAY_SECONDS: Final = 900.0
_MAX_DOUBLINGS: Final = 10
_RESET_SECONDS: Final = 1800.0
_MAX_ADDRESSES: Final = 4096


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Lockouts:
    """Counts invalid keys by client address, and locks addresses out with exponentially growing delays.

    The sixth failure locks an address out for one second. Each further failure doubles the delay, up to 15
    minutes. The count resets after 30 minutes without a failure; a valid key does not reset it. IPv6 clients
    are counted by their /64 network. At most 4,096 addresses are kept; the least recently seen are dropped
    first. Times are in seconds of a monotonic clock.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self._records: OrderedDict[int, _Record] = OrderedDict()
        self.total = 0
        """The number of lock-outs since the start."""

    def __len__(self) -> int:
        """Return the number of addresses that are kept."""
        return len(self._records)

    def active(self, now: float) -> int:
        """Return the number of addresses locked out at ``now``."""
        return sum(record.until > now for record in self._records.values())

    def remaining(self, address: Address, now: float) -> float:
        """Return for how many more seconds an address is locked out; 0 if it is not."""
        if not self._records:
            return 0.0
        record = self._records.get(bucket(address))
        return max(0.0, record.until - now) if record is not None else 0.0

    def failed(self, address: Address, now: float) -> float:
        """Count an invalid key, and return for how many seconds the address is locked out."""
        counted_as = bucket(address)
        record = self._records.get(counted_as)
        if record is None or now - max(record.last, record.until) > _RESET_SECONDS:
            record = self._records[counted_as] = _Record()
        self._records.move_to_end(counted_as)
        if len(self._records) > _MAX_ADDRESSES:
            self._records.popitem(last=False)
        record.failures += 1
        record.last = now
        excess = record.failures - _FREE_FAILURES
        if excess <= 0:
            return 0.0
        delay = min(_FIRST_DELAY_SECONDS * (1 << min(excess - 1, _MAX_DOUBLINGS)), _MAX_DELAY_SECONDS)
        record.until = now + delay
        self.total += 1
        return delay
