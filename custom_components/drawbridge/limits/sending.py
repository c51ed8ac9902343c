"""Limits the response data that clients have not read yet."""

from typing import Final

MAX_HOLDER_BYTES: Final = 67_108_864
"""For comparison: eight connections that read 10,000 uncompressed states have 38 MB in progress."""
MAX_TOTAL_BYTES: Final = 268_435_456
MIN_BYTES_PER_SECOND: Final = 32_768
MAX_ANONYMOUS: Final = 64
"""The maximum number of unread responses to callers without a key."""


class Sending:
    """Counts responses that sockets did not accept immediately, for each holder.

    A response counts with its full size until its last byte was sent. A holder without unread responses can always be
    sent one, regardless of its size and of other holders.
    """

    def __init__(self) -> None:
        """Create an empty count."""
        self._by_holder: dict[str, int] = {}
        self.answers = 0
        """The number of unread responses."""
        self.size = 0
        """The total size of unread responses, in bytes."""
        self.dropped = 0
        """The number of connections dropped because clients read too slowly."""

    def __len__(self) -> int:
        """Return the number of holders with unread responses."""
        return len(self._by_holder)

    def is_full(self, holder: str, size: int) -> bool:
        """Tell whether another response of ``size`` bytes would exceed the limit of the holder or the total limit."""
        held = self._by_holder.get(holder, 0)
        return held > 0 and (held + size > MAX_HOLDER_BYTES or self.size + size > MAX_TOTAL_BYTES)

    def enter(self, holder: str, size: int) -> None:
        """Count a response of ``size`` bytes. The caller must call ``leave`` with the same size."""
        self._by_holder[holder] = self._by_holder.get(holder, 0) + size
        self.answers += 1
        self.size += size

    def leave(self, holder: str, size: int) -> None:
        """Stop counting a response that was sent or dropped."""
        self.answers -= 1
        self.size -= size
        left = self._by_holder[holder] - size
        if left:
            self._by_holder[holder] = left
        else:
            del self._by_holder[holder]


def most_places(holder: str, max_concurrent: int) -> int:
    """Return how many requests and unread responses a holder may have before its next slow reader is dropped.

    This is twice the limit of concurrent requests, because refusals must be sent too.
    """
    return 2 * max_concurrent if holder else MAX_ANONYMOUS


def seconds_to_send(size: int, time_limit: float) -> float:
    """Return how many seconds a client may take to read a response: the time limit, plus time for its size."""
    return time_limit + size / MIN_BYTES_PER_SECOND
