"""How many requests of a key may be under way at once."""


class Concurrency:
    """Counts the requests under way, key by key. Holds only keys that have some."""

    def __init__(self) -> None:
        """Begin with none."""
        self._under_way: dict[str, int] = {}

    def __len__(self) -> int:
        """Return the number of keys that have requests under way."""
        return len(self._under_way)

    def enter(self, key_id: str, limit: int) -> bool:
        """Take a place, and tell whether there was one. Whoever got it must ``leave``."""
        under_way = self._under_way.get(key_id, 0)
        if under_way >= limit:
            return False
        self._under_way[key_id] = under_way + 1
        return True

    def leave(self, key_id: str) -> None:
        """Give a place back."""
        left = self._under_way[key_id] - 1
        if left:
            self._under_way[key_id] = left
        else:
            del self._under_way[key_id]
