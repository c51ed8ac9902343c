"""The HTTP transport: endpoint declarations, and the gate that every request passes."""

from .mount import mount

__all__ = ["mount"]
