"""Networks and client addresses."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

_LOCAL: Final[tuple[Network, ...]] = tuple(
    ip_network(item)
    for item in (
        "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
"""Loopback, private and link-local networks, as in Home Assistant."""
_IPV6_PREFIX_BITS: Final = 64
"""The network in which one machine can have any address."""


def parse_network(text: str) -> Network:
    """Parse an address or a network, such as ``192.168.1.0/24``.

    Host bits are ignored. Raises ``ValueError`` for anything else.
    """
    return ip_network(text.strip(), strict=False)


@lru_cache(maxsize=1024)
def parse_address(text: str) -> Address | None:
    """Parse a client's address. Maps IPv4-mapped IPv6 to IPv4. Returns ``None`` if the text is not an address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_local(address: Address) -> bool:
    """Tell whether an address is in the local network or belongs to this machine."""
    return contains(_LOCAL, address)


def contains(networks: Iterable[Network], address: Address) -> bool:
    """Tell whether an address is in one of the networks."""
    return any(address in network for network in networks)


def bucket(address: Address) -> int:
    """Return what limits count as one client: an IPv4 address, or an IPv6 /64 network."""
    if isinstance(address, IPv6Address):
        # Negative, so that IPv4 addresses and IPv6 networks do not share a bucket.
        return -1 - (int(address) >> (128 - _IPV6_PREFIX_BITS))
    return int(address)
