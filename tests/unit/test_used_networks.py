"""The networks from which keys are used."""

import pytest

from custom_components.drawbridge.audit.trail import AuditTrail
from custom_components.drawbridge.audit.used_networks import KeyNetworks, UsedNetworks, network_of, new_network_record
from custom_components.drawbridge.keys import ApiKey
from custom_components.drawbridge.limits.networks import parse_address
from tests.unit.test_findings import KEY


def use(networks: UsedNetworks, text: str, key: ApiKey = KEY) -> None:
    """Use a key from an address."""
    networks.used(parse_address(text), new_network_record(key, text, "id", ("GET", "/api/states")))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    """The network is an IPv4 /24 or an IPv6 /64. An IPv4 address in IPv6 counts as IPv4."""
    parsed = parse_address(address)
    assert parsed is not None
    assert network_of(parsed) == network


def test_a_new_network_is_recorded_once() -> None:
    """The first network of a key is not new; another address of a known one is neither."""
    trail = AuditTrail()
    networks = UsedNetworks(trail)
    for address in ("192.0.2.1", "192.0.2.9", "198.51.100.7", "198.51.100.7", "192.0.2.1", ""):
        use(networks, address)
    [record] = trail
    assert (record.reason, record.outcome, record.address) == ("new_network", "allowed", "198.51.100.7")
    assert networks.count(KEY.id) == 1


def test_networks_are_bounded() -> None:
    """The number of known networks is limited. Those in use stay known."""
    networks = UsedNetworks(AuditTrail())
    for number in range(1000):
        use(networks, f"10.{number // 250}.{number % 250}.1")
        use(networks, "192.0.2.1")
    assert networks.count(KEY.id) == 1000
    known = networks.as_dict()[KEY.id]["known"]
    assert len(known) == 64
    assert known[-1] == "192.0.2.0/24"


def test_networks_of_removed_keys_are_dropped() -> None:
    """Networks of removed keys are dropped. Others are stored with their count."""
    networks = UsedNetworks(AuditTrail())
    networks.load({KEY.id: KeyNetworks({"192.0.2.0/24": None}, 3), "other": KeyNetworks()})
    networks.keys_changed({}, {KEY.id: KEY})
    assert networks.as_dict() == {KEY.id: {"known": ["192.0.2.0/24"], "new": 3}}
    use(networks, "192.0.2.1")
    assert networks.count(KEY.id) == 3
    use(networks, "198.51.100.7")
    assert networks.count(KEY.id) == 4
