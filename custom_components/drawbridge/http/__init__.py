"""The HTTP transport: endpoint declarations, and the gate that every request passes."""

from .mount import ENDPOINTS, mount

__all__ = ["ENDPOINTS", "mount"]
