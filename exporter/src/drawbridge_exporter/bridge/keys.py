"""The part of the snapshot about the API keys."""

from dataclasses import dataclass

from .document import Node
from .readers import optional_amount, optional_count, optional_truth, require_unique


@dataclass(frozen=True, slots=True)
class KeyUsage:
    """One API key. Times are Unix timestamps; None means never, or not reported."""

    key_id: str
    name: str
    requests: int
    last_used: float | None
    expires: float | None
    created: float | None
    rotated: float | None
    denied: int | None
    enabled: bool | None
    capabilities: frozenset[str] | None
    everything: bool | None
    networks_limited: bool | None
    per_minute: int | None
    """0 for no rate limit."""
    new_networks: int | None
    """The number of new networks from which the key was used."""


def parse_keys(node: Node) -> tuple[KeyUsage, ...]:
    """Return the keys."""
    rows = tuple(_key(item) for item in node.items())
    require_unique(node, rows, lambda row: row.key_id)
    return rows


def _key(item: Node) -> KeyUsage:
    capabilities = item.present("capabilities")
    return KeyUsage(
        key_id=item.member("id").text(),
        name=item.member("name").text(),
        requests=item.member("requests").count(),
        last_used=optional_amount(item, "last_used"),
        expires=optional_amount(item, "expires"),
        created=optional_amount(item, "created"),
        rotated=optional_amount(item, "rotated"),
        denied=optional_count(item, "denied"),
        enabled=optional_truth(item, "enabled"),
        capabilities=None if capabilities is None else frozenset(part.text() for part in capabilities.items()),
        everything=optional_truth(item, "everything"),
        networks_limited=optional_truth(item, "networks_limited"),
        per_minute=optional_count(item, "per_minute"),
        new_networks=optional_count(item, "new_networks"),
    )
