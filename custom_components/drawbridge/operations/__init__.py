"""What a key can do, independent of the transport that asks."""
