"""What was seen at the gate that a person should know of, beyond counting."""

from collections.abc import Container
from typing import Final

from ..policy.networks import Address, is_local

_PROXY_HEADERS: Final = (
    "X-Real-IP",
    "X-Forwarded-Proto",
    "X-Forwarded-Host",
    "Forwarded",
    "Via",
    "CF-Connecting-IP",
)
"""What reverse proxies add besides ``X-Forwarded-For``, which Home Assistant reads by itself."""
_MAX_SEEN: Final = 1024


class Sightings:
    """Keys used over plain HTTP from outside, and a proxy that hides its clients.

    Looks closely only where a key comes from an address for the first time. Bounded.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.plain: dict[str, str] = {}
        """By key: the address outside the local network from where it came without TLS."""
        self.hiding_proxy: str | None = None
        """The address of a proxy that does not say for whom it asks."""
        self.seen: set[tuple[str, str | None, bool]] = set()
        """From where keys were used, over TLS or not: there is nothing new to see, then."""

    @property
    def remembered(self) -> int:
        """How many pairs of a key and an address are remembered."""
        return len(self.seen)

    def use(
        self, key_id: str, address: Address | None, remote: str | None, headers: Container[str], *, secure: bool
    ) -> None:
        """Take note of a use of a key from ``address``, written ``remote``, over TLS or not."""
        use = (key_id, remote, secure)
        if use in self.seen:
            return
        if len(self.seen) >= _MAX_SEEN:
            self.seen.clear()
        self.seen.add(use)
        if address is None or remote is None:
            return
        if not secure and not is_local(address):
            self.plain[key_id] = remote
        if "X-Forwarded-For" not in headers and any(name in headers for name in _PROXY_HEADERS):
            self.hiding_proxy = remote

    def retain_keys(self, key_ids: set[str]) -> None:
        """Forget every other key."""
        self.seen = {use for use in self.seen if use[0] in key_ids}
        self.plain = {key_id: address for key_id, address in self.plain.items() if key_id in key_ids}
