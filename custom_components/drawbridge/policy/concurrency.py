"""How many requests of a key may be under way at once."""

from collections import Counter


class Concurrency:
    """Counts the requests under way, key by key. Holds only keys that have some."""

    def __init__(self) -> None:
        """Begin with none."""
        self._under_way: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return the number of keys that have requests under way."""
        return len(self._under_way)

    def enter(self, key_id: str, limit: int) -> bool:
        """Take a place, and tell whether there was one. Whoever got it must ``leave``."""
        if self._under_way[key_id] >= limit:
            return False
        self._under_way[key_id] += 1
        return True

    def leave(self, key_id: str) -> None:
        """Give a place back."""
        self._under_way[key_id] -= 1
        if not self._under_way[key_id]:
            del self._under_way[key_id]
