"""Notices that files have changed, without a thread or a watch."""

from collections.abc import Iterable
from pathlib import Path

type Signature = tuple[tuple[int, int, int] | None, ...]


def signature(paths: Iterable[Path]) -> Signature:
    """Return what changes when a file is written, replaced or removed.

    For each path its inode, size and time of change in nanoseconds, or None
    where it is not there. Symbolic links are followed, so that a mounted
    secret or config map that is swapped is noticed.
    """
    return tuple(_one(path) for path in paths)


def _one(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
