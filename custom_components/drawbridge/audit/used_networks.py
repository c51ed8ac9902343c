"""Notices when a key is used from a network from which it was not used before."""

import time
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Address, ip_network
from typing import Any, Final

from ..keys import ApiKey
from ..limits.networks import Address
from ..refusal import Notice
from .subject import Subject
from .trail import AuditRecord, AuditTrail

_MAX_NETWORKS: Final = 64
"""The number of networks to keep for each key. The one that was not used for the longest time is dropped first."""
_IPV4_PREFIX_BITS: Final = 24
_IPV6_PREFIX_BITS: Final = 64


def network_of(address: Address) -> str:
    """Return the network of an address: an IPv4 /24 or an IPv6 /64."""
    bits = _IPV4_PREFIX_BITS if isinstance(address, IPv4Address) else _IPV6_PREFIX_BITS
    return str(ip_network((address, bits), strict=False))


def new_network_record(key: ApiKey, remote: str | None, request_id: str, about: tuple[str, str]) -> AuditRecord:
    """Return the record of a use of a key from a new network. ``about`` is the method and the route."""
    return AuditRecord(
        time=time.time(),
        request_id=request_id,
        key_id=key.id,
        key_name=key.name,
        address=remote or "local",
        method=about[0],
        route=about[1],
        status=HTTPStatus.OK.value,
        outcome="allowed",
        reason=Notice.NEW_NETWORK.label,
        subject=Subject("networks.new"),
    )


@dataclass(slots=True)
class KeyNetworks:
    """The networks from which a key was used, in order of use, and how many of them were new."""

    known: dict[str, None] = field(default_factory=dict)
    new: int = 0


class UsedNetworks:
    """The networks from which each key was used. The first network of a key does not count as new."""

    def __init__(self, trail: AuditTrail) -> None:
        """Create an empty collection that adds a record to the trail for each new network."""
        self._trail = trail
        self._keys: dict[str, KeyNetworks] = {}

    def used(self, address: Address | None, record: AuditRecord) -> None:
        """Note a use of the key of ``record`` from an address. Add the record if the network is new."""
        if address is None or record.key_id is None:
            return
        networks, network = self._keys.setdefault(record.key_id, KeyNetworks()), network_of(address)
        known = networks.known
        is_new = bool(known) and network not in known
        known.pop(network, None)
        known[network] = None
        if len(known) > _MAX_NETWORKS:
            del known[next(iter(known))]
        if is_new:
            networks.new += 1
            self._trail.add(record)

    def count(self, key_id: str) -> int:
        """Return how many new networks a key was used from."""
        found = self._keys.get(key_id)
        return found.new if found is not None else 0

    def load(self, stored: Mapping[str, KeyNetworks]) -> None:
        """Add stored networks."""
        self._keys.update(stored)

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return the stored form."""
        return {key_id: {"known": list(item.known), "new": item.new} for key_id, item in self._keys.items()}

    def keys_changed(self, _old: object, new: Container[str]) -> None:
        """Drop deleted keys."""
        self._keys = {key_id: item for key_id, item in self._keys.items() if key_id in new}
