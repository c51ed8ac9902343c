"""The states of all entities: an index with versions, a log of changes, and cursors."""
