"""How much of what was answered is still waiting for its client to read it."""

from typing import Final

MAX_HOLDER_BYTES: Final = 67_108_864
"""Eight connections that read 10,000 states uncompressed have 38 MB under way."""
MAX_TOTAL_BYTES: Final = 268_435_456
SLOWEST_BYTES_PER_SECOND: Final = 32_768
MAX_STRANGERS: Final = 64
"""How many answers to callers without a key may be under way."""


class Sending:
    """Counts the answers that sockets did not take at once, by who asked for them.

    An answer counts with its whole size until its last byte has left. Whoever has nothing under way may always be
    sent one answer, however large it is and however much others have under way.
    """

    def __init__(self) -> None:
        """Create an empty count."""
        self._by_holder: dict[str, int] = {}
        self.answers = 0
        """The number of answers under way."""
        self.size = 0
        """The size of these answers, in bytes."""
        self.dropped = 0
        """How many connections were dropped because their clients read too slowly."""

    def __len__(self) -> int:
        """Return the number of holders that have answers under way."""
        return len(self._by_holder)

    def is_full(self, holder: str, size: int) -> bool:
        """Tell whether another answer of ``size`` bytes would be too much for this holder, or in all."""
        held = self._by_holder.get(holder, 0)
        return held > 0 and (held + size > MAX_HOLDER_BYTES or self.size + size > MAX_TOTAL_BYTES)

    def enter(self, holder: str, size: int) -> None:
        """Count an answer of ``size`` bytes. The caller must ``leave`` with the same size."""
        self._by_holder[holder] = self._by_holder.get(holder, 0) + size
        self.answers += 1
        self.size += size

    def leave(self, holder: str, size: int) -> None:
        """Stop counting an answer that was sent or given up."""
        self.answers -= 1
        self.size -= size
        left = self._by_holder[holder] - size
        if left:
            self._by_holder[holder] = left
        else:
            del self._by_holder[holder]


def most_places(holder: str, max_concurrent: int) -> int:
    """Return how many requests and answers of a holder may be under way before the next slow reader is dropped.

    Refusals need to be sent too, so a key has as many places for them as it has for requests.
    """
    return 2 * max_concurrent if holder else MAX_STRANGERS


def seconds_to_send(size: int, time_limit: float) -> float:
    """Return how long a client may take to read an answer: the time limit, and more for a large answer."""
    return time_limit + size / SLOWEST_BYTES_PER_SECOND
