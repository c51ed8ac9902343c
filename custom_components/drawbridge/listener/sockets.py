"""Opens the sockets of the listener."""

import errno
import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from .fault import Fault, ListenerError

_BACKLOG: Final = 128
_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - the address of the default is every address
_NO_IPV6: Final = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
_FAULTS: Final = {
    errno.EADDRINUSE: Fault.PORT_TAKEN,
    errno.EACCES: Fault.PORT_NOT_PERMITTED,
    errno.EPERM: Fault.PORT_NOT_PERMITTED,
    errno.EADDRNOTAVAIL: Fault.ADDRESS_NOT_AVAILABLE,
    errno.EAFNOSUPPORT: Fault.ADDRESS_NOT_AVAILABLE,
}


def listen(address: str, port: int) -> list[socket.socket]:
    """Return sockets that listen at an address and port. An empty address means every address of the machine.

    Raises:
        ListenerError: There is no such address, or the port is taken.

    """
    sockets: list[socket.socket] = []
    try:
        for item in (address,) if address else _EVERYWHERE:
            with suppress(_NoIPv6Error):
                sockets.append(_open(item, port, optional=not address and ":" in item))
    except ListenerError:
        close(sockets)
        raise
    return sockets


def close(sockets: list[socket.socket]) -> None:
    """Close sockets."""
    for item in sockets:
        item.close()


class _NoIPv6Error(Exception):
    """The machine has no IPv6."""


def _open(address: str, port: int, *, optional: bool) -> socket.socket:
    try:
        family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET  # noqa: PLR2004
    except ValueError as err:
        raise ListenerError(Fault.ADDRESS_INVALID, {"address": address}) from err
    listening: socket.socket | None = None
    try:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.settimeout(0)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address, port))
        listening.listen(_BACKLOG)
    except OSError as err:
        if listening is not None:
            listening.close()
        if optional and err.errno in _NO_IPV6:
            raise _NoIPv6Error from err
        fault = _FAULTS.get(err.errno or 0, Fault.FAILED)
        reason = err.strerror or type(err).__name__
        raise ListenerError(fault, {"address": address, "port": str(port), "reason": reason}) from err
    return listening
