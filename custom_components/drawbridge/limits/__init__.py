"""Limits on clients: rate, lock-out, concurrency, networks and origins."""
