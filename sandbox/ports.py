"""TCP ports on the loopback address: the preferred one, or a free one if it is in use."""

import socket
from typing import Final

HOST: Final = "127.0.0.1"


def choose(preferred: int | None, taken: frozenset[int] = frozenset()) -> int:
    """Return `preferred` if it is free, otherwise a free port from the operating system."""
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
    # A port with only connections in TIME_WAIT counts as free.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listener
