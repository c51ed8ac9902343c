"""What live connections over HTTP have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..bridge import Bridge
from ..connections import LiveConnection


@contextmanager
def counted(bridge: Bridge, connection: LiveConnection, transport: str) -> Iterator[None]:
    """Count a connection while it is open. Raises ``RefusedError`` if there are too many."""
    key_id, live = connection.key.id, bridge.recorder.live
    close = bridge.connections.open(connection, bridge.options)
    live.opened(transport, key_id, connection.door)
    try:
        yield
    finally:
        close()
        live.closed(transport, key_id, connection.door)
