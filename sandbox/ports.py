"""TCP ports on the loopback address: the preferred one, or a free one if it is in use."""

import fcntl
import socket
import tempfile
from pathlib import Path
from typing import IO, Final

HOST: Final = "127.0.0.1"

_reservations: dict[int, IO[str]] = {}
"""Locked files, by port. They keep other sandboxes from choosing a port before its server listens at it."""


def choose(preferred: int | None, taken: frozenset[int] = frozenset()) -> int:
    """Return `preferred` if it is free, otherwise a free port from the operating system."""
    if preferred is not None and preferred not in taken and is_free(preferred) and _reserve(preferred):
        return preferred
    while (port := _any_free()) in taken or not _reserve(port):
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


def _reserve(port: int) -> bool:
    """Reserve a port for this process until it ends. Return False if another process has reserved it."""
    if port in _reservations:
        return True
    try:
        file = (Path(tempfile.gettempdir()) / f"drawbridge-port-{port}.lock").open("a", encoding="utf-8")
    except OSError:
        # The file belongs to another user.
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return False
    _reservations[port] = file
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
