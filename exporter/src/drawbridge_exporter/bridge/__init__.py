"""The bridges that are read: client, snapshot, targets."""
