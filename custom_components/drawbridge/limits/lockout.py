"""Addresses that tried too many wrong keys."""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final

from .networks import Address

_FREE_FAILURES: Final = 5
_FIRST_DELAY: Final = 1.0
_LONGEST_DELAY: Final = 900.0
_MAX_DOUBLINGS: Final = 10
_FORGOTTEN_AFTER: Final = 1800.0
_MAX_ADDRESSES: Final = 4096
_IPV6_PREFIX_BITS: Final = 64


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Lockouts:
    """Counts wrong keys by client address, and locks out with exponentially growing delays.

    The sixth failure locks for one second, each further one for twice as long, up to a
    quarter of an hour. Half an hour of quiet resets the count; a valid key does not.
    IPv6 clients count by their /64, which one client has to itself. At most 4,096 addresses
    are remembered, those heard of longest ago are forgotten first. Times are in seconds of a
    clock that never runs backwards.
    """

    def __init__(self) -> None:
        """Begin with nobody locked out."""
        self._records: OrderedDict[int, _Record] = OrderedDict()
        self.total = 0
        """How often an address was locked out."""

    def __len__(self) -> int:
        """Return the number of addresses remembered."""
        return len(self._records)

    def active(self, now: float) -> int:
        """Return the number of addresses locked out at ``now``."""
        return sum(record.until > now for record in self._records.values())

    def remaining(self, address: Address, now: float) -> float:
        """Return for how many seconds more an address is locked out; 0 when it is not."""
        if not self._records:
            return 0.0
        record = self._records.get(_bucket(address))
        return max(0.0, record.until - now) if record is not None else 0.0

    def failed(self, address: Address, now: float) -> float:
        """Count a wrong key, and return for how many seconds it locks the address out."""
        bucket = _bucket(address)
        record = self._records.get(bucket)
        if record is None or now - max(record.last, record.until) > _FORGOTTEN_AFTER:
            record = self._records[bucket] = _Record()
        self._records.move_to_end(bucket)
        if len(self._records) > _MAX_ADDRESSES:
            self._records.popitem(last=False)
        record.failures += 1
        record.last = now
        excess = record.failures - _FREE_FAILURES
        if excess <= 0:
            return 0.0
        delay = min(_FIRST_DELAY * (1 << min(excess - 1, _MAX_DOUBLINGS)), _LONGEST_DELAY)
        record.until = now + delay
        self.total += 1
        return delay


def _bucket(address: Address) -> int:
    if isinstance(address, IPv6Address):
        # Negative, so that no IPv4 address shares a bucket with an IPv6 network.
        return -1 - (int(address) >> (128 - _IPV6_PREFIX_BITS))
    return int(address)
