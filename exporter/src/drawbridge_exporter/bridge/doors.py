"""The parts of the snapshot about the doors: Home Assistant's own server and the listener."""

from dataclasses import dataclass

from .document import Node
from .readers import optional_amount, optional_count, optional_truth, require_unique


@dataclass(frozen=True, slots=True)
class DoorCounts:
    """The requests of one door since the start, and its live connections."""

    door: str
    requests: int
    clients: int


@dataclass(frozen=True, slots=True)
class Listener:
    """The listener: its state, its connections, and those that were dropped since the start."""

    enabled: bool
    running: bool
    connections: int
    dropped: int
    certificate_ends: float | None
    """The Unix timestamp of the expiry of its certificate. None without TLS."""
    port: int | None = None
    """Its port. None for a bridge that does not report it, as below."""
    tls_1_2: bool | None = None
    """Whether clients may use TLS 1.2."""
    client_certificates: bool | None = None
    """Whether it asks clients for a certificate."""
    bound_keys: int | None = None
    """The number of keys that are bound to a client certificate."""


def parse_doors(node: Node | None) -> tuple[DoorCounts, ...]:
    """Return the doors; none for a bridge that does not report them."""
    if node is None:
        return ()
    rows = tuple(
        DoorCounts(item.member("door").text(), item.member("requests").count(), item.member("clients").count())
        for item in node.items()
    )
    require_unique(node, rows, lambda row: row.door)
    return rows


def parse_listener(node: Node | None) -> Listener | None:
    """Return the listener, or None for a bridge that does not report it."""
    if node is None:
        return None
    return Listener(
        enabled=node.member("enabled").truth(),
        running=node.member("running").truth(),
        connections=node.member("connections").count(),
        dropped=node.member("dropped").count(),
        certificate_ends=optional_amount(node, "certificate_ends"),
        port=optional_count(node, "port"),
        tls_1_2=optional_truth(node, "tls_1_2"),
        client_certificates=optional_truth(node, "client_certificates"),
        bound_keys=optional_count(node, "bound_keys"),
    )
