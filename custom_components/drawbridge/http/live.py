"""What live connections over HTTP have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..bridge import Bridge
from ..connections import LiveConnection
from ..door import Door
from ..keys import ApiKey
from ..operations.caller import Caller
from .call import Call
from .observe import note_network
from .steps import credential_of


class LiveResponse:
    """A response that goes on for as long as the client reads and the key may. The key may change meanwhile."""

    def __init__(self, call: Call) -> None:
        """Create the response to a request."""
        self._call = call
        self._key = call.key
        # A request is observed when its response ends, which may be in days.
        note_network(call, self._key)
        credential = credential_of(call)
        self.digest, self.session_id = credential.digest, credential.session_id

    @property
    def door(self) -> Door:
        """The door through which the request came."""
        return self._call.client.door

    @property
    def key(self) -> ApiKey:
        """The key as it is now."""
        return self._key

    @property
    def pending_bytes(self) -> int:
        """The size of what the client has not read yet, in bytes."""
        transport = self._call.request.transport
        return transport.get_write_buffer_size() if transport is not None else 0

    def may_stay(self, key: ApiKey) -> bool:
        """Return whether the client may still use the key."""
        return self._call.bridge.admission.check_client(key, self._call.client) is None

    def _caller(self) -> Caller:
        return Caller.of(self._key, self._call.bridge.resources)

    def _drop_unread(self) -> None:
        """Close the connection if the client has not read everything: it would not get the end of the response."""
        transport = self._call.request.transport
        if transport is not None and transport.get_write_buffer_size():
            transport.abort()


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
