"""The states of all entities: an index with versions, what changed since when, and cursors."""
