"""Memory and processor time of a bridge that runs on this machine."""

import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from yarl import URL

_PROC: Final = Path("/proc")
_LISTENING: Final = "0A"
_KIB: Final = 1024
_USER_TIME: Final = 11
_SYSTEM_TIME: Final = 12
"""Fields of proc(5)'s stat, counted after the name of the program."""


def resident_bytes(url: URL) -> int | None:
    """Return the resident memory of the process that listens at a loopback URL.

    Return None for another address, for a system without /proc, and for a
    process of another user.
    """
    owner = _owner(url)
    return None if owner is None else _resident(owner)


def cpu_seconds(url: URL) -> float | None:
    """Return the processor time of the process that listens at a loopback URL, or None as ``resident_bytes`` does."""
    owner = _owner(url)
    if owner is None:
        return None
    fields = (owner / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")


def _owner(url: URL) -> Path | None:
    try:
        if not ipaddress.ip_address(url.host or "").is_loopback:
            return None
        sockets = {f"socket:[{inode}]" for inode in _listening(url.port or 0)}
        return next((process for process in _processes() if _opens(process, sockets)), None)
    except (OSError, ValueError):
        return None


def _listening(port: int) -> Iterator[str]:
    """Yield the inodes of the sockets that listen on a port, from proc(5)'s net/tcp."""
    for name in ("tcp", "tcp6"):
        for line in (_PROC / "net" / name).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _processes() -> Iterator[Path]:
    return (path for path in _PROC.iterdir() if path.name.isdigit())


def _opens(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(descriptor.readlink()) in sockets for descriptor in (process / "fd").iterdir())
    except OSError:
        return False


def _resident(process: Path) -> int | None:
    for line in (process / "status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * _KIB
    return None
