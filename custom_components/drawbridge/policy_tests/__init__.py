"""Policy tests of keys: their results, the refusal of changes that break one, and the replay of recorded requests."""
