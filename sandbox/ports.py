"""TCP ports on the loopback address: the usual one, or a free one where it is taken."""

import socket
from typing import Final

HOST: Final = "127.0.0.1"


def choose(preferred: int | None, taken: frozenset[int] = frozenset()) -> int:
    """Return `preferred` where nothing listens on it, otherwise a port that the system finds free."""
    if preferred is not None and preferred not in taken and is_free(preferred):
        return preferred
    while (port := _any_free()) in taken:
        pass
    return port


def is_free(port: int) -> bool:
    """Whether nothing listens on the port."""
    with _listener() as listener:
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
        return True


def _any_free() -> int:
    with _listener() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def _listener() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Connections of an earlier demo that linger in TIME_WAIT do not make its port taken.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listener
