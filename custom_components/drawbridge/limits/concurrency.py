"""How many requests of a key may be under way at once."""


class Concurrency:
    """Counts the requests under way, key by key. Holds only keys that have some."""

    def __init__(self) -> None:
        """Begin with none."""
        self._under_way: dict[str, int] = {}

    def __len__(self) -> int:
        """Return the number of keys that have requests under way."""
        return len(self._under_way)

    def is_full(self, key_id: str, limit: int) -> bool:
        """Tell whether a key has as many requests under way as it may."""
        return self._under_way.get(key_id, 0) >= limit

    def enter(self, key_id: str) -> None:
        """Take a place. Whoever did must ``leave``."""
        self._under_way[key_id] = self._under_way.get(key_id, 0) + 1

    def leave(self, key_id: str) -> None:
        """Give a place back."""
        left = self._under_way[key_id] - 1
        if left:
            self._under_way[key_id] = left
        else:
            del self._under_way[key_id]
