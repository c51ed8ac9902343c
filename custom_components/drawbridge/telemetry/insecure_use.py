"""How keys are used: over plain HTTP from outside, or through a proxy that hides its clients."""

from collections.abc import Container, Mapping
from typing import Final

from ..limits.networks import Address, is_local

_PROXY_HEADERS: Final = (
    "X-Real-IP",
    "X-Forwarded-Proto",
    "X-Forwarded-Host",
    "Forwarded",
    "Via",
    "CF-Connecting-IP",
)
"""Headers that reverse proxies add besides ``X-Forwarded-For``, which Home Assistant reads itself."""
_MAX_SEEN: Final = 1024


class InsecureUse:
    """Finds keys that are used over plain HTTP from outside, and a proxy that hides its clients.

    Each combination of key, address and TLS is inspected once. At most 1,024 combinations are kept.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self.plain: dict[str, str] = {}
        """For each key: an address outside the local network that used it without TLS."""
        self.hiding_proxy: str | None = None
        """The address of a proxy that does not forward its clients' addresses."""
        self.seen: set[tuple[str, str | None, bool]] = set()
        """The combinations of key, address and TLS that were inspected."""

    @property
    def remembered(self) -> int:
        """The number of combinations that are kept."""
        return len(self.seen)

    def inspect(
        self, key_id: str, address: Address | None, remote: str | None, headers: Container[str], *, secure: bool
    ) -> None:
        """Inspect a use of a key from ``address`` (``remote`` is its text), over TLS or not."""
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

    def keys_changed(self, old: Mapping[str, object], new: Mapping[str, object]) -> None:
        """Drop deleted keys, and inspect the uses of changed keys again."""
        self.seen = {use for use in self.seen if use[0] in new and new[use[0]] == old.get(use[0])}
        self.plain = {key_id: address for key_id, address in self.plain.items() if key_id in new}
