"""The listener: a door with its own address, port and TLS, served by Home Assistant's process."""

from .listener import Listener

__all__ = ["Listener"]
