"""The bridge's HTTP API: declarations of endpoints, and the one gate in front of them."""

from .mount import mount

__all__ = ["mount"]
